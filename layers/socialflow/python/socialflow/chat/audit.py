"""What moderators did, with the text of the messages that they deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from socialflow.chat.entrance import Entrance
from socialflow.chat.log_repository import LogRepository
from socialflow.chat.message import Message
from socialflow.chat.models import AuditEntry
from socialflow.chat.repository import RoomRepository
from socialflow.identity.facade import Profile, UserDirectory
from socialflow.platform.principal import Principal, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """An act with its people; `message` is None until the log has it."""

    entry: AuditEntry
    actor: Profile | None
    target: Profile | None
    message: str | None


class AuditService:
    """Read-only: acts are written by the transactions that do them."""

    def __init__(
        self,
        entrance: Entrance,
        rooms: RoomRepository,
        log: LogRepository,
        *,
        directory: UserDirectory,
    ) -> None:
        self._entrance = entrance
        self._rooms = rooms
        self._log = log
        self._directory = directory

    def list_acts(
        self, caller: Principal, handle: str, *, after: str | None, limit: int
    ) -> tuple[Sequence[AuditView], str | None]:
        """One page, newest first. Raises `ModeratorRequired`."""
        owner_id = self._entrance.moderating(caller, handle).room.owner_id
        entries, position = self._rooms.list_acts(owner_id, after=after, limit=limit)
        messages = self._log.by_id(
            owner_id, [entry.message_id for entry in entries if entry.message_id]
        )
        targets = {entry.id: _target(entry, messages) for entry in entries}
        named = [entry.actor_id for entry in entries]
        named += [target for target in targets.values() if target]
        people = self._directory.profiles(named)
        views = [
            AuditView(
                entry=entry,
                actor=people.get(entry.actor_id),
                target=people.get(target) if (target := targets[entry.id]) else None,
                message=message.content
                if (message := messages.get(entry.message_id or ""))
                else None,
            )
            for entry in entries
        ]
        return views, position


def _target(entry: AuditEntry, messages: Mapping[str, Message]) -> UserId | None:
    """Whom the act was about: of a deleted message its sender, as soon as the log says who."""
    message = messages.get(entry.message_id or "")
    return UserId(message.sender_id) if message else entry.target_id
