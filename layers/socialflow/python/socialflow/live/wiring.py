"""Where the services behind requests meet the world; each is built once, on first use."""

from __future__ import annotations

import functools

from socialflow.identity import facade as identity
from socialflow.live.analytics import AnalyticsService
from socialflow.live.audience import HeartbeatService
from socialflow.live.audience_repository import AudienceRepository
from socialflow.live.broadcasts import BroadcastService
from socialflow.live.catalog import LiveCatalog
from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.channels import ChannelService
from socialflow.live.ivs import Ivs
from socialflow.live.measurements import Measurements
from socialflow.live.playback import LivePlaybackService, PlaybackSigner
from socialflow.live.repository import BroadcastRepository
from socialflow.live.settings import ApiSettings
from socialflow.live.thumbnails import ThumbnailUploads
from socialflow.live.viewer_tokens import ViewerTokens
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.idempotency import IdempotencyStore
from socialflow.platform.ids import id_factory
from socialflow.platform.rate_limits import RateLimiter


@functools.cache
def _settings() -> ApiSettings:
    return ApiSettings.from_environment()


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), _settings().live_table)


@functools.cache
def idempotency() -> IdempotencyStore:
    return IdempotencyStore(_table(), new_id=id_factory(), clock=utc_now)


@functools.cache
def rate_limiter() -> RateLimiter:
    return RateLimiter(_table(), clock=utc_now)


@functools.cache
def channels() -> ChannelService:
    return ChannelService(_channels(), _ivs(), ingest_url=_settings().ingest_url, clock=utc_now)


@functools.cache
def broadcasts() -> BroadcastService:
    return BroadcastService(
        _broadcasts(), _channels(), window=_settings().reconnect_window, clock=utc_now
    )


@functools.cache
def catalog() -> LiveCatalog:
    return LiveCatalog(
        _broadcasts(),
        _channels(),
        directory=identity.user_directory(),
        public_origin=_settings().public_origin,
        window=_settings().reconnect_window,
        clock=utc_now,
    )


@functools.cache
def playback() -> LivePlaybackService:
    return LivePlaybackService(
        catalog(),
        _channels(),
        signer=PlaybackSigner(_playback_key),
        viewers=_viewers(),
        window=_settings().reconnect_window,
        clock=utc_now,
    )


@functools.cache
def heartbeats() -> HeartbeatService:
    return HeartbeatService(AudienceRepository(_table()), _viewers(), clock=utc_now)


@functools.cache
def thumbnails() -> ThumbnailUploads:
    return ThumbnailUploads(
        broadcasts(),
        lambda: client("s3"),
        bucket=_settings().upload_bucket,
        new_id=id_factory(),
    )


@functools.cache
def analytics() -> AnalyticsService:
    return AnalyticsService(
        AudienceRepository(_table()),
        _channels(),
        ivs=_ivs(),
        measurements=Measurements(lambda: client("cloudwatch")),
        clock=utc_now,
    )


@functools.cache
def _channels() -> ChannelRepository:
    return ChannelRepository(_table(), clock=utc_now)


@functools.cache
def _broadcasts() -> BroadcastRepository:
    return BroadcastRepository(_table(), clock=utc_now)


@functools.cache
def _ivs() -> Ivs:
    return Ivs(lambda: client("ivs"))


@functools.cache
def _viewers() -> ViewerTokens:
    return ViewerTokens(_playback_key, new_id=id_factory(), clock=utc_now)


@functools.cache
def _playback_key() -> bytes:
    secret = client("secretsmanager").get_secret_value(SecretId=_settings().playback_key_secret)
    return secret["SecretString"].encode()
