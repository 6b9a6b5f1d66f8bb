"""What a creator does with broadcasts: makes, schedules, starts, edits, ends and deletes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.errors import (
    BroadcastBusy,
    BroadcastEditedMeanwhile,
    BroadcastNotFound,
    BroadcastNotStarted,
    BroadcastOver,
    BroadcastRunning,
    BroadcastStarted,
    ChannelNotFound,
    ScheduleInvalid,
)
from socialflow.live.models import (
    ACTIVE,
    Broadcast,
    BroadcastId,
    State,
    Visibility,
    channel_of,
    settled,
    state_at,
)
from socialflow.live.repository import BroadcastRepository, ChannelTaken, Raced
from socialflow.platform.clock import Clock
from socialflow.platform.idempotency import id_from_seed
from socialflow.platform.principal import Principal

MAX_RACES: Final = 8
SCHEDULED_WITHIN: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBroadcast:
    """What a creator says of a broadcast to come."""

    title: str
    description: str
    category: str
    visibility: Visibility
    replay: bool
    scheduled_for: datetime | None


class BroadcastService:
    """What requests do to broadcasts. Each is one conditional write or transaction."""

    def __init__(
        self,
        broadcasts: BroadcastRepository,
        channels: ChannelRepository,
        *,
        window: timedelta,
        clock: Clock,
    ) -> None:
        self._broadcasts = broadcasts
        self._channels = channels
        self._window = window
        self._clock = clock

    def create(self, owner: Principal, new: NewBroadcast, *, seed: str) -> Broadcast:
        """A broadcast that waits for its encoder, or for its time.

        The same seed makes the same one. Raises `ChannelNotFound`, `BroadcastRunning`,
        `ScheduleInvalid`.
        """
        now = self._clock()
        if new.scheduled_for:
            self._check_schedule(new.scheduled_for, now)
        channel_id = channel_of(owner.user_id)
        if new.scheduled_for and self._channels.get(channel_id) is None:
            raise ChannelNotFound
        broadcast = Broadcast(
            id=BroadcastId(id_from_seed(seed, "brd")),
            channel_id=channel_id,
            owner_id=owner.user_id,
            state=State.SCHEDULED if new.scheduled_for else State.STARTING,
            title=new.title,
            description=new.description,
            category=new.category,
            visibility=new.visibility,
            replay=new.replay,
            created_at=now,
            scheduled_for=new.scheduled_for,
            opened_at=None if new.scheduled_for else now,
        )
        return self._on_its_channel(owner, lambda: self._broadcasts.create(broadcast))

    def start(self, owner: Principal, broadcast_id: str) -> Broadcast:
        """scheduled → starting; one that was started before is answered as it is."""

        def opened(broadcast: Broadcast, now: datetime) -> Broadcast:
            if broadcast.state is State.ENDED:
                raise BroadcastOver("This broadcast has ended.", broadcast_id=broadcast_id)
            return broadcast if broadcast.opened_at else replace(broadcast, opened_at=now)

        return self._on_its_channel(owner, lambda: self._change(owner, broadcast_id, opened))

    def end(self, owner: Principal, broadcast_id: str) -> Broadcast:
        """Ends a broadcast: at once where nobody streams, else as soon as the stream is stopped.

        One that has ended is answered as it is. Raises `BroadcastNotStarted`.
        """

        def closed(broadcast: Broadcast, now: datetime) -> Broadcast:
            if broadcast.state is State.SCHEDULED:
                raise BroadcastNotStarted(
                    "This broadcast has not been started; delete it instead.",
                    broadcast_id=broadcast_id,
                )
            over = broadcast.closed_at or broadcast.state is State.ENDED
            return broadcast if over else replace(broadcast, closed_at=now)

        return self._change(owner, broadcast_id, closed)

    def edit(
        self,
        owner: Principal,
        broadcast_id: str,
        changes: Mapping[str, object],
        *,
        expected_edits: int | None,
    ) -> Broadcast:
        """Changes title, description, category, visibility, or the time of a scheduled one.

        Raises `BroadcastEditedMeanwhile`, `BroadcastStarted`, `ScheduleInvalid`.
        """

        def edited(broadcast: Broadcast, now: datetime) -> Broadcast:
            if expected_edits is not None and broadcast.edits != expected_edits:
                raise BroadcastEditedMeanwhile(
                    "This broadcast was changed since you read it; "
                    "read it again and repeat your change.",
                    broadcast_id=broadcast_id,
                )
            scheduled_for = changes.get("scheduled_for", broadcast.scheduled_for)
            if not isinstance(scheduled_for, datetime | None):
                raise TypeError("scheduled_for is a moment")
            if scheduled_for != broadcast.scheduled_for and scheduled_for:
                if broadcast.state is not State.SCHEDULED:
                    raise _started(broadcast_id)
                self._check_schedule(scheduled_for, now)
            visibility = Visibility(str(changes.get("visibility", broadcast.visibility)))
            hidden = visibility is Visibility.PRIVATE
            return replace(
                broadcast,
                title=str(changes.get("title", broadcast.title)),
                description=str(changes.get("description", broadcast.description)),
                category=str(changes.get("category", broadcast.category)),
                visibility=visibility,
                scheduled_for=scheduled_for,
                # Its picture lies where everybody may look.
                thumbnail=None if hidden else broadcast.thumbnail,
                edits=broadcast.edits + 1,
            )

        return self._change(owner, broadcast_id, edited)

    def delete(self, owner: Principal, broadcast_id: str) -> None:
        """Removes a scheduled broadcast. Raises `BroadcastStarted`."""
        for _ in range(MAX_RACES):
            broadcast = self.owned(owner, broadcast_id)
            if broadcast.state is not State.SCHEDULED:
                raise _started(broadcast_id)
            if self._broadcasts.delete_scheduled(broadcast):
                return
        raise _busy(broadcast_id)

    def owned(self, owner: Principal, broadcast_id: str) -> Broadcast:
        """A broadcast of the caller's, as it is this moment. Raises `BroadcastNotFound`."""
        broadcast = self._broadcasts.get(broadcast_id, consistent=True)
        if broadcast is None or broadcast.owner_id != owner.user_id:
            raise BroadcastNotFound(broadcast_id)
        return broadcast

    def _change(
        self,
        owner: Principal,
        broadcast_id: str,
        change: Callable[[Broadcast, datetime], Broadcast],
    ) -> Broadcast:
        """Reads, changes, settles and writes; again where somebody else wrote meanwhile."""
        for _ in range(MAX_RACES):
            before, now = self.owned(owner, broadcast_id), self._clock()
            changed = change(replace(before, state=state_at(before, now, self._window)), now)
            try:
                return self._broadcasts.save(before, settled(changed, now, self._window))
            except Raced:
                continue
        raise _busy(broadcast_id)

    def _on_its_channel(self, owner: Principal, work: Callable[[], Broadcast]) -> Broadcast:
        """Does what occupies the channel, first taking off it a broadcast that is over by now."""
        for _ in range(MAX_RACES):
            try:
                return work()
            except ChannelTaken:
                self._make_room(owner)
        raise BroadcastBusy("The channel is changing just now; try again.")

    def _make_room(self, owner: Principal) -> None:
        channel = self._channels.get(channel_of(owner.user_id), consistent=True)
        if channel is None:
            raise ChannelNotFound
        if channel.current_broadcast_id is None:
            return
        current = self._broadcasts.get(channel.current_broadcast_id, consistent=True)
        if current is None:
            return
        now = self._clock()
        if state_at(current, now, self._window) in ACTIVE:
            raise BroadcastRunning(
                "Your channel has a broadcast already; end it first.",
                broadcast_id=current.id,
            )
        try:
            self._broadcasts.save(current, settled(current, now, self._window))
        except Raced:
            return

    @staticmethod
    def _check_schedule(scheduled_for: datetime, now: datetime) -> None:
        if not now < scheduled_for <= now + SCHEDULED_WITHIN:
            raise ScheduleInvalid("Schedule it for a time to come, within a year.")


def _started(broadcast_id: str) -> BroadcastStarted:
    return BroadcastStarted(
        "This broadcast is not scheduled any more, so that cannot be done.",
        broadcast_id=broadcast_id,
    )


def _busy(broadcast_id: str) -> BroadcastBusy:
    return BroadcastBusy(
        "This broadcast is changing just now; try again.", broadcast_id=broadcast_id
    )
