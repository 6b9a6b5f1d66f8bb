"""The rules of a room: read by everybody, changed by its owner and moderators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from socialflow.chat.entrance import Entrance
from socialflow.chat.errors import BlockedTermInvalid, ModeratorRequired, SettingsEditedMeanwhile
from socialflow.chat.models import Act, AuditEntry, ChatSettings, Room
from socialflow.chat.repository import RoomRepository
from socialflow.chat.terms import is_usable
from socialflow.platform.clock import Clock
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal

MAX_EDIT_RACES = 5


class HouseRules:
    """Settings of rooms."""

    def __init__(
        self, entrance: Entrance, rooms: RoomRepository, *, new_id: IdFactory, clock: Clock
    ) -> None:
        self._entrance = entrance
        self._rooms = rooms
        self._new_id = new_id
        self._clock = clock

    def show(self, caller: Principal | None, handle: str) -> tuple[Room, bool]:
        """The room, and whether the caller may moderate and so see all of its rules."""
        standing = self._entrance.standing(caller, handle)
        return standing.room, standing.may_moderate

    def edit(
        self,
        caller: Principal,
        handle: str,
        changes: Mapping[str, Any],
        *,
        expected_edits: int | None,
    ) -> Room:
        """Changes what is named. Raises `BlockedTermInvalid`, `ModeratorRequired`, and
        `SettingsEditedMeanwhile` where `expected_edits` is no longer the current number."""
        terms = tuple(changes.get("blocked_terms", ()))
        if unusable := [term for term in terms if not is_usable(term)]:
            raise BlockedTermInvalid(
                "A blocked term needs at least one letter or digit.", terms=unusable[:5]
            )
        for _ in range(MAX_EDIT_RACES):
            room = self._entrance.moderating(caller, handle).room
            if expected_edits is not None and room.edits != expected_edits:
                break
            settings = _changed(room.settings, changes)
            if settings == room.settings:
                return room
            entry = self._entry(caller, room.settings, settings)
            refused = self._rooms.edit(caller.user_id, room, settings, entry)
            if not refused:
                return replace(room, settings=settings, edits=room.edits + 1)
            if 0 not in refused:
                raise ModeratorRequired
        raise SettingsEditedMeanwhile

    def _entry(self, caller: Principal, before: ChatSettings, after: ChatSettings) -> AuditEntry:
        was, now = asdict(before), asdict(after)
        changed = [name for name in was if was[name] != now[name]]
        return AuditEntry(
            id=self._new_id("act"),
            at=self._clock(),
            actor_id=caller.user_id,
            act=Act.SETTINGS_CHANGED,
            before={name: was[name] for name in changed},
            after={name: now[name] for name in changed},
        )


def _changed(settings: ChatSettings, changes: Mapping[str, Any]) -> ChatSettings:
    plain = dict(changes)
    if "blocked_terms" in plain:
        plain["blocked_terms"] = tuple(plain["blocked_terms"])
    return replace(settings, **plain)
