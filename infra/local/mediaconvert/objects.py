"""Objects in S3: what a job reads and writes, behind one small port."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from infra.local.mediaconvert.plan import S3Location

__all__ = ["CONTENT_TYPES", "ObjectInfo", "ObjectMissing", "ObjectStore", "StorageFailed"]

CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".cmfv": "video/mp4",
    ".cmfa": "audio/mp4",
    ".jpg": "image/jpeg",
}


class ObjectMissing(Exception):
    """The bucket or the key does not exist."""


class StorageFailed(Exception):
    """The store refused or could not be reached; `denied` when it was a matter of rights."""

    def __init__(self, message: str, *, denied: bool = False) -> None:
        super().__init__(message)
        self.denied = denied


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """`modified_at` is seconds since the epoch."""

    size_bytes: int
    etag: str
    content_type: str
    modified_at: float


class ObjectStore(Protocol):
    """Safe to use from several threads. Raises `ObjectMissing` and `StorageFailed`."""

    def describe(self, location: S3Location) -> ObjectInfo: ...

    def download(self, location: S3Location, path: Path) -> ObjectInfo:
        """Write the object to `path`; the answer describes exactly the bytes written."""

    def upload(self, location: S3Location, body: bytes, content_type: str) -> None: ...
