"""Bans and time-outs: of accounts, so they hold on every device and for every token.

Putting the same ban again is a repeat (a client that lost the answer, a double click) when it
comes within `REPEAT`, and changes nothing; later it begins anew, which is how a time-out is
prolonged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from socialflow.chat.beside import beside
from socialflow.chat.entrance import Entrance
from socialflow.chat.errors import ActRaced, ModeratorRequired, TargetProtected
from socialflow.chat.models import Act, AuditEntry, Ban, Role, Standing
from socialflow.chat.repository import RoomRepository
from socialflow.identity.facade import Profile, UserDirectory
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal, UserId

MAX_RACES: Final = 5
REPEAT: Final = timedelta(seconds=30)
_PROTECTED_PLACE: Final = 1


@dataclass(frozen=True, slots=True)
class BanView:
    """A ban, with the people in it."""

    ban: Ban
    user: Profile
    by: Profile | None


class BanService:
    """Who may not write."""

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

    def put(
        self,
        caller: Principal,
        handle: str,
        user_id: UserId,
        *,
        seconds: int | None,
        reason: str | None,
    ) -> BanView:
        """Times out for `seconds`, or bans for good; takes the place of a ban that is there.

        Raises `ModeratorRequired`, `PersonNotFound`, `TargetProtected`.
        """
        standing = self._entrance.moderating(caller, handle)
        owner_id = standing.room.owner_id
        user = self._entrance.known(user_id)
        _check_target(standing, caller, user_id)
        for _ in range(MAX_RACES):
            now = self._clock()
            seen = self._rooms.ban(owner_id, user_id)
            if seen and _is_repeat(seen, caller, seconds, reason, now):
                return self._view(seen, user)
            ban = Ban(
                user_id=user_id,
                by=caller.user_id,
                at=now,
                until=now + timedelta(seconds=seconds) if seconds else None,
                reason=reason,
                version=seen.version + 1 if seen else 1,
            )
            entry = self._entry(caller, ban.act, ban, before=_active(seen, now), after=ban)
            refused = self._rooms.put_ban(owner_id, ban, entry, seen=seen)
            if not refused:
                return self._view(ban, user)
            if _PROTECTED_PLACE in refused and caller.user_id != owner_id:
                target = self._rooms.standing(owner_id, user_id, now)
                if target and target.role is Role.MODERATOR:
                    raise TargetProtected("Only the owner can ban a moderator.", user_id=user_id)
            elif 0 not in refused:
                raise ModeratorRequired
        raise ActRaced

    def lift(self, caller: Principal, handle: str, user_id: UserId) -> None:
        """Lets somebody write again; nothing where they may.

        Raises `ModeratorRequired`, and `TargetProtected` where a moderator would undo what only
        the owner can do: to ban another one.
        """
        owner_id = self._entrance.moderating(caller, handle).room.owner_id
        for _ in range(MAX_RACES):
            now = self._clock()
            seen = self._rooms.ban(owner_id, user_id)
            if seen is None or not seen.is_active(now):
                return
            entry = self._entry(caller, Act.LIFTED, seen, before=seen, after=None)
            refused = self._rooms.lift_ban(owner_id, seen, entry)
            if not refused:
                return
            if _PROTECTED_PLACE in refused and caller.user_id != owner_id:
                target = self._rooms.standing(owner_id, user_id, now)
                if target and target.role is Role.MODERATOR:
                    raise TargetProtected(
                        "Only the owner can lift a moderator's ban.", user_id=user_id
                    )
            elif 0 not in refused:
                raise ModeratorRequired
        raise ActRaced

    def list_active(
        self, caller: Principal, handle: str, *, after: str | None, limit: int
    ) -> tuple[Sequence[BanView], str | None]:
        """Bans that hold now. A page may be short of those that are over."""
        owner_id = self._entrance.owner(handle)
        listed = beside(lambda: self._rooms.list_bans(owner_id, after=after, limit=limit))
        self._entrance.moderating_for(caller, owner_id)
        found, position = listed.result()
        bans = [ban for ban in found if ban.is_active(self._clock())]
        people = self._directory.profiles([id_ for ban in bans for id_ in (ban.user_id, ban.by)])
        views = [
            BanView(ban, people[ban.user_id], people.get(ban.by))
            for ban in bans
            if ban.user_id in people
        ]
        return views, position

    def _view(self, ban: Ban, user: Profile) -> BanView:
        return BanView(ban, user, self._directory.profiles([ban.by]).get(ban.by))

    def _entry(
        self, caller: Principal, act: Act, ban: Ban, *, before: Ban | None, after: Ban | None
    ) -> AuditEntry:
        return AuditEntry(
            id=self._new_id("act"),
            at=self._clock(),
            actor_id=caller.user_id,
            act=act,
            target_id=ban.user_id,
            reason=after.reason if after else None,
            before=_told(before),
            after=_told(after),
        )


def _check_target(standing: Standing, caller: Principal, user_id: UserId) -> None:
    if user_id == standing.room.owner_id:
        raise TargetProtected("The owner of a channel cannot be banned from its chat.")
    if user_id == caller.user_id:
        raise TargetProtected("Nobody can ban themselves.")


def _is_repeat(
    seen: Ban, caller: Principal, seconds: int | None, reason: str | None, now: datetime
) -> bool:
    same = (seen.by, seen.seconds, seen.reason) == (caller.user_id, seconds, reason)
    return same and seen.is_active(now) and (seconds is None or now - seen.at < REPEAT)


def _active(ban: Ban | None, now: datetime) -> Ban | None:
    return ban if ban and ban.is_active(now) else None


def _told(ban: Ban | None) -> dict[str, str | None] | None:
    if ban is None:
        return None
    return {"until": to_rfc3339(ban.until) if ban.until else None, "reason": ban.reason}
