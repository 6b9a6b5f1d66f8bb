"""What the functions of this context are told by their environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from socialflow.platform.settings import setting

DEFAULT_MAX_FILE_BYTES: Final = 256 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """For the API function."""

    videos_table: str
    upload_bucket: str
    media_signing_secret: str
    media_key_pair_id: str
    public_origin: str
    max_file_bytes: int

    @classmethod
    def from_environment(cls) -> ApiSettings:
        return cls(
            videos_table=setting("SF_VIDEOS_TABLE"),
            upload_bucket=setting("SF_UPLOAD_BUCKET"),
            media_signing_secret=setting("SF_MEDIA_SIGNING_SECRET"),
            media_key_pair_id=setting("SF_MEDIA_KEY_PAIR_ID"),
            public_origin=setting("SF_PUBLIC_ORIGIN", ""),
            max_file_bytes=int(setting("SF_MAX_FILE_BYTES", str(DEFAULT_MAX_FILE_BYTES))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerSettings:
    """For the functions behind queues and schedules."""

    stage: str
    videos_table: str
    upload_bucket: str
    media_bucket: str
    mediaconvert_role: str
    mediaconvert_queue: str
    distribution_id: str

    @classmethod
    def from_environment(cls) -> HandlerSettings:
        return cls(
            stage=setting("SF_STAGE"),
            videos_table=setting("SF_VIDEOS_TABLE"),
            upload_bucket=setting("SF_UPLOAD_BUCKET"),
            media_bucket=setting("SF_MEDIA_BUCKET"),
            mediaconvert_role=setting("SF_MEDIACONVERT_ROLE"),
            mediaconvert_queue=setting("SF_MEDIACONVERT_QUEUE"),
            distribution_id=setting("SF_DISTRIBUTION_ID", ""),
        )
