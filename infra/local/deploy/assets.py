"""Puts a stack's assets into their buckets. What is there already is not sent again."""

import io
import zipfile
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.local.deploy.assembly import Asset

_EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def zip_directory(directory: Path) -> bytes:
    """A zip of the directory whose bytes depend on names and contents alone.

    Times and owners are left out and the order is fixed, so the same sources make the same archive
    on every machine. Executable files stay executable.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(directory.rglob("*"), key=lambda p: p.relative_to(directory).as_posix()):
            if not path.is_file():
                continue
            entry = zipfile.ZipInfo(path.relative_to(directory).as_posix(), _EPOCH_OF_ZIP)
            mode = 0o755 if path.stat().st_mode & 0o111 else 0o644
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def publish_assets(s3: Any, assets: tuple[Asset, ...]) -> int:
    """Upload the assets that their buckets lack; returns how many were sent.

    Keys of CDK assets carry the hash of their content, so an object that exists is the right one.
    """
    sent = 0
    for bucket in sorted({asset.bucket for asset in assets}):
        _ensure_bucket(s3, bucket)
    for asset in assets:
        if _exists(s3, asset):
            continue
        if asset.zipped and asset.source.is_dir():
            body = zip_directory(asset.source)
        else:
            body = asset.source.read_bytes()
        s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=body)
        sent += 1
    return sent


def _ensure_bucket(s3: Any, bucket: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        s3.create_bucket(Bucket=bucket)


def _exists(s3: Any, asset: Asset) -> bool:
    try:
        s3.head_object(Bucket=asset.bucket, Key=asset.key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        return False
    return True
