"""What the control API keeps: channels, stream keys, recording configurations, playback keys."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = [
    "Channel",
    "PlaybackKey",
    "RecordingConfiguration",
    "StreamKey",
    "Tags",
    "ThumbnailStorage",
    "as_record",
]

Tags = dict[str, str]


@dataclass(frozen=True, slots=True)
class Channel:
    arn: str
    name: str
    latency_mode: str = "LOW"
    type: str = "STANDARD"
    authorized: bool = False
    insecure_ingest: bool = False
    recording_configuration_arn: str = ""
    preset: str = ""
    container_format: str = "TS"
    tags: Tags = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    def summary(self) -> dict[str, Any]:
        """As ChannelSummary."""
        return {
            "arn": self.arn,
            "name": self.name,
            "latencyMode": self.latency_mode,
            "type": self.type,
            "authorized": self.authorized,
            "insecureIngest": self.insecure_ingest,
            "recordingConfigurationArn": self.recording_configuration_arn,
            "preset": self.preset,
            "playbackRestrictionPolicyArn": "",
            "tags": self.tags,
        }

    def to_wire(self, playback_url: str, ingest_endpoint: str) -> dict[str, Any]:
        """As Channel."""
        return {
            **self.summary(),
            "containerFormat": self.container_format,
            "playbackUrl": playback_url,
            "ingestEndpoint": ingest_endpoint,
        }


@dataclass(frozen=True, slots=True)
class StreamKey:
    arn: str
    value: str
    channel_arn: str
    tags: Tags = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        return {"arn": self.arn, "channelArn": self.channel_arn, "tags": self.tags}

    def to_wire(self) -> dict[str, Any]:
        return {**self.summary(), "value": self.value}

    def __repr__(self) -> str:
        """Without the value."""
        return f"StreamKey(arn={self.arn!r})"


@dataclass(frozen=True, slots=True)
class ThumbnailStorage:
    """`resolution` is one of IVS's classes, or empty for that of the source."""

    interval_seconds: int
    sequential: bool
    latest: bool
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class RecordingConfiguration:
    """`thumbnail_configuration` and `rendition_configuration` are as the request had them."""

    arn: str
    name: str
    bucket: str
    thumbnail_configuration: dict[str, Any]
    rendition_configuration: dict[str, Any]
    tags: Tags = field(default_factory=dict)

    def thumbnails(self) -> ThumbnailStorage | None:
        """None where the recording has none. The defaults are the API reference's."""
        given = self.thumbnail_configuration
        if given.get("recordingMode", "INTERVAL") == "DISABLED":
            return None
        storage = given.get("storage") or ["SEQUENTIAL"]
        return ThumbnailStorage(
            interval_seconds=given.get("targetIntervalSeconds", 60),
            sequential="SEQUENTIAL" in storage,
            latest="LATEST" in storage,
            resolution=given.get("resolution", ""),
        )

    def summary(self) -> dict[str, Any]:
        return {
            "arn": self.arn,
            "name": self.name,
            "destinationConfiguration": {"s3": {"bucketName": self.bucket}},
            "state": "ACTIVE",
            "tags": self.tags,
        }

    def to_wire(self) -> dict[str, Any]:
        return {
            **self.summary(),
            "recordingReconnectWindowSeconds": 0,
            "thumbnailConfiguration": {
                "recordingMode": "INTERVAL",
                "targetIntervalSeconds": 60,
                "storage": ["SEQUENTIAL"],
                **self.thumbnail_configuration,
            },
            "renditionConfiguration": {
                "renditionSelection": "ALL",
                "renditions": [],
                **self.rendition_configuration,
            },
        }


@dataclass(frozen=True, slots=True)
class PlaybackKey:
    """`public_key` is a PEM of a P-384 key; the fingerprint is the MD5 of its DER, as IVS shows."""

    arn: str
    name: str
    public_key: str
    tags: Tags = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        lines = [line for line in self.public_key.split("\n") if line and "-----" not in line]
        digest = hashlib.md5(base64.b64decode("".join(lines)), usedforsecurity=False).hexdigest()
        return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))

    def summary(self) -> dict[str, Any]:
        return {"arn": self.arn, "name": self.name, "tags": self.tags}

    def to_wire(self) -> dict[str, Any]:
        return {**self.summary(), "fingerprint": self.fingerprint}


def as_record(record: Channel | StreamKey | RecordingConfiguration | PlaybackKey) -> dict[str, Any]:
    """What the store keeps."""
    return asdict(record)
