"""The moderators that an owner names."""

from __future__ import annotations

from collections.abc import Sequence

from socialflow.chat.entrance import Entrance
from socialflow.chat.errors import ModeratorLimitReached, TargetProtected
from socialflow.chat.models import MAX_MODERATORS, Act, AuditEntry
from socialflow.chat.repository import RoomRepository
from socialflow.identity.facade import Profile, UserDirectory
from socialflow.platform.clock import Clock
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal, UserId


class ModeratorService:
    """For owners of channels."""

    def __init__(
        self,
        entrance: Entrance,
        rooms: RoomRepository,
        *,
        directory: UserDirectory,
        new_id: IdFactory,
        clock: Clock,
    ) -> None:
        self._entrance = entrance
        self._rooms = rooms
        self._directory = directory
        self._new_id = new_id
        self._clock = clock

    def list_all(
        self, caller: Principal, handle: str, *, after: str | None, limit: int
    ) -> tuple[Sequence[Profile], str | None]:
        """One page of moderators. Raises `OwnerRequired`."""
        owner_id = self._entrance.owned(caller, handle)
        ids, position = self._rooms.list_moderators(owner_id, after=after, limit=limit)
        people = self._directory.profiles(ids)
        return [people[id_] for id_ in ids if id_ in people], position

    def add(self, caller: Principal, handle: str, moderator: str) -> Profile:
        """Names somebody; a repeat changes nothing.

        Raises `OwnerRequired`, `PersonNotFound`, `TargetProtected`, `ModeratorLimitReached`.
        """
        owner_id = self._entrance.owned_room(caller, handle)
        profile = self._entrance.named(moderator)
        if profile.id == owner_id:
            raise TargetProtected("The owner of a channel moderates its chat anyway.")
        refused = self._rooms.add_moderator(
            owner_id,
            profile.id,
            self._entry(caller, Act.MODERATOR_ADDED, profile.id),
            most=MAX_MODERATORS,
        )
        if refused and 0 not in refused:
            raise ModeratorLimitReached(
                f"A channel has {MAX_MODERATORS} moderators at most; take somebody off first.",
                max_moderators=MAX_MODERATORS,
            )
        return profile

    def remove(self, caller: Principal, handle: str, moderator: str) -> None:
        """Takes the role back; a repeat changes nothing. Raises `OwnerRequired`."""
        owner_id = self._entrance.owned_room(caller, handle)
        profile = self._entrance.named(moderator)
        entry = self._entry(caller, Act.MODERATOR_REMOVED, profile.id)
        self._rooms.remove_moderator(owner_id, profile.id, entry)

    def _entry(self, caller: Principal, act: Act, target_id: UserId) -> AuditEntry:
        return AuditEntry(
            id=self._new_id("act"),
            at=self._clock(),
            actor_id=caller.user_id,
            act=act,
            target_id=target_id,
        )
