"""Copies the built web client into the web bucket, as the bucket deployment does on AWS."""

import hashlib
import mimetypes
from pathlib import Path
from typing import Any

HASHED_FILES = "public, max-age=31536000, immutable"
OTHER_FILES = "no-cache"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".map": "application/json",
}


def copy_web_client(s3: Any, bucket: str, dist: Path) -> tuple[int, int]:
    """Make the bucket hold exactly the files of `dist`; returns (sent, removed).

    A file whose content is there already (by its ETag) is not sent again.
    """
    there = dict(_objects(s3, bucket))
    files = {path.relative_to(dist).as_posix(): path for path in dist.rglob("*") if path.is_file()}
    sent = 0
    # The page last, so that it never names a file that is not there yet.
    for key in sorted(files, key=lambda name: (name.endswith(".html"), name)):
        body = files[key].read_bytes()
        if there.get(key) == hashlib.md5(body, usedforsecurity=False).hexdigest():
            continue
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=content_type(key),
            CacheControl=HASHED_FILES if key.startswith("assets/") else OTHER_FILES,
        )
        sent += 1
    stale = [key for key in there if key not in files]
    for key in stale:
        s3.delete_object(Bucket=bucket, Key=key)
    return sent, len(stale)


def content_type(key: str) -> str:
    """The type by the file's ending, the same on every machine for what a web build holds."""
    known = _TYPES.get(Path(key).suffix.lower())
    return known or mimetypes.guess_type(key)[0] or "application/octet-stream"


def _objects(s3: Any, bucket: str) -> list[tuple[str, str]]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [
        (entry["Key"], entry["ETag"].strip('"'))
        for page in pages
        for entry in page.get("Contents", [])
    ]
