"""What moderators do: delete, time out, ban, lift; who they are, and what they did."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path

from api.chat import limits
from api.chat.schemas import (
    ChatAuditEntry,
    ChatAuditList,
    ChatBan,
    ChatBanList,
    DeleteChatMessage,
    MessageIdPath,
    ModeratorList,
    PutBan,
    UserIdPath,
)
from api.limits import by_caller, limited
from api.paging import Cursor, Limit, cursor_for, position_of
from api.people import HandlePath, Person
from api.routing import context_router
from api.security import Caller
from socialflow.chat import wiring
from socialflow.platform.principal import UserId

CHAT: Final = "/v1/channels/{handle}/chat"
router = context_router("chat")
MODERATION = limited(limits.MODERATION, wiring.rate_limiter, by=by_caller)
ModeratorPath = Annotated[HandlePath, Path(description="The moderator's handle.")]


@router.delete(f"{CHAT}/messages/{{message_id}}", status_code=204, dependencies=[MODERATION])
async def delete_chat_message(
    handle: HandlePath,
    message_id: MessageIdPath,
    caller: Caller,
    body: DeleteChatMessage | None = None,
) -> None:
    """Takes a message away from every page and from the replay; again changes nothing."""
    wiring.moderation().delete_message(
        caller, handle, message_id, reason=body.reason if body else None
    )


@router.get(f"{CHAT}/bans")
async def list_chat_bans(
    handle: HandlePath, caller: Caller, cursor: Cursor = None, limit: Limit = 50
) -> ChatBanList:
    """Who is banned or timed out now. For the owner and moderators."""
    views, position = wiring.bans().list_active(
        caller, handle, after=position_of(cursor), limit=limit
    )
    return ChatBanList(items=[ChatBan.of(view) for view in views], next_cursor=cursor_for(position))


@router.put(f"{CHAT}/bans/{{user_id}}", dependencies=[MODERATION])
async def put_chat_ban(
    handle: HandlePath, user_id: UserIdPath, body: PutBan, caller: Caller
) -> ChatBan:
    """Times somebody out for `seconds`, or bans the account for good, on all its devices.

    It takes the place of a ban that is there. The same request again within 30 seconds changes
    nothing. The owner cannot be banned, a moderator by the owner alone.
    """
    return ChatBan.of(
        wiring.bans().put(caller, handle, UserId(user_id), seconds=body.seconds, reason=body.reason)
    )


@router.delete(f"{CHAT}/bans/{{user_id}}", status_code=204, dependencies=[MODERATION])
async def lift_chat_ban(handle: HandlePath, user_id: UserIdPath, caller: Caller) -> None:
    """Lets somebody write again; again changes nothing."""
    wiring.bans().lift(caller, handle, UserId(user_id))


@router.get(f"{CHAT}/moderators")
async def list_chat_moderators(
    handle: HandlePath, caller: Caller, cursor: Cursor = None, limit: Limit = 50
) -> ModeratorList:
    """The people whom the owner named. For the owner."""
    people, position = wiring.moderators().list_all(
        caller, handle, after=position_of(cursor), limit=limit
    )
    return ModeratorList(
        items=[Person.of(profile) for profile in people], next_cursor=cursor_for(position)
    )


@router.put(f"{CHAT}/moderators/{{moderator}}", dependencies=[MODERATION])
async def add_chat_moderator(
    handle: HandlePath, moderator: ModeratorPath, caller: Caller
) -> Person:
    """Names a moderator; again changes nothing. For the owner."""
    return Person.of(wiring.moderators().add(caller, handle, moderator))


@router.delete(f"{CHAT}/moderators/{{moderator}}", status_code=204, dependencies=[MODERATION])
async def remove_chat_moderator(
    handle: HandlePath, moderator: ModeratorPath, caller: Caller
) -> None:
    """Takes the role back; again changes nothing. For the owner."""
    wiring.moderators().remove(caller, handle, moderator)


@router.get(f"{CHAT}/audit")
async def list_chat_audit(
    handle: HandlePath, caller: Caller, cursor: Cursor = None, limit: Limit = 30
) -> ChatAuditList:
    """Every act of moderation, newest first. For the owner and moderators."""
    views, position = wiring.audit().list_acts(
        caller, handle, after=position_of(cursor), limit=limit
    )
    return ChatAuditList(
        items=[ChatAuditEntry.of(view) for view in views], next_cursor=cursor_for(position)
    )
