"""Tokens to connect with and the rules of a room; the rest is in the modules beside."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from api.chat import limits, log, moderation, polls
from api.chat.schemas import ChatSettingsBody, ChatToken, EditChatSettings
from api.etags import IfMatch, IfNoneMatch, etag, expected_edits, is_current
from api.limits import by_caller, limited
from api.people import HandlePath
from api.routing import context_router, take_routes
from api.security import Caller, Viewer
from socialflow.chat import wiring
from socialflow.chat.models import Room

CHAT: Final = "/v1/channels/{handle}/chat"
router = context_router("chat")
take_routes(router, moderation.router)
take_routes(router, polls.router)
take_routes(router, log.router)
TOKENS = limited(limits.TOKENS, wiring.rate_limiter, by=by_caller)
MODERATION = limited(limits.MODERATION, wiring.rate_limiter, by=by_caller)


@router.post(f"{CHAT}/tokens", dependencies=[TOKENS])
async def create_chat_token(handle: HandlePath, viewer: Viewer) -> ChatToken:
    """A token for IVS Chat's messaging API, as the caller's standing in the room allows.

    Who is not signed in, timed out or does not follow for long enough may read only, and
    `refused_because` says why. Banned people get `chat_banned`.
    """
    return ChatToken.of(wiring.tokens().issue(viewer, handle), wiring.messaging_url())


@router.get(
    f"{CHAT}/settings",
    response_model=ChatSettingsBody,
    responses={304: {"description": "Not changed."}},
)
async def show_chat_settings(
    handle: HandlePath, viewer: Viewer, response: Response, if_none_match: IfNoneMatch = None
) -> ChatSettingsBody | Response:
    """The room's rules; blocked terms only for who may moderate."""
    room, may_moderate = wiring.house_rules().show(viewer, handle)
    tag = _tag(room, seen_by_moderator=may_moderate)
    if is_current(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return ChatSettingsBody.seen(room.settings, by_moderator=may_moderate)


@router.patch(f"{CHAT}/settings", dependencies=[MODERATION])
async def edit_chat_settings(
    handle: HandlePath,
    body: EditChatSettings,
    caller: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> ChatSettingsBody:
    """Changes what is given, from the next message on. For the owner and moderators."""
    room = wiring.house_rules().edit(
        caller, handle, body.changes(), expected_edits=expected_edits(if_match)
    )
    response.headers["ETag"] = _tag(room, seen_by_moderator=True)
    return ChatSettingsBody.seen(room.settings, by_moderator=True)


def _tag(room: Room, *, seen_by_moderator: bool) -> str:
    # Moderators are shown more than others, so theirs is another representation.
    return etag(room.edits, 1 if seen_by_moderator else 0)
