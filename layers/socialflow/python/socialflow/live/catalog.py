"""Broadcasts as people see them: shown, listed, and the directory of who is live.

Reads go skeleton (the row) → rules (who may see it) → hydration (its owner's profile) →
presentation. What somebody may not see does not exist for them. DynamoDB round trips, profiles
not at hand: a broadcast 2, a list 2, the directory 2, a channel's live page 3.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from socialflow.identity.facade import Profile, UserDirectory
from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.errors import BroadcastNotFound, OwnerNotFound
from socialflow.live.models import (
    ACTIVE,
    Broadcast,
    Channel,
    State,
    Visibility,
    channel_of,
    replay_of,
    settled,
    state_at,
)
from socialflow.live.paths import thumbnail_key
from socialflow.live.repository import BroadcastPage, BroadcastRepository
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.principal import Principal, UserId

UPCOMING: Final = 10
# A scheduled broadcast whose time has come is still announced for so long.
LATE_BY: Final = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastView:
    """A broadcast as one person sees it, at one moment."""

    broadcast: Broadcast
    state: State
    owner: Profile | None
    is_owner: bool
    viewers: int
    ended_at: datetime | None
    thumbnail_url: str | None
    replay_video_id: str | None


@dataclass(frozen=True, slots=True)
class BroadcastViewPage:
    """One page of broadcasts, and the position to go on from."""

    views: tuple[BroadcastView, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePage:
    """What is on at a channel; `current` is None while it is offline."""

    owner: Profile
    current: BroadcastView | None
    upcoming: tuple[BroadcastView, ...]


class LiveCatalog:
    """What people read of broadcasts."""

    def __init__(
        self,
        broadcasts: BroadcastRepository,
        channels: ChannelRepository,
        *,
        directory: UserDirectory,
        public_origin: str,
        window: timedelta,
        clock: Clock,
    ) -> None:
        self._broadcasts = broadcasts
        self._channels = channels
        self._directory = directory
        self._origin = public_origin.rstrip("/")
        self._window = window
        self._clock = clock

    def show(self, viewer: Principal | None, broadcast_id: str) -> BroadcastView:
        """A broadcast. Raises `BroadcastNotFound`."""
        return self.present(viewer, self.visible(viewer, broadcast_id))

    def visible(self, viewer: Principal | None, broadcast_id: str) -> Broadcast:
        """A broadcast that the viewer may know of. Raises `BroadcastNotFound`."""
        broadcast = self._broadcasts.get(broadcast_id)
        if broadcast is None or not may_see(viewer, broadcast):
            raise BroadcastNotFound(broadcast_id)
        return broadcast

    def present(self, viewer: Principal | None, broadcast: Broadcast) -> BroadcastView:
        """A broadcast that the viewer may see."""
        owner = self._directory.profiles([broadcast.owner_id]).get(broadcast.owner_id)
        return self._view(viewer, broadcast, owner)

    def list_mine(self, owner: Principal, *, after: str | None, limit: int) -> BroadcastViewPage:
        """All broadcasts of the caller, newest first."""
        page = self._broadcasts.list_of_owner(owner.user_id, after=after, limit=limit)
        return self._views(owner, page)

    def list_channel(
        self,
        viewer: Principal | None,
        handle: str,
        state: State,
        *,
        after: str | None,
        limit: int,
    ) -> BroadcastViewPage:
        """A channel's public broadcasts, `scheduled` or `ended`. Raises `OwnerNotFound`."""
        owner = self._named(handle)
        upcoming = state is State.SCHEDULED
        find = self._broadcasts.list_scheduled if upcoming else self._broadcasts.list_ended
        page = find(owner.id, after=after, limit=limit)
        return BroadcastViewPage(
            tuple(self._view(viewer, each, owner) for each in page.broadcasts), page.next_position
        )

    def list_live(
        self, category: str | None, *, after: str | None, limit: int
    ) -> BroadcastViewPage:
        """Who is live in public, most viewers first; the same for every caller.

        A cursor is a number of viewers and an id, so it is a place in the order whatever moves:
        nobody who keeps their viewers is left out or shown twice.
        """
        return self._views(None, self._broadcasts.list_live(category, after=after, limit=limit))

    def channel_page(self, viewer: Principal | None, handle: str) -> LivePage:
        """What is on at a channel, and what is to come. Raises `OwnerNotFound`."""
        owner = self._named(handle)
        # Neither needs the other's answer; together they are one round trip, not two.
        coming = _reader().submit(self._upcoming, viewer, owner)
        channel = self._channels.get(channel_of(owner.id))
        current = self.current(viewer, channel, owner) if channel else None
        return LivePage(owner=owner, current=current, upcoming=coming.result())

    def current(
        self, viewer: Principal | None, channel: Channel, owner: Profile | None = None
    ) -> BroadcastView | None:
        """The broadcast that a channel has now, if the viewer may find it there."""
        if channel.current_broadcast_id is None:
            return None
        broadcast = self._broadcasts.get(channel.current_broadcast_id)
        if broadcast is None or not may_find(viewer, broadcast):
            return None
        if state_at(broadcast, self._clock(), self._window) not in ACTIVE:
            return None
        return self._view(viewer, broadcast, owner) if owner else self.present(viewer, broadcast)

    def _upcoming(self, viewer: Principal | None, owner: Profile) -> tuple[BroadcastView, ...]:
        since = to_rfc3339(self._clock() - LATE_BY)
        page = self._broadcasts.list_scheduled(owner.id, after=since, limit=UPCOMING)
        return tuple(self._view(viewer, each, owner) for each in page.broadcasts)

    def _named(self, handle: str) -> Profile:
        profile = self._directory.by_handle(handle)
        if profile is None:
            raise OwnerNotFound(handle)
        return profile

    def _views(self, viewer: Principal | None, page: BroadcastPage) -> BroadcastViewPage:
        owners = self._directory.profiles(_owner_ids(page.broadcasts))
        return BroadcastViewPage(
            tuple(self._view(viewer, each, owners.get(each.owner_id)) for each in page.broadcasts),
            page.next_position,
        )

    def _view(
        self, viewer: Principal | None, broadcast: Broadcast, owner: Profile | None
    ) -> BroadcastView:
        now = self._clock()
        state = state_at(broadcast, now, self._window)
        picture = broadcast.thumbnail
        replay = replay_of(broadcast.id) if broadcast.replay and broadcast.recordings else None
        return BroadcastView(
            broadcast=broadcast,
            state=state,
            owner=owner,
            is_owner=viewer is not None and viewer.user_id == broadcast.owner_id,
            viewers=broadcast.viewers if state is State.LIVE else 0,
            # One whose window has passed may not have been written as ended yet.
            ended_at=settled(broadcast, now, self._window).ended_at,
            thumbnail_url=f"{self._origin}/{thumbnail_key(broadcast.id, picture)}"
            if picture
            else None,
            replay_video_id=replay,
        )


def may_see(viewer: Principal | None, broadcast: Broadcast) -> bool:
    """Whether somebody who has the link may know of a broadcast."""
    if viewer and viewer.user_id == broadcast.owner_id:
        return True
    return broadcast.visibility is not Visibility.PRIVATE


def may_find(viewer: Principal | None, broadcast: Broadcast) -> bool:
    """Whether somebody may be shown a broadcast without having the link."""
    if viewer and viewer.user_id == broadcast.owner_id:
        return True
    return broadcast.visibility is Visibility.PUBLIC


def _owner_ids(broadcasts: Iterable[Broadcast]) -> list[UserId]:
    return list(dict.fromkeys(each.owner_id for each in broadcasts))


@functools.cache
def _reader() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="live-page")
