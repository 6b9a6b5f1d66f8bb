"""Watching: the directory, a channel's live page, playback and heartbeats."""

from __future__ import annotations

from fastapi import Response

from api.limits import by_address, by_caller, limited
from api.live import limits
from api.live.schemas import (
    BroadcastIdPath,
    BroadcastList,
    CategoryQuery,
    ChannelLive,
    Heartbeat,
    ListedState,
    LivePlaybackBody,
    StartPlayback,
)
from api.paging import Cursor, Limit, cursor_for, position_of
from api.people import HandlePath
from api.routing import context_router
from api.security import ANYONE, Viewer
from socialflow.live import wiring
from socialflow.live.models import State

router = context_router("live")
PLAYBACKS = limited(limits.PLAYBACKS, wiring.rate_limiter, by=by_caller)
HEARTBEATS = limited(limits.HEARTBEATS, wiring.rate_limiter, by=by_address)


@router.get("/v1/live", dependencies=[ANYONE])
async def list_live(
    response: Response, category: CategoryQuery = None, cursor: Cursor = None, limit: Limit = 20
) -> BroadcastList:
    """Public broadcasts that are live, most viewers first. The same for everybody."""
    response.headers["Cache-Control"] = "public, max-age=5"
    page = wiring.catalog().list_live(category, after=position_of(cursor), limit=limit)
    return BroadcastList.of(page, cursor_for(page.next_position))


@router.get("/v1/channels/{handle}/live")
async def show_channel_live(handle: HandlePath, viewer: Viewer) -> ChannelLive:
    """What is on at a channel now, and what is to come."""
    return ChannelLive.of(wiring.catalog().channel_page(viewer, handle))


@router.get("/v1/channels/{handle}/broadcasts")
async def list_channel_broadcasts(
    handle: HandlePath,
    viewer: Viewer,
    state: ListedState,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> BroadcastList:
    """A channel's public broadcasts that are to come or over."""
    page = wiring.catalog().list_channel(
        viewer, handle, State(state), after=position_of(cursor), limit=limit
    )
    return BroadcastList.of(page, cursor_for(page.next_position))


@router.post("/v1/broadcasts/{broadcast_id}/playback", dependencies=[PLAYBACKS])
async def start_playback(
    broadcast_id: BroadcastIdPath, viewer: Viewer, body: StartPlayback | None = None
) -> LivePlaybackBody:
    """An address to play a broadcast from, for whoever may watch it.

    Ask again when a player has to start over after `expires_at`. Send heartbeats while it plays.
    """
    former = body.viewer_token if body else None
    return LivePlaybackBody.of(wiring.playback().give(viewer, broadcast_id, former=former))


@router.post(
    "/v1/broadcasts/{broadcast_id}/heartbeats",
    status_code=204,
    dependencies=[ANYONE, HEARTBEATS],
)
async def send_heartbeat(broadcast_id: BroadcastIdPath, body: Heartbeat) -> None:
    """Counts a viewer, by the token that came with playback. Send one every 15 seconds."""
    wiring.heartbeats().beat(broadcast_id, body.viewer_token, latency_ms=body.latency_ms)
