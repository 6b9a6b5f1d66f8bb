"""Where the services behind events and schedules meet the world; built on first use.

Apart from `wiring`, so that an event function imports nothing that only requests need.
"""

from __future__ import annotations

import functools

from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.events import EventBus
from socialflow.platform.settings import PlatformSettings
from socialflow.videos.housekeeping import EdgeCache, HousekeepingService
from socialflow.videos.processing import ProcessingService
from socialflow.videos.processing_repository import ProcessingRepository
from socialflow.videos.reconciler import Reconciler
from socialflow.videos.recordings import RecordingStorage
from socialflow.videos.replay_repository import ReplayRepository
from socialflow.videos.replays import ReplayService
from socialflow.videos.rows import VideoRows
from socialflow.videos.settings import HandlerSettings
from socialflow.videos.storage import MediaStorage, SourceStorage
from socialflow.videos.transcoder import Transcoder, TranscoderSettings
from socialflow.videos.viewers_repository import ViewerRepository


@functools.cache
def processing() -> ProcessingService:
    return ProcessingService(
        _videos(), sources=_sources(), media=_media(), transcoder=_transcoder()
    )


@functools.cache
def housekeeping() -> HousekeepingService:
    return HousekeepingService(
        _videos(),
        ViewerRepository(_rows()),
        sources=_sources(),
        media=_media(),
        transcoder=_transcoder(),
        edge=EdgeCache(lambda: client("cloudfront"), _settings().distribution_id),
        clock=utc_now,
    )


@functools.cache
def replays() -> ReplayService:
    return ReplayService(
        ReplayRepository(_rows()),
        recordings=RecordingStorage(lambda: client("s3")),
        media=_media(),
        clock=utc_now,
    )


@functools.cache
def reconciler() -> Reconciler:
    return Reconciler(
        _videos(),
        processing=processing(),
        housekeeping=housekeeping(),
        replays=replays(),
        sources=_sources(),
        media=_media(),
        transcoder=_transcoder(),
        clock=utc_now,
    )


@functools.cache
def event_bus() -> EventBus:
    return EventBus(lambda: client("events"), PlatformSettings.from_environment().event_bus)


@functools.cache
def _settings() -> HandlerSettings:
    return HandlerSettings.from_environment()


@functools.cache
def _rows() -> VideoRows:
    return VideoRows(Table(lambda: client("dynamodb"), _settings().videos_table), clock=utc_now)


@functools.cache
def _videos() -> ProcessingRepository:
    return ProcessingRepository(_rows())


@functools.cache
def _sources() -> SourceStorage:
    return SourceStorage(lambda: client("s3"), _settings().upload_bucket)


@functools.cache
def _media() -> MediaStorage:
    return MediaStorage(lambda: client("s3"), _settings().media_bucket)


@functools.cache
def _transcoder() -> Transcoder:
    settings = _settings()
    return Transcoder(
        lambda: client("mediaconvert"),
        TranscoderSettings(
            stage=settings.stage,
            upload_bucket=settings.upload_bucket,
            media_bucket=settings.media_bucket,
            role_arn=settings.mediaconvert_role,
            queue_arn=settings.mediaconvert_queue,
        ),
    )
