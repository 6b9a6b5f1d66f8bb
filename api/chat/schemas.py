"""Bodies of the chat routes: tokens, settings, moderation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.people import Person
from api.text import one_line
from socialflow.chat.audit import AuditView
from socialflow.chat.bans import BanView
from socialflow.chat.models import (
    MAX_BLOCKED_TERMS,
    MAX_FOLLOWERS_ONLY_MINUTES,
    MAX_REASON_CHARACTERS,
    MAX_SLOW_MODE_SECONDS,
    MAX_TERM_CHARACTERS,
    MAX_TIME_OUT_SECONDS,
    Act,
    ChatSettings,
    Role,
)
from socialflow.chat.tokens import ChatTicket
from socialflow.platform.ids import id_pattern

MessageIdPath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{12}$")]
UserIdPath = Annotated[str, StringConstraints(pattern=id_pattern("usr"))]
SlowMode = Annotated[int, Field(strict=True, ge=0, le=MAX_SLOW_MODE_SECONDS)]
FollowersOnly = Annotated[int, Field(strict=True, ge=0, le=MAX_FOLLOWERS_ONLY_MINUTES)]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON_CHARACTERS),
    AfterValidator(one_line),
]
BlockedTerm = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TERM_CHARACTERS),
    AfterValidator(one_line),
]


def _without_repeats(terms: list[str]) -> list[str]:
    return list(dict.fromkeys(terms))


BlockedTerms = Annotated[
    list[BlockedTerm], Field(max_length=MAX_BLOCKED_TERMS), AfterValidator(_without_repeats)
]


class Input(BaseModel):
    """What callers send: nothing that we do not know."""

    model_config = ConfigDict(extra="forbid")


class PublicChatSettings(BaseModel):
    """What everybody may know of a room's rules."""

    slow_mode_seconds: int = Field(description="Between two messages of one person; 0 is off.")
    followers_only_minutes: int | None = Field(
        description="Only who has followed for so many minutes may write; null is off."
    )
    links_allowed: bool

    @classmethod
    def of(cls, settings: ChatSettings) -> PublicChatSettings:
        return cls(
            slow_mode_seconds=settings.slow_mode_seconds,
            followers_only_minutes=settings.followers_only_minutes,
            links_allowed=settings.links_allowed,
        )


class ChatSettingsBody(PublicChatSettings):
    """A room's rules."""

    blocked_terms: list[str] | None = Field(
        description="For the owner and moderators only, else null. A term blocks whole words; "
        "`*` at its beginning or end stands for any letters."
    )

    @classmethod
    def seen(cls, settings: ChatSettings, *, by_moderator: bool) -> ChatSettingsBody:
        return cls(
            **PublicChatSettings.of(settings).model_dump(),
            blocked_terms=list(settings.blocked_terms) if by_moderator else None,
        )


class EditChatSettings(Input):
    """What is given is changed, the rest stays."""

    slow_mode_seconds: SlowMode | None = None
    followers_only_minutes: FollowersOnly | None = Field(default=None, description="Null is off.")
    links_allowed: bool | None = None
    blocked_terms: BlockedTerms | None = None

    def changes(self) -> dict[str, Any]:
        """The fields given. Null means something only for `followers_only_minutes`."""
        given = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in given.items()
            if value is not None or name == "followers_only_minutes"
        }


class ChatToken(BaseModel):
    """What a client of IVS Chat connects with. A token opens one connection, within a minute."""

    token: str
    expires_at: datetime = Field(description="When the session ends; ask for another token then.")
    messaging_url: str
    role: Role
    can_send: bool
    refused_because: str | None = Field(
        description="Why not: `signed_out`, `timed_out until=<time>` or "
        "`followers_only minutes=<n>`."
    )
    settings: PublicChatSettings

    @classmethod
    def of(cls, ticket: ChatTicket, messaging_url: str) -> ChatToken:
        return cls(
            token=ticket.token,
            expires_at=ticket.session_ends_at,
            messaging_url=messaging_url,
            role=ticket.role,
            can_send=ticket.refused_because is None,
            refused_because=ticket.refused_because,
            settings=PublicChatSettings.of(ticket.settings),
        )


class DeleteChatMessage(Input):
    """Why, for the audit."""

    reason: Reason | None = None


class PutBan(Input):
    """For how long, and why. Without `seconds` for good."""

    seconds: Annotated[int, Field(strict=True, ge=1, le=MAX_TIME_OUT_SECONDS)] | None = None
    reason: Reason | None = None


class ChatBan(BaseModel):
    """Somebody who may not write, and with `until` null not even read."""

    user: Person
    until: datetime | None
    reason: str | None
    created_at: datetime
    by: Person | None

    @classmethod
    def of(cls, view: BanView) -> ChatBan:
        return cls(
            user=Person.of(view.user),
            until=view.ban.until,
            reason=view.ban.reason,
            created_at=view.ban.at,
            by=Person.of(view.by) if view.by else None,
        )


class ChatBanList(BaseModel):
    """One page of bans."""

    items: list[ChatBan]
    next_cursor: str | None


class ModeratorList(BaseModel):
    """One page of moderators."""

    items: list[Person]
    next_cursor: str | None


class ChatAuditEntry(BaseModel):
    """One act of moderation."""

    id: str
    at: datetime
    actor: Person | None
    act: Act
    target: Person | None
    message_id: str | None
    message: str | None = Field(
        description="The text, as soon as the chat log has it: some minutes after it was sent."
    )
    reason: str | None
    before: Any
    after: Any

    @classmethod
    def of(cls, view: AuditView) -> ChatAuditEntry:
        entry = view.entry
        return cls(
            id=entry.id,
            at=entry.at,
            actor=Person.of(view.actor) if view.actor else None,
            act=entry.act,
            target=Person.of(view.target) if view.target else None,
            message_id=entry.message_id,
            message=view.message,
            reason=entry.reason,
            before=entry.before,
            after=entry.after,
        )


class ChatAuditList(BaseModel):
    """One page of acts, newest first."""

    items: list[ChatAuditEntry]
    next_cursor: str | None
