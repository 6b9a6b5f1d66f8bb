"""Bodies of the video routes, and how a video is presented."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.people import Person
from api.text import Description, FileName, Tag, Title
from socialflow.platform.ids import id_pattern
from socialflow.videos.catalog import VideoView
from socialflow.videos.failures import Failure, FailureCode
from socialflow.videos.models import MAX_PARTS, Status, Video, Visibility
from socialflow.videos.storage import ReceivedPart
from socialflow.videos.uploads import MAX_URLS, NewVideo, PartUrl

MAX_TAGS = 20
VideoIdPath = Annotated[str, StringConstraints(pattern=id_pattern("vid"))]
PartNumber = Annotated[int, Field(ge=1, le=MAX_PARTS)]
ContentType = Annotated[
    str,
    StringConstraints(
        to_lower=True,
        max_length=100,
        pattern=r"^[A-Za-z0-9!#$&^_.+-]{1,50}/[A-Za-z0-9!#$&^_.+-]{1,50}$",
    ),
]


def _without_repeats(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_without_repeats)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SourceFile(_Input):
    """The file as the client sees it, before it sends a byte."""

    name: FileName
    size_bytes: Annotated[int, Field(ge=0, le=2**53)]
    content_type: ContentType


class CreateVideo(_Input):
    """A new video and the file that it will be made of."""

    title: Title
    description: Description = ""
    tags: Tags = []
    visibility: Visibility
    file: SourceFile

    def to_domain(self) -> NewVideo:
        return NewVideo(
            title=self.title,
            description=self.description,
            tags=tuple(self.tags),
            visibility=self.visibility,
            file_name=self.file.name,
            size_bytes=self.file.size_bytes,
            content_type=self.file.content_type,
        )


class EditVideo(_Input):
    """What is given is changed, the rest stays."""

    title: Title | None = None
    description: Description | None = None
    tags: Tags | None = None
    visibility: Visibility | None = None


class RenewParts(_Input):
    """Which parts need a URL."""

    part_numbers: Annotated[list[PartNumber], Field(min_length=1, max_length=MAX_URLS)]


class SentPart(_Input):
    """A part as S3 acknowledged it."""

    part_number: PartNumber
    etag: Annotated[str, StringConstraints(pattern=r'^"?[0-9a-fA-F]{32}"?$')]


class CompleteUpload(_Input):
    """Every part of the file."""

    parts: Annotated[list[SentPart], Field(min_length=1, max_length=MAX_PARTS)]


class VideoFailure(BaseModel):
    """Why a video will never play."""

    code: FailureCode
    message: str = Field(description="For the creator to read.")


class PlaybackUrls(BaseModel):
    """Addresses of what plays now; relative to the API's origin where a stage has no domain."""

    hls_url: str
    dash_url: str | None = Field(description="None for the replay of a broadcast.")
    poster_url: str | None
    storyboard_url: str | None = Field(description="WebVTT of small pictures for the seek bar.")


class VideoRendition(BaseModel):
    """One quality that a player can choose."""

    width: int
    height: int
    bitrate_bps: int


class VideoChapter(BaseModel):
    """A place in the video to go to."""

    starts_at_ms: int
    title: str


class VideoBody(BaseModel):
    """A video as its viewer sees it.

    `processing` with `playback` means that a quick low rendition plays already.
    """

    id: str
    status: Status
    progress_percent: int
    failure: VideoFailure | None
    title: str
    description: str
    tags: list[str]
    visibility: Visibility
    owner: Person | None
    viewer_is_owner: bool
    created_at: datetime
    published_at: datetime | None
    duration_ms: int | None
    playback: PlaybackUrls | None
    renditions: list[VideoRendition]
    broadcast_id: str | None = Field(description="The broadcast whose replay this is.")
    chapters: list[VideoChapter] = Field(
        description="Of a replay: its start, and wherever the broadcast was taken up again."
    )

    @classmethod
    def of(cls, view: VideoView) -> VideoBody:
        video = view.video
        playing = video.playable
        return cls(
            **_facts(video),
            owner=Person.of(view.owner) if view.owner else None,
            viewer_is_owner=view.is_owner,
            playback=PlaybackUrls(
                hls_url=view.playback.hls_url,
                dash_url=view.playback.dash_url,
                poster_url=view.playback.poster_url,
                storyboard_url=view.playback.storyboard_url,
            )
            if view.playback
            else None,
            renditions=[
                VideoRendition(width=one.width, height=one.height, bitrate_bps=one.bitrate_bps)
                for one in (playing.renditions if playing else ())
            ],
            broadcast_id=video.broadcast_id,
            chapters=[
                VideoChapter(starts_at_ms=each.starts_at_ms, title=each.title)
                for each in video.chapters
            ],
        )


class UploadPart(BaseModel):
    """Where to PUT one part. The body must have exactly `size_bytes` bytes."""

    part_number: int
    url: str
    size_bytes: int

    @classmethod
    def of(cls, part: PartUrl) -> UploadPart:
        return cls(part_number=part.part_number, url=part.url, size_bytes=part.size_bytes)


class UploadPlan(BaseModel):
    """How the file is cut, and URLs for the first parts."""

    part_size_bytes: int
    part_count: int
    parts: list[UploadPart]


class CreatedVideo(BaseModel):
    """The new video and its upload."""

    video: VideoBody
    upload: UploadPlan


class ArrivedPart(BaseModel):
    """A part that has arrived."""

    part_number: int
    size_bytes: int
    etag: str

    @classmethod
    def of(cls, part: ReceivedPart) -> ArrivedPart:
        return cls(part_number=part.part_number, size_bytes=part.size_bytes, etag=part.etag)


class UploadState(BaseModel):
    """An open upload, as any device of its owner can resume it."""

    video_id: str
    file_name: str
    size_bytes: int
    content_type: str
    part_size_bytes: int
    part_count: int
    received_parts: list[ArrivedPart]

    @classmethod
    def of(cls, video: Video, parts: list[ReceivedPart]) -> UploadState:
        upload = video.source
        return cls(
            video_id=video.id,
            file_name=upload.file_name,
            size_bytes=upload.size_bytes,
            content_type=upload.content_type,
            part_size_bytes=upload.part_size_bytes,
            part_count=upload.part_count,
            received_parts=[ArrivedPart.of(part) for part in parts],
        )


class RenewedParts(BaseModel):
    """Fresh URLs."""

    parts: list[UploadPart]


class VideoList(BaseModel):
    """One page of videos."""

    items: list[VideoBody]
    next_cursor: str | None


class ViewerList(BaseModel):
    """One page of the people named."""

    items: list[Person]
    next_cursor: str | None


def _facts(video: Video) -> dict[str, Any]:
    return {
        "id": video.id,
        "status": video.status,
        "progress_percent": video.progress_percent,
        "failure": VideoFailure(code=video.failure, message=Failure(video.failure).message)
        if video.failure
        else None,
        "title": video.title,
        "description": video.description,
        "tags": list(video.tags),
        "visibility": video.visibility,
        "created_at": video.created_at,
        "published_at": video.published_at,
        "duration_ms": video.duration_ms,
    }
