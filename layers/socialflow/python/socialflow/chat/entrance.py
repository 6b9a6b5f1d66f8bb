"""Who asks about which room: names resolved, standings read, rights asked for.

Every service comes in through here, so that who may do what is decided in one place. The writes
that follow ask for the same rights once more, as conditions.
"""

from __future__ import annotations

from socialflow.chat.errors import (
    ChatBanned,
    ChatNotReady,
    ModeratorRequired,
    OwnerRequired,
    PersonNotFound,
)
from socialflow.chat.models import Standing
from socialflow.chat.repository import RoomRepository
from socialflow.identity.facade import Profile, UserDirectory
from socialflow.platform.clock import Clock
from socialflow.platform.principal import Principal, UserId


class Entrance:
    """Read-only. `handle` is that of the channel's owner everywhere."""

    def __init__(self, rooms: RoomRepository, *, directory: UserDirectory, clock: Clock) -> None:
        self._rooms = rooms
        self._directory = directory
        self._clock = clock

    def owner(self, handle: str) -> UserId:
        """Raises `PersonNotFound`."""
        return self.named(handle).id

    def named(self, handle: str) -> Profile:
        """Raises `PersonNotFound`."""
        profile = self._directory.by_handle(handle)
        if profile is None:
            raise PersonNotFound(handle=handle)
        return profile

    def known(self, user_id: UserId) -> Profile:
        """Raises `PersonNotFound`."""
        profile = self._directory.profiles([user_id]).get(user_id)
        if profile is None:
            raise PersonNotFound(user_id=user_id)
        return profile

    def standing(self, caller: Principal | None, handle: str) -> Standing:
        """Raises `PersonNotFound`, `ChatNotReady`."""
        return self._standing(caller.user_id if caller else None, self.owner(handle))

    def moderating(self, caller: Principal, handle: str) -> Standing:
        """The standing of one who may moderate; raises `ModeratorRequired` for others."""
        return self.moderating_for(caller, self.owner(handle))

    def moderating_for(self, caller: Principal, owner_id: UserId) -> Standing:
        """The same for an owner who is known already."""
        standing = self._standing(caller.user_id, owner_id)
        if not standing.may_moderate:
            raise ModeratorRequired
        return standing

    def participating(self, caller: Principal, handle: str) -> UserId:
        """The owner of a room in which the caller may take part; raises `ChatBanned`."""
        standing = self.standing(caller, handle)
        if standing.ban and standing.ban.until is None:
            raise ChatBanned
        return standing.room.owner_id

    def owned(self, caller: Principal, handle: str) -> UserId:
        """The owner, who calls; raises `OwnerRequired` for others. Whether there is a room is not
        asked."""
        if self.owner(handle) != caller.user_id:
            raise OwnerRequired
        return caller.user_id

    def owned_room(self, caller: Principal, handle: str) -> UserId:
        """The same where there must be a room; raises `ChatNotReady`."""
        owner_id = self.owned(caller, handle)
        return self._standing(owner_id, owner_id).room.owner_id

    def _standing(self, user_id: UserId | None, owner_id: UserId) -> Standing:
        standing = self._rooms.standing(owner_id, user_id, self._clock())
        if standing is None:
            raise ChatNotReady
        return standing
