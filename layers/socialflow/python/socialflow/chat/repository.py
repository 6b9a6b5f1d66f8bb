"""Rooms and the standing of people in them; acts, each one transaction with its audit entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from socialflow.chat import keys
from socialflow.chat.models import AuditEntry, Ban, ChatSettings, Room, Standing
from socialflow.chat.records import (
    ERASED,
    audit_from_item,
    audit_item,
    ban_from_item,
    ban_item,
    room_from_item,
    room_item,
    settings_attributes,
    standing_keys,
    standing_of,
)
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import Table, TransactionRefused, Write
from socialflow.platform.principal import UserId

_THERE = "attribute_exists(pk)"
_ABSENT = "attribute_not_exists(pk)"


class RoomErased(Exception):
    """The room was one of ours; its owner is gone, and so is what was said in it."""


class RoomRepository:
    """What is read and decided of rooms and those in them."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def standing(self, owner_id: UserId, user_id: str | None, now: datetime) -> Standing | None:
        """The room and somebody's standing in it; None where there is no room. One batch."""
        items = self._table.get_many(standing_keys(owner_id, user_id), consistent=True)
        return standing_of(items, owner_id, user_id, now)

    def room(self, owner_id: str) -> Room | None:
        item = self._table.get(keys.rules_key(owner_id))
        return room_from_item(item) if item else None

    def open(self, room: Room) -> Room:
        """Keeps a new room; where the owner has one already, returns that one."""
        try:
            self._table.transact(
                [
                    Write(put=room_item(room), condition=_ABSENT),
                    Write(put={**keys.ivs_key(room.room_id), "owner_id": room.owner_id}),
                ]
            )
        except TransactionRefused:
            kept = self._table.get(keys.rules_key(room.owner_id), consistent=True)
            if kept is None:
                raise
            return room_from_item(kept)
        return room

    def owner_of(self, room_id: str) -> UserId | None:
        """Whose room it is by IVS Chat's id. Raises `RoomErased`."""
        item = self._table.get(keys.ivs_key(room_id))
        if item and ERASED in item:
            raise RoomErased(room_id)
        return UserId(item["owner_id"]) if item else None

    def edit(
        self, actor_id: UserId, room: Room, settings: ChatSettings, entry: AuditEntry
    ) -> tuple[int, ...]:
        """Changes the settings of the room as it was read. Returns what refused, as `act` does."""
        change = Write(
            key=keys.rules_key(room.owner_id),
            set={**_present(settings_attributes(settings)), "edits": room.edits + 1},
            remove=()
            if settings.followers_only_minutes is not None
            else ("followers_only_minutes",),
            condition="#edits = :seen",
            values={"seen": room.edits},
        )
        return self.act(actor_id, room.owner_id, [change], entry)

    def ban(self, owner_id: UserId, user_id: str) -> Ban | None:
        """Somebody's ban as it is this moment, also one that is over."""
        item = self._table.get(keys.ban_key(owner_id, user_id), consistent=True)
        return ban_from_item(item) if item else None

    def put_ban(
        self, owner_id: UserId, ban: Ban, entry: AuditEntry, *, seen: Ban | None
    ) -> tuple[int, ...]:
        """Puts a ban where `seen` is. Returns what refused; 1 is the target's being a moderator."""
        change = Write(
            put=ban_item(owner_id, ban, entry.id),
            condition="#version = :seen" if seen else _ABSENT,
            values={"seen": seen.version} if seen else {},
        )
        changes = [change, *_spares_moderators(owner_id, ban.user_id, entry)]
        return self.act(entry.actor_id, owner_id, changes, entry)

    def lift_ban(self, owner_id: UserId, seen: Ban, entry: AuditEntry) -> tuple[int, ...]:
        """Removes a ban. Returns what refused, as `put_ban` does."""
        change = Write(
            key=keys.ban_key(owner_id, seen.user_id),
            delete=True,
            condition="#version = :seen",
            values={"seen": seen.version},
        )
        changes = [change, *_spares_moderators(owner_id, seen.user_id, entry)]
        return self.act(entry.actor_id, owner_id, changes, entry)

    def list_bans(
        self, owner_id: UserId, *, after: str | None, limit: int
    ) -> tuple[list[Ban], str | None]:
        """Bans in order of user id, those that are over included."""
        items, position = self._list(owner_id, keys.BAN_PREFIX, after=after, limit=limit)
        return [ban_from_item(item) for item in items], position

    def add_moderator(
        self, owner_id: UserId, user_id: UserId, entry: AuditEntry, *, most: int
    ) -> tuple[int, ...]:
        """Returns what refused: 0 is that they are one already, 1 that there are too many."""
        item = {
            **keys.moderator_key(owner_id, user_id),
            **keys.about_keys(user_id, "MODERATOR", owner_id),
            "user_id": user_id,
            "added_at": to_rfc3339(entry.at),
        }
        return self.act(
            entry.actor_id,
            owner_id,
            [
                Write(put=item, condition=_ABSENT),
                Write(
                    key=keys.rules_key(owner_id),
                    add={"moderators": 1},
                    condition=f"{_THERE} AND #moderators < :most",
                    values={"most": most},
                ),
            ],
            entry,
        )

    def remove_moderator(
        self, owner_id: UserId, user_id: UserId, entry: AuditEntry
    ) -> tuple[int, ...]:
        return self.act(
            entry.actor_id,
            owner_id,
            [
                Write(key=keys.moderator_key(owner_id, user_id), delete=True, condition=_THERE),
                Write(key=keys.rules_key(owner_id), add={"moderators": -1}, condition=_THERE),
            ],
            entry,
        )

    def list_moderators(
        self, owner_id: UserId, *, after: str | None, limit: int
    ) -> tuple[list[UserId], str | None]:
        items, position = self._list(owner_id, keys.MODERATOR_PREFIX, after=after, limit=limit)
        return [UserId(item["user_id"]) for item in items], position

    def mark_deleted(
        self, owner_id: UserId, message_id: str, entry: AuditEntry, *, expires_at: int
    ) -> tuple[int, ...]:
        """Hides a message for good. Returns what refused; 0 is that it is hidden already."""
        item = {
            **keys.deleted_key(owner_id, message_id),
            "owner_id": owner_id,
            "message_id": message_id,
            "deleted_at": to_rfc3339(entry.at),
            "reason": entry.reason,
            "expires_at": expires_at,
        }
        return self.act(entry.actor_id, owner_id, [Write(put=item, condition=_ABSENT)], entry)

    def act(
        self, actor_id: UserId, owner_id: UserId, changes: Sequence[Write], entry: AuditEntry
    ) -> tuple[int, ...]:
        """Does the changes and writes them down, if the actor may still moderate.

        Returns the places of the changes whose conditions refused, () where all is done; a place
        beyond the changes means that the actor is no moderator any more or is banned.
        """
        writes = [*changes, *_still_moderates(actor_id, owner_id, entry.at)]
        audit = Write(put=audit_item(owner_id, entry), condition=_ABSENT)
        try:
            self._table.transact([*writes, audit])
        except TransactionRefused as refused:
            return refused.failed
        return ()

    def list_acts(
        self, owner_id: UserId, *, after: str | None, limit: int
    ) -> tuple[list[AuditEntry], str | None]:
        """Acts, newest first."""
        page = self._table.query(
            keys.audit_partition(owner_id), after=after, limit=limit, newest_first=True
        )
        return [audit_from_item(item) for item in page.items], page.next_position

    def _list(
        self, owner_id: UserId, prefix: str, *, after: str | None, limit: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        page = self._table.query(
            keys.room_partition(owner_id),
            prefix=prefix,
            after=prefix + after if after else None,
            limit=limit,
        )
        position = page.next_position
        return page.items, position.removeprefix(prefix) if position else None


def _spares_moderators(owner_id: UserId, target_id: UserId, entry: AuditEntry) -> list[Write]:
    """Bans of moderators are their owner's alone."""
    if entry.actor_id == owner_id:
        return []
    return [Write(key=keys.moderator_key(owner_id, target_id), check=True, condition=_ABSENT)]


def _still_moderates(actor_id: UserId, owner_id: UserId, now: datetime) -> list[Write]:
    if actor_id == owner_id:
        return []
    return [
        Write(key=keys.moderator_key(owner_id, actor_id), check=True, condition=_THERE),
        Write(
            key=keys.ban_key(owner_id, actor_id),
            check=True,
            condition=f"{_ABSENT} OR #until <= :now",
            values={"now": to_rfc3339(now)},
        ),
    ]


def _present(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
