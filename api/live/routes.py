"""Broadcasts: made, scheduled, started, edited, ended, deleted, and told in numbers.

The channel is in `channels`, what viewers need in `watching`.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from api.etags import IfMatch, IfNoneMatch, etag, expected_edits, is_current
from api.idempotent import OnceRequest, once
from api.limits import by_caller, limited
from api.live import channels, limits, watching
from api.live.analytics_schemas import BroadcastAnalytics
from api.live.schemas import (
    BroadcastBody,
    BroadcastIdPath,
    BroadcastList,
    CreateBroadcast,
    EditBroadcast,
    NewThumbnail,
    ThumbnailUploadBody,
)
from api.paging import Cursor, Limit, cursor_for, position_of
from api.routing import context_router, take_routes
from api.security import Caller, Viewer
from socialflow.live import wiring
from socialflow.live.catalog import BroadcastView
from socialflow.live.models import Broadcast, State
from socialflow.platform.principal import Principal

router = context_router("live")
take_routes(router, channels.router)
take_routes(router, watching.router)
Once = Annotated[OnceRequest, Depends(once(wiring.idempotency))]
CREATES = limited(limits.CREATES, wiring.rate_limiter, by=by_caller)
EDITS = limited(limits.EDITS, wiring.rate_limiter, by=by_caller)
THUMBNAILS = limited(limits.THUMBNAILS, wiring.rate_limiter, by=by_caller)
ANALYTICS = limited(limits.ANALYTICS, wiring.rate_limiter, by=by_caller)


@router.post(
    "/v1/broadcasts", status_code=201, response_model=BroadcastBody, dependencies=[CREATES]
)
async def create_broadcast(body: CreateBroadcast, caller: Caller, once: Once) -> Response:
    """Makes a broadcast: `starting`, so that it is live as soon as the encoder streams, or
    `scheduled`. A channel has one at a time that is starting, live or ending.
    """

    def work(seed: str) -> BroadcastBody:
        made = wiring.broadcasts().create(caller, body.to_domain(), seed=seed)
        return BroadcastBody.of(wiring.catalog().present(caller, made))

    return once.answer(201, work)


@router.get("/v1/me/broadcasts")
async def list_my_broadcasts(
    caller: Caller, cursor: Cursor = None, limit: Limit = 20
) -> BroadcastList:
    """The caller's own broadcasts in every state, newest first."""
    page = wiring.catalog().list_mine(caller, after=position_of(cursor), limit=limit)
    return BroadcastList.of(page, cursor_for(page.next_position))


@router.get(
    "/v1/broadcasts/{broadcast_id}",
    response_model=BroadcastBody,
    responses={304: {"description": "Not changed."}},
)
async def show_broadcast(
    broadcast_id: BroadcastIdPath,
    viewer: Viewer,
    response: Response,
    if_none_match: IfNoneMatch = None,
) -> BroadcastBody | Response:
    """A broadcast and how many watch it."""
    view = wiring.catalog().show(viewer, broadcast_id)
    response.headers["ETag"] = _tag(view)
    response.headers["Cache-Control"] = "private, no-cache"
    if is_current(if_none_match, response.headers["ETag"]):
        unchanged = Response(status_code=304)
        unchanged.raw_headers.extend(response.raw_headers)
        return unchanged
    return BroadcastBody.of(view)


@router.patch("/v1/broadcasts/{broadcast_id}", dependencies=[EDITS])
async def edit_broadcast(
    broadcast_id: BroadcastIdPath,
    body: EditBroadcast,
    caller: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> BroadcastBody:
    """Changes what is given, also while it is live. Needs its `ETag` as `If-Match`.

    Turned private, it is gone for others at once; whoever plays it already may see it for as
    long as their player goes on.
    """
    edited = wiring.broadcasts().edit(
        caller,
        broadcast_id,
        body.model_dump(exclude_none=True),
        expected_edits=expected_edits(if_match),
    )
    return _answer(caller, edited, response)


@router.delete("/v1/broadcasts/{broadcast_id}", status_code=204, dependencies=[EDITS])
async def delete_broadcast(broadcast_id: BroadcastIdPath, caller: Caller) -> None:
    """Removes a scheduled broadcast."""
    wiring.broadcasts().delete(caller, broadcast_id)


@router.post("/v1/broadcasts/{broadcast_id}/start", dependencies=[EDITS])
async def start_broadcast(
    broadcast_id: BroadcastIdPath, caller: Caller, response: Response
) -> BroadcastBody:
    """Opens a scheduled broadcast for its encoder; doing it again changes nothing."""
    return _answer(caller, wiring.broadcasts().start(caller, broadcast_id), response)


@router.post(
    "/v1/broadcasts/{broadcast_id}/end",
    dependencies=[EDITS],
    responses={202: {"description": "The stream is being stopped.", "model": BroadcastBody}},
)
async def end_broadcast(
    broadcast_id: BroadcastIdPath, caller: Caller, response: Response
) -> BroadcastBody:
    """Ends a broadcast, whether or not the encoder still streams; doing it again changes nothing.

    202 while the stream is being stopped, 200 once it has ended.
    """
    answer = _answer(caller, wiring.broadcasts().end(caller, broadcast_id), response)
    if answer.state is not State.ENDED:
        response.status_code = 202
    return answer


@router.post("/v1/broadcasts/{broadcast_id}/thumbnail", dependencies=[THUMBNAILS])
async def upload_broadcast_thumbnail(
    broadcast_id: BroadcastIdPath, body: NewThumbnail, caller: Caller
) -> ThumbnailUploadBody:
    """Where to send a picture for a broadcast: JPEG or PNG, 2 MiB, 64 to 4096 pixels a side.

    What arrives is checked by its own bytes and shows some seconds later.
    """
    upload = wiring.thumbnails().open(
        caller, broadcast_id, content_type=body.content_type, size_bytes=body.size_bytes
    )
    return ThumbnailUploadBody.of(upload)


@router.get("/v1/broadcasts/{broadcast_id}/analytics", dependencies=[ANALYTICS])
async def show_broadcast_analytics(
    broadcast_id: BroadcastIdPath, caller: Caller
) -> BroadcastAnalytics:
    """Viewers, health and incidents of a broadcast, for its creator, during and after it."""
    return BroadcastAnalytics.of(wiring.analytics().of(caller, broadcast_id))


def _answer(caller: Principal, broadcast: Broadcast, response: Response) -> BroadcastBody:
    view = wiring.catalog().present(caller, broadcast)
    response.headers["ETag"] = _tag(view)
    return BroadcastBody.of(view)


def _tag(view: BroadcastView) -> str:
    """Counts and the time change what is shown as well, without a change of the revision."""
    broadcast = view.broadcast
    state = (broadcast.revision + broadcast.counts) * len(State) + list(State).index(view.state)
    return etag(broadcast.edits, state)
