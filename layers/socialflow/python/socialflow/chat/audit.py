"""What moderators did, with the text of the messages that they deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from socialflow.chat.beside import beside
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
        owner_id = self._entrance.owner(handle)
        listed = beside(lambda: self._rooms.list_acts(owner_id, after=after, limit=limit))
        self._entrance.moderating_for(caller, owner_id)
        entries, position = listed.result()
        deleted = [entry.message_id for entry in entries if entry.message_id]
        found = beside(lambda: self._log.by_id(owner_id, deleted))
        people = self._directory.profiles(
            [id_ for entry in entries for id_ in (entry.actor_id, entry.target_id) if id_]
        )
        messages = found.result()
        return [_view(entry, people, messages) for entry in entries], position


def _view(
    entry: AuditEntry, people: Mapping[UserId, Profile], messages: Mapping[str, Message]
) -> AuditView:
    message = messages.get(entry.message_id or "")
    return AuditView(
        entry=entry,
        actor=people.get(entry.actor_id),
        target=_sender(message) if message else people.get(entry.target_id or UserId("")),
        message=message.content if message else None,
    )


def _sender(message: Message) -> Profile:
    """Who wrote a deleted message, as they were called then."""
    return Profile(
        id=UserId(message.sender_id), handle=message.handle, display_name=message.display_name
    )
