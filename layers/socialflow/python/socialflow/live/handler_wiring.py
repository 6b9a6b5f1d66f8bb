"""Where the services behind events and schedules meet the world; built on first use.

Apart from `wiring`, so that an event function imports nothing that only requests need. Each
builder imports what it alone needs.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from socialflow.live import settings
from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.repository import BroadcastRepository
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table

if TYPE_CHECKING:
    from socialflow.live.audience import AudienceFold
    from socialflow.live.channels import ProvisioningService
    from socialflow.live.due_messages import DueMessages
    from socialflow.live.follower import Follower
    from socialflow.live.following import FollowingService
    from socialflow.live.recordings import RecordingNotes
    from socialflow.live.thumbnails import ThumbnailPublisher
    from socialflow.platform.events import EventBus


@functools.cache
def provisioning() -> ProvisioningService:
    from socialflow.live.channels import ProvisioningService
    from socialflow.live.ivs import Ivs

    found = settings.ProvisioningSettings.from_environment()
    ivs = Ivs(
        lambda: client("ivs"),
        recording_configuration=found.recording_configuration,
        insecure_ingest=found.insecure_ingest,
    )
    return ProvisioningService(_channels(), ivs)


@functools.cache
def following() -> FollowingService:
    from socialflow.live.following import FollowingService
    from socialflow.live.ivs import Ivs

    return FollowingService(
        _broadcasts(),
        _channels(),
        Ivs(lambda: client("ivs")),
        window=settings.reconnect_window(),
        clock=utc_now,
    )


@functools.cache
def follower() -> Follower:
    from socialflow.live.audience_repository import AudienceRepository
    from socialflow.live.follower import Follower
    from socialflow.live.ivs import Ivs

    return Follower(
        _broadcasts(),
        _channels(),
        AudienceRepository(_table()),
        following=following(),
        provisioning=provisioning(),
        ivs=Ivs(lambda: client("ivs")),
        messages=due_messages(),
        window=settings.reconnect_window(),
        clock=utc_now,
    )


@functools.cache
def recording_notes() -> RecordingNotes:
    from socialflow.live.recordings import RecordingNotes

    return RecordingNotes(lambda: client("s3"), settings.recording_bucket())


@functools.cache
def audience_fold() -> AudienceFold:
    from socialflow.live.audience import AudienceFold
    from socialflow.live.audience_repository import AudienceRepository

    return AudienceFold(
        _broadcasts(),
        AudienceRepository(_table()),
        window=settings.reconnect_window(),
        clock=utc_now,
    )


@functools.cache
def due_messages() -> DueMessages:
    from socialflow.live.due_messages import DueMessages

    return DueMessages(lambda: client("sqs"), settings.audience_queue())


@functools.cache
def thumbnails() -> ThumbnailPublisher:
    from socialflow.live.thumbnails import ThumbnailPublisher

    found = settings.PictureSettings.from_environment()
    return ThumbnailPublisher(
        _broadcasts(),
        _channels(),
        lambda: client("s3"),
        upload_bucket=found.upload_bucket,
        media_bucket=found.media_bucket,
    )


@functools.cache
def event_bus() -> EventBus:
    from socialflow.platform.events import EventBus
    from socialflow.platform.settings import PlatformSettings

    return EventBus(lambda: client("events"), PlatformSettings.from_environment().event_bus)


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), settings.live_table())


@functools.cache
def _channels() -> ChannelRepository:
    return ChannelRepository(_table(), clock=utc_now)


@functools.cache
def _broadcasts() -> BroadcastRepository:
    return BroadcastRepository(_table(), clock=utc_now)
