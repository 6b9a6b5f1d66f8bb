"""Uploads: created, renewed, looked at, completed, aborted. Bytes go straight to S3.

The row is written before S3's upload is opened, so that whatever is cut off in between is found
again: by a repeat with the same `Idempotency-Key`, by any later request for the upload, or, in
the end, by the reconciler.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from socialflow.platform.clock import Clock
from socialflow.platform.idempotency import id_from_seed
from socialflow.platform.principal import UserId
from socialflow.videos.errors import (
    FileEmpty,
    FileTooLarge,
    FileTypeRefused,
    PartNumberUnknown,
    PartsMissing,
    UploadLost,
    UploadNotOpen,
    VideoNotFound,
)
from socialflow.videos.models import (
    Status,
    Upload,
    Video,
    VideoId,
    Visibility,
    part_size_bytes,
)
from socialflow.videos.paths import source_key
from socialflow.videos.processing_repository import ProcessingRepository
from socialflow.videos.repository import VideoRepository
from socialflow.videos.storage import ReceivedPart, SourceStorage

PART_URL_TTL_SECONDS: Final = 3600
FIRST_URLS: Final = 20
MAX_URLS: Final = 100
_UNCHECKED_TYPES: Final = ("application/octet-stream", "application/mxf")


@dataclass(frozen=True, slots=True)
class PartUrl:
    """Where to PUT one part, and how many bytes it must have."""

    part_number: int
    url: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVideo:
    """What a creator says of a video before its first byte."""

    title: str
    description: str
    tags: tuple[str, ...]
    visibility: Visibility
    file_name: str
    size_bytes: int
    content_type: str


class UploadService:
    """What the owner of an upload can do with it."""

    def __init__(
        self,
        videos: VideoRepository,
        processing: ProcessingRepository,
        storage: SourceStorage,
        *,
        max_file_bytes: int,
        clock: Clock,
    ) -> None:
        self._videos = videos
        self._processing = processing
        self._storage = storage
        self._max_file_bytes = max_file_bytes
        self._clock = clock

    def create_video(
        self, owner_id: UserId, new: NewVideo, *, seed: str
    ) -> tuple[Video, list[PartUrl]]:
        """A new video, its upload open, and URLs for the first parts.

        The id comes from `seed`, so a repeat goes on with the same video. Raises `FileEmpty`,
        `FileTooLarge`, `FileTypeRefused`.
        """
        self._check_file(new)
        video = self._videos.create(
            Video(
                id=VideoId(id_from_seed(seed, "vid")),
                owner_id=owner_id,
                status=Status.UPLOADING,
                title=new.title,
                description=new.description,
                tags=new.tags,
                visibility=new.visibility,
                created_at=self._clock(),
                upload=Upload(
                    upload_id=None,
                    file_name=new.file_name,
                    content_type=new.content_type,
                    size_bytes=new.size_bytes,
                    part_size_bytes=part_size_bytes(new.size_bytes),
                ),
            )
        )
        video = self._opened(video)
        return video, self._urls(video, range(1, min(FIRST_URLS, video.source.part_count) + 1))

    def show(self, owner_id: UserId, video_id: str) -> tuple[Video, list[ReceivedPart]]:
        """The upload and the parts that have arrived, for whoever resumes it."""
        video = self._open_upload_of(owner_id, video_id)
        return video, self._storage.received_parts(source_key(video.id), self._upload_id(video))

    def renew_parts(
        self, owner_id: UserId, video_id: str, part_numbers: Sequence[int]
    ) -> list[PartUrl]:
        """Fresh URLs for up to 100 parts. Raises `PartNumberUnknown`."""
        video = self._open_upload_of(owner_id, video_id)
        unknown = [n for n in part_numbers if not 1 <= n <= video.source.part_count]
        if unknown:
            raise PartNumberUnknown(
                f"This file has parts 1 to {video.source.part_count}.",
                part_count=video.source.part_count,
                unknown_parts=unknown[:MAX_URLS],
            )
        return self._urls(video, sorted(set(part_numbers)))

    def complete(self, owner_id: UserId, video_id: str, parts: Sequence[tuple[int, str]]) -> Video:
        """Makes the file of its parts; processing follows. Completed before: the same answer.

        Raises `PartsMissing`, `PartMismatch`, `PartNumberUnknown`, `UploadLost`, `UploadNotOpen`.
        """
        video = self._owned(owner_id, video_id)
        if video.status is not Status.UPLOADING:
            return _completed(video)
        video = self._opened(video)
        etags = dict(parts)
        count = video.source.part_count
        if unknown := [number for number in etags if not 1 <= number <= count]:
            raise PartNumberUnknown(
                f"This file has parts 1 to {count}.", part_count=count, unknown_parts=unknown[:100]
            )
        if missing := [number for number in range(1, count + 1) if number not in etags]:
            raise PartsMissing(
                f"All {count} parts must be named.", part_count=count, missing_parts=missing[:1000]
            )
        self._storage.complete(
            source_key(video.id),
            self._upload_id(video),
            [etags[number] for number in range(1, count + 1)],
        )
        uploaded = self._processing.mark_uploaded(video_id)
        return uploaded or _completed(self._owned(owner_id, video_id))

    def abort(self, owner_id: UserId, video_id: str) -> None:
        """Gives the upload up; the video goes with it. Raises `UploadNotOpen`."""
        video = self._open_upload_of(owner_id, video_id)
        self._videos.mark_deleted(video)

    def _check_file(self, new: NewVideo) -> None:
        if new.size_bytes == 0:
            raise FileEmpty("This file is empty; choose another.")
        if new.size_bytes > self._max_file_bytes:
            raise FileTooLarge(
                f"A file may have at most {self._max_file_bytes} bytes.",
                max_file_bytes=self._max_file_bytes,
            )
        if not new.content_type.startswith("video/") and new.content_type not in _UNCHECKED_TYPES:
            raise FileTypeRefused(
                "This is not a video file; its type must be video/….",
                content_type=new.content_type,
            )

    def _opened(self, video: Video) -> Video:
        """The video with S3's upload id, which a request cut off may have left out."""
        if video.source.upload_id or video.status is not Status.UPLOADING:
            return video
        if video.deleted_at:
            raise VideoNotFound(video.id)
        upload_id = self._storage.open_upload(source_key(video.id), video.source.content_type)
        opened = self._videos.record_upload_id(video.id, upload_id)
        return opened or self._owned(video.owner_id, video.id)

    def _open_upload_of(self, owner_id: UserId, video_id: str) -> Video:
        video = self._owned(owner_id, video_id)
        if video.status is not Status.UPLOADING:
            raise UploadNotOpen(
                f"This upload is over: the video is {video.status}.", status=video.status
            )
        return self._opened(video)

    def _owned(self, owner_id: UserId, video_id: str) -> Video:
        video = self._videos.get(video_id, consistent=True)
        if video is None or video.deleted_at or video.owner_id != owner_id:
            raise VideoNotFound(video_id)
        return video

    def _urls(self, video: Video, part_numbers: Sequence[int]) -> list[PartUrl]:
        if video.source.upload_id is None:
            return []
        return [
            PartUrl(
                number,
                self._storage.part_url(
                    source_key(video.id),
                    video.source.upload_id,
                    number,
                    video.source.size_of_part(number),
                    ttl_seconds=PART_URL_TTL_SECONDS,
                ),
                video.source.size_of_part(number),
            )
            for number in part_numbers
        ]

    def _upload_id(self, video: Video) -> str:
        if video.source.upload_id is None:
            raise UploadLost("The upload is no longer there; start again.")
        return video.source.upload_id


def _completed(video: Video) -> Video:
    """What a repeated complete answers: the video, unless its upload never finished."""
    if video.attempt == 0:
        raise UploadNotOpen(
            f"This upload is over: the video is {video.status}.", status=video.status
        )
    return video
