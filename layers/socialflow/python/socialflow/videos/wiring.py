"""Where the services behind requests meet the world; each is built once, on first use."""

from __future__ import annotations

import functools

from socialflow.identity import facade as identity
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.idempotency import IdempotencyStore
from socialflow.platform.ids import id_factory
from socialflow.platform.rate_limits import RateLimiter
from socialflow.videos.catalog import CatalogService
from socialflow.videos.playback import CookieSigner, PlaybackService
from socialflow.videos.processing_repository import ProcessingRepository
from socialflow.videos.repository import VideoRepository
from socialflow.videos.rows import VideoRows
from socialflow.videos.settings import ApiSettings
from socialflow.videos.storage import SourceStorage
from socialflow.videos.uploads import UploadService
from socialflow.videos.viewers_repository import ViewerRepository


@functools.cache
def _settings() -> ApiSettings:
    return ApiSettings.from_environment()


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), _settings().videos_table)


@functools.cache
def _rows() -> VideoRows:
    return VideoRows(_table(), clock=utc_now)


@functools.cache
def idempotency() -> IdempotencyStore:
    return IdempotencyStore(_table(), new_id=id_factory(), clock=utc_now)


@functools.cache
def rate_limiter() -> RateLimiter:
    return RateLimiter(_table(), clock=utc_now)


@functools.cache
def uploads() -> UploadService:
    return UploadService(
        VideoRepository(_rows()),
        ProcessingRepository(_rows()),
        SourceStorage(lambda: client("s3"), _settings().upload_bucket),
        max_file_bytes=_settings().max_file_bytes,
        clock=utc_now,
    )


@functools.cache
def catalog() -> CatalogService:
    return CatalogService(
        VideoRepository(_rows()),
        ViewerRepository(_rows()),
        directory=identity.user_directory(),
        playback=_playback(),
    )


def _playback() -> PlaybackService:
    settings = _settings()

    def private_key_pem() -> bytes:
        secret = client("secretsmanager").get_secret_value(SecretId=settings.media_signing_secret)
        return secret["SecretString"].encode()

    signer = CookieSigner(
        key_pair_id=settings.media_key_pair_id, private_key_pem=private_key_pem, clock=utc_now
    )
    return PlaybackService(public_origin=settings.public_origin, signer=signer)
