"""What the functions of this context are told by their environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from socialflow.platform.settings import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """For the API function."""

    live_table: str
    upload_bucket: str
    playback_key_secret: str
    ingest_url: str
    public_origin: str
    reconnect_window: timedelta

    @classmethod
    def from_environment(cls) -> ApiSettings:
        return cls(
            live_table=setting("SF_LIVE_TABLE"),
            upload_bucket=setting("SF_UPLOAD_BUCKET"),
            playback_key_secret=setting("SF_PLAYBACK_KEY_SECRET"),
            ingest_url=setting("SF_INGEST_URL"),
            public_origin=setting("SF_PUBLIC_ORIGIN", ""),
            reconnect_window=reconnect_window(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningSettings:
    """For the functions that make channels and keys."""

    live_table: str
    recording_configuration: str
    insecure_ingest: bool

    @classmethod
    def from_environment(cls) -> ProvisioningSettings:
        return cls(
            live_table=setting("SF_LIVE_TABLE"),
            recording_configuration=setting("SF_RECORDING_CONFIGURATION"),
            insecure_ingest=setting("SF_INSECURE_INGEST", "false") == "true",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSettings:
    """For the functions that publish pictures."""

    upload_bucket: str
    media_bucket: str

    @classmethod
    def from_environment(cls) -> PictureSettings:
        return cls(
            upload_bucket=setting("SF_UPLOAD_BUCKET"), media_bucket=setting("SF_MEDIA_BUCKET")
        )


def live_table() -> str:
    return setting("SF_LIVE_TABLE")


def audience_queue() -> str:
    return setting("SF_AUDIENCE_QUEUE")


def reconnect_window() -> timedelta:
    """How long a broadcast waits for its encoder to come back."""
    return timedelta(seconds=int(setting("SF_RECONNECT_WINDOW_SECONDS")))


def recording_bucket() -> str:
    return setting("SF_RECORDING_BUCKET")
