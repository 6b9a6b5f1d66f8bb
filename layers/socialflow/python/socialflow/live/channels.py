"""What a creator does with their channel: asks for it, sets it up, sees and rotates its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.errors import (
    ChannelEditedMeanwhile,
    ChannelNotFound,
    ChannelNotReady,
    StreamKeyRotating,
)
from socialflow.live.ivs import Ivs
from socialflow.live.models import (
    Channel,
    ChannelId,
    Defaults,
    StreamKeyState,
    Visibility,
    channel_of,
)
from socialflow.platform.clock import Clock
from socialflow.platform.observability import logger
from socialflow.platform.principal import Principal

MAX_EDIT_RACES: Final = 5
ENDPOINT: Final = "{endpoint}"


class ChannelService:
    """What requests do to channels."""

    def __init__(
        self, channels: ChannelRepository, ivs: Ivs, *, ingest_url: str, clock: Clock
    ) -> None:
        self._channels = channels
        self._ivs = ivs
        self._ingest_url = ingest_url
        self._clock = clock

    def request(self, owner: Principal) -> Channel:
        """The caller's channel, asked for where there is none yet. One write."""
        return self._channels.request(
            Channel(
                id=channel_of(owner.user_id),
                owner_id=owner.user_id,
                created_at=self._clock(),
                defaults=Defaults(title=f"{owner.handle} is live"),
            )
        )

    def show(self, owner: Principal) -> Channel:
        """The caller's channel. Raises `ChannelNotFound`. One read."""
        channel = self._channels.get(channel_of(owner.user_id), consistent=True)
        if channel is None:
            raise ChannelNotFound
        return channel

    def edit(
        self, owner: Principal, changes: Mapping[str, object], *, expected_edits: int | None
    ) -> Channel:
        """Changes what new broadcasts are like.

        Raises `ChannelEditedMeanwhile` where `expected_edits` is no longer the current number.
        """
        for _ in range(MAX_EDIT_RACES):
            channel = self.show(owner)
            if expected_edits is not None and channel.edits != expected_edits:
                break
            defaults = _with(channel.defaults, changes)
            edited = self._channels.edit(channel, defaults, expected_edits=channel.edits)
            if edited:
                return edited
        raise ChannelEditedMeanwhile(
            "This channel was changed since you read it; read it again and repeat your change."
        )

    def stream_key(self, owner: Principal) -> str:
        """The key to stream with, read from IVS; we keep none. Leaves a line in the log.

        Raises `ChannelNotFound`, `ChannelNotReady`, `StreamKeyRotating`, `LiveUnavailable`.
        """
        channel = self.show(owner)
        if channel.ivs is None:
            raise ChannelNotReady("The channel is being made; try again in a moment.")
        if channel.is_rotating:
            raise StreamKeyRotating("The key is being replaced; try again in a moment.")
        key = self._ivs.stream_key(channel.ivs.key_arn)
        logger().info(
            "stream key shown",
            extra={
                "audit": "stream_key_shown",
                "channel_id": channel.id,
                "user_id": owner.user_id,
                "session_id": owner.session_id,
            },
        )
        return key

    def rotate_key(self, owner: Principal) -> Channel:
        """Asks for another key; one rotation at a time, so asking twice asks once."""
        channel = self.show(owner)
        if channel.ivs is None:
            raise ChannelNotReady("The channel is being made; try again in a moment.")
        if channel.is_rotating:
            return channel
        return self._channels.request_rotation(channel) or self.show(owner)

    def ingest_url(self, channel: Channel) -> str | None:
        """Where the encoder connects to; None until IVS has the channel."""
        if channel.ivs is None:
            return None
        return self._ingest_url.replace(ENDPOINT, channel.ivs.ingest_endpoint)


@dataclass(frozen=True, slots=True)
class ProvisioningService:
    """What the queue does to channels. Safe to repeat and to stop half-way."""

    channels: ChannelRepository
    ivs: Ivs

    def provision(self, channel_id: str) -> None:
        """Makes the channel at IVS, or finds the one that a run cut off has made.

        Raises `ProvisioningTaken` where another run is at it: the event comes again.
        """
        channel = self.channels.get(channel_id, consistent=True)
        if channel is None or channel.ivs:
            return
        if self.channels.take_provisioning(channel_id) is None:
            raise ProvisioningTaken(channel_id)
        self.channels.make_ready(channel_id, self.ivs.find_or_create_channel(channel_id))

    def rotate(self, channel_id: str) -> None:
        """Replaces the stream key and sends away whoever publishes with the old one."""
        channel = self.channels.get(channel_id, consistent=True)
        if channel is None or channel.ivs is None or not channel.is_rotating:
            return
        key_arn = self.ivs.rotate_key(channel.ivs.arn, channel.rotation)
        self.ivs.stop(channel.ivs.arn)
        self.channels.finish_rotation(channel, replace(channel.ivs, key_arn=key_arn))

    def drive_on(self, channel: Channel) -> bool:
        """Does what a lost event should have done; whether there was anything to do."""
        if channel.ivs is None:
            self.provision(channel.id)
        elif channel.stream_key_state is StreamKeyState.ROTATING:
            self.rotate(channel.id)
        else:
            return False
        return True


class ProvisioningTaken(Exception):
    """Another run makes this channel just now, or one that died had begun to."""

    def __init__(self, channel_id: ChannelId | str) -> None:
        super().__init__(f"{channel_id} is being made by another run")


def _with(defaults: Defaults, changes: Mapping[str, object]) -> Defaults:
    replay = changes.get("replay", defaults.replay)
    return Defaults(
        title=str(changes.get("title", defaults.title)),
        category=str(changes.get("category", defaults.category)),
        visibility=Visibility(str(changes.get("visibility", defaults.visibility))),
        replay=bool(replay),
    )
