"""The caller's channel: asked for, set up, its stream key shown and rotated."""

from __future__ import annotations

from fastapi import Response

from api.etags import IfMatch, etag, expected_edits
from api.limits import by_caller, limited
from api.live import limits
from api.live.schemas import ChannelBody, EditChannel, StreamKeyBody
from api.routing import context_router
from api.security import Caller
from socialflow.live import wiring
from socialflow.live.models import Channel, ChannelState
from socialflow.platform.principal import Principal

router = context_router("live")
REQUESTS = limited(limits.CHANNEL_REQUESTS, wiring.rate_limiter, by=by_caller)
EDITS = limited(limits.CHANNEL_EDITS, wiring.rate_limiter, by=by_caller)
KEYS_SHOWN = limited(limits.KEYS_SHOWN, wiring.rate_limiter, by=by_caller)
ROTATIONS = limited(limits.ROTATIONS, wiring.rate_limiter, by=by_caller)


@router.post(
    "/v1/me/channel",
    dependencies=[REQUESTS],
    responses={202: {"description": "It is being made.", "model": ChannelBody}},
)
async def request_channel(caller: Caller, response: Response) -> ChannelBody:
    """Asks for the caller's channel; doing it again answers the same channel.

    202 while it is being made, which takes seconds; 200 once it is ready.
    """
    channel = wiring.channels().request(caller)
    if channel.state is ChannelState.REQUESTED:
        response.status_code = 202
    return _answer(caller, channel, response)


@router.get("/v1/me/channel")
async def show_channel(caller: Caller, response: Response) -> ChannelBody:
    """The caller's channel with the broadcast that it has now."""
    return _answer(caller, wiring.channels().show(caller), response)


@router.patch("/v1/me/channel", dependencies=[EDITS])
async def edit_channel(
    body: EditChannel, caller: Caller, response: Response, if_match: IfMatch = None
) -> ChannelBody:
    """Changes what new broadcasts are like. Needs the channel's `ETag` as `If-Match`."""
    channel = wiring.channels().edit(
        caller, body.model_dump(exclude_none=True), expected_edits=expected_edits(if_match)
    )
    return _answer(caller, channel, response)


@router.get("/v1/me/channel/stream-key", dependencies=[KEYS_SHOWN])
async def show_stream_key(caller: Caller, response: Response) -> StreamKeyBody:
    """The key to stream with. Keep it to yourself; rotate it once somebody else has seen it."""
    response.headers["Cache-Control"] = "no-store"
    return StreamKeyBody(stream_key=wiring.channels().stream_key(caller))


@router.post("/v1/me/channel/stream-key/rotations", status_code=202, dependencies=[ROTATIONS])
async def rotate_stream_key(caller: Caller, response: Response) -> ChannelBody:
    """Replaces the key. The old one stops working, and whoever streams with it is sent away.

    Asking again while it is `rotating` asks for nothing more.
    """
    return _answer(caller, wiring.channels().rotate_key(caller), response)


def _answer(caller: Principal, channel: Channel, response: Response) -> ChannelBody:
    response.headers["ETag"] = etag(channel.edits, channel.revision)
    current = wiring.catalog().current(caller, channel)
    return ChannelBody.of(channel, wiring.channels().ingest_url(channel), current)
