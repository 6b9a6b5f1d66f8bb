"""What a video is, and the rules that need no I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from socialflow.platform.principal import UserId
from socialflow.videos.failures import FailureCode
from socialflow.videos.replay import Chapter, Replay

VideoId = NewType("VideoId", str)

MIN_PART_BYTES: Final = 5 * 1024**2
MAX_PART_BYTES: Final = 5 * 1024**3
MAX_PARTS: Final = 10_000
# A part that a phone on a poor line can finish, and few enough of them for a large file.
PREFERRED_PART_BYTES: Final = 8 * 1024**2
PREFERRED_PARTS: Final = 1_000
_MIB: Final = 1024**2


class Status(StrEnum):
    """Where a video is on its way; it never goes back."""

    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


OPEN_STATUSES: Final = (Status.UPLOADING, Status.UPLOADED, Status.PROCESSING)


class Visibility(StrEnum):
    """Who may watch: everybody; everybody with the link; the owner and those the owner names."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class Zone(StrEnum):
    """Where the media lies: CloudFront asks for a signature in the protected zone alone."""

    PUBLIC = "public"
    PROTECTED = "protected"


class JobKind(StrEnum):
    """The quick low rendition that plays early, and the whole ladder."""

    PREVIEW = "preview"
    FULL = "full"


def zone_for(visibility: Visibility) -> Zone:
    """The zone in which media of this visibility belongs."""
    return Zone.PROTECTED if visibility is Visibility.PRIVATE else Zone.PUBLIC


def part_size_bytes(size_bytes: int) -> int:
    """The size of every part but the last: whole MiB, at most 10,000 parts (S3's limits).

    Small files get 8 MiB parts; larger ones about a thousand parts, within 5 MiB to 5 GiB.
    """
    wanted = max(PREFERRED_PART_BYTES, -(-size_bytes // PREFERRED_PARTS))
    whole = -(-wanted // _MIB) * _MIB
    return min(max(whole, MIN_PART_BYTES), MAX_PART_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The multipart upload of a video's source. `upload_id` is S3's; None until S3 gave it."""

    upload_id: str | None
    file_name: str
    content_type: str
    size_bytes: int
    part_size_bytes: int

    @property
    def part_count(self) -> int:
        return -(-self.size_bytes // self.part_size_bytes)

    def size_of_part(self, part_number: int) -> int:
        """How many bytes part `part_number` (from 1) has."""
        if part_number < self.part_count:
            return self.part_size_bytes
        return self.size_bytes - self.part_size_bytes * (self.part_count - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One rung as it was encoded; `bitrate_bps` is the average that came out."""

    width: int
    height: int
    bitrate_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSet:
    """What is played together: the output of one job or a replay, below one prefix of the bucket.

    `generation` grows with each move between zones, so that no prefix is ever used twice. A replay
    has no DASH manifest: its segments are MPEG-TS, which DASH players do not take.
    """

    name: str
    zone: Zone
    generation: int
    hls: str
    dash: str | None
    poster: str | None
    storyboard: str | None
    renditions: tuple[Rendition, ...]


class NotUploaded(Exception):
    """Something asked for the uploaded file of a video that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video and the state of its processing: made of an `upload`, or the `replay` of a broadcast.

    `edits` counts changes by people, `revision` all changes; both make the ETag. `attempt`
    counts the transcoding attempts begun, `jobs` holds the MediaConvert job of each kind.
    `former` are sets that a replay showed before it grew, at `grown_at` the last time; they stay
    for a while for those who are playing them.
    """

    id: VideoId
    owner_id: UserId
    status: Status
    title: str
    description: str
    tags: tuple[str, ...]
    visibility: Visibility
    created_at: datetime
    uploaded_at: datetime | None = None
    published_at: datetime | None = None
    deleted_at: datetime | None = None
    edits: int = 1
    revision: int = 1
    upload: Upload | None = None
    replay: Replay | None = None
    attempt: int = 0
    progress_percent: int = 0
    failure: FailureCode | None = None
    duration_ms: int | None = None
    jobs: Mapping[str, str] = field(default_factory=dict)
    preview: MediaSet | None = None
    full: MediaSet | None = None
    former: tuple[MediaSet, ...] = ()
    grown_at: datetime | None = None

    @property
    def source(self) -> Upload:
        """The upload that it is made of; raises `NotUploaded` for a replay."""
        if self.upload is None:
            raise NotUploaded(self.id)
        return self.upload

    @property
    def broadcast_id(self) -> str | None:
        """The broadcast whose replay it is."""
        return self.replay.broadcast_id if self.replay else None

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """Places worth going to, in order."""
        return self.replay.chapters if self.replay else ()

    @property
    def playable(self) -> MediaSet | None:
        """The best set there is to play now."""
        return self.full or self.preview

    @property
    def sets(self) -> tuple[MediaSet, ...]:
        """Every set that somebody may be playing."""
        return tuple(each for each in (self.preview, self.full, *self.former) if each)

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way to `ready` or `failed`."""
        return self.status in OPEN_STATUSES

    @property
    def has_preview(self) -> bool:
        """Whether there may be a preview in the bucket, shown or not."""
        return self.preview is not None or JobKind.PREVIEW in self.jobs

    def misplaced_sets(self) -> tuple[MediaSet, ...]:
        """The sets that lie in another zone than the visibility asks for."""
        wanted = zone_for(self.visibility)
        return tuple(each for each in (self.preview, self.full) if each and each.zone is not wanted)


def shard_of(video_id: str, shards: int) -> int:
    """A stable shard for a video's place in an index that must not be one hot partition."""
    return hashlib.sha256(video_id.encode()).digest()[0] % shards
