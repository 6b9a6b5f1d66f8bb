"""What was said: the chat beside a replay, and messages a minute for the channel's owner."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints

from api.chat.log_schemas import (
    ChatActivity,
    LoggedMessage,
    LoggedMessageList,
    MinuteActivity,
)
from api.moments import Moment
from api.paging import Cursor, Limit, cursor_for, position_of
from api.people import HandlePath
from api.routing import context_router
from api.security import Caller, Viewer
from socialflow.chat import wiring
from socialflow.platform.ids import id_pattern

MAX_OFFSET_MS = 30 * 24 * 3600 * 1000
router = context_router("chat")
VideoIdPath = Annotated[str, StringConstraints(pattern=id_pattern("vid"))]
FromMs = Annotated[
    int,
    Query(ge=0, le=MAX_OFFSET_MS, description="Where to begin, in the replay's own time."),
]
From = Annotated[Moment, Query(alias="from")]
To = Annotated[Moment, Query(alias="to", description="At most a day after `from`.")]


@router.get("/v1/videos/{video_id}/chat")
async def list_replay_chat(
    video_id: VideoIdPath,
    viewer: Viewer,
    from_ms: FromMs = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> LoggedMessageList:
    """What was said while a replay was live, in order, for whoever may watch it.

    Messages come some minutes after they were sent. A page may be short or empty before the
    last one: go on while there is a `next_cursor`.
    """
    messages, position = wiring.replay_chat().page(
        viewer, video_id, from_ms=from_ms, after=position_of(cursor), limit=limit
    )
    return LoggedMessageList(
        items=[LoggedMessage.of(each) for each in messages], next_cursor=cursor_for(position)
    )


@router.get("/v1/channels/{handle}/chat/activity")
async def show_chat_activity(
    handle: HandlePath, caller: Caller, since: From, until: To
) -> ChatActivity:
    """Messages a minute between two moments. For the owner."""
    minutes = wiring.activity().minutes(caller, handle, since=since, until=until)
    return ChatActivity(minutes=[MinuteActivity.of(each) for each in minutes])
