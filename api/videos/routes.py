"""Videos: shown, listed, edited, shared, deleted. Uploads are in `uploads`."""

from __future__ import annotations

from fastapi import Response

from api.etags import IfMatch, IfNoneMatch, etag, expected_edits, is_current
from api.limits import by_caller, limited
from api.paging import Cursor, Limit, cursor_for, position_of
from api.people import HandlePath, Person
from api.routing import context_router, take_routes
from api.security import Caller, Viewer
from api.videos import limits, uploads
from api.videos.schemas import (
    EditVideo,
    VideoBody,
    VideoIdPath,
    VideoList,
    ViewerList,
)
from socialflow.videos import wiring
from socialflow.videos.playback import Cookie

router = context_router("videos")
take_routes(router, uploads.router)
EDITS = limited(limits.EDITS, wiring.rate_limiter, by=by_caller)


@router.get(
    "/v1/videos/{video_id}",
    response_model=VideoBody,
    responses={304: {"description": "Not changed."}},
)
async def show_video(
    video_id: VideoIdPath, viewer: Viewer, response: Response, if_none_match: IfNoneMatch = None
) -> VideoBody | Response:
    """A video, with addresses to play it as soon as anything plays.

    For a private video the answer sets CloudFront's signed cookies for its media; ask again
    when they have run out (six hours).
    """
    view, cookies = wiring.catalog().show(viewer, video_id)
    response.headers["ETag"] = etag(view.video.edits, view.video.revision)
    response.headers["Cache-Control"] = "private, no-cache"
    _set_cookies(response, cookies)
    if is_current(if_none_match, response.headers["ETag"]):
        unchanged = Response(status_code=304)
        unchanged.raw_headers.extend(response.raw_headers)
        return unchanged
    return VideoBody.of(view)


@router.patch("/v1/videos/{video_id}", dependencies=[EDITS])
async def edit_video(
    video_id: VideoIdPath,
    body: EditVideo,
    caller: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> VideoBody:
    """Changes what is given. Needs the `ETag` of the version that was edited as `If-Match`."""
    view = wiring.catalog().edit(
        caller,
        video_id,
        body.model_dump(exclude_none=True),
        expected_edits=expected_edits(if_match),
    )
    response.headers["ETag"] = etag(view.video.edits, view.video.revision)
    return VideoBody.of(view)


@router.delete("/v1/videos/{video_id}", status_code=204, dependencies=[EDITS])
async def delete_video(video_id: VideoIdPath, caller: Caller) -> None:
    """Takes the video away at once; its file and segments are removed shortly after."""
    wiring.catalog().delete(caller, video_id)


@router.get("/v1/me/videos")
async def list_my_videos(caller: Caller, cursor: Cursor = None, limit: Limit = 20) -> VideoList:
    """The caller's own videos in every state, newest first."""
    page = wiring.catalog().list_mine(caller, after=position_of(cursor), limit=limit)
    return VideoList(
        items=[VideoBody.of(view) for view in page.views],
        next_cursor=cursor_for(page.next_position),
    )


@router.get("/v1/users/{handle}/videos")
async def list_channel_videos(
    handle: HandlePath, viewer: Viewer, cursor: Cursor = None, limit: Limit = 20
) -> VideoList:
    """A channel's public videos that play, newest first."""
    page = wiring.catalog().list_channel(viewer, handle, after=position_of(cursor), limit=limit)
    return VideoList(
        items=[VideoBody.of(view) for view in page.views],
        next_cursor=cursor_for(page.next_position),
    )


@router.get("/v1/videos/{video_id}/viewers")
async def list_video_viewers(
    video_id: VideoIdPath, caller: Caller, cursor: Cursor = None, limit: Limit = 50
) -> ViewerList:
    """The people whom the owner named: they may watch while the video is private."""
    people, position = wiring.catalog().list_shared(
        caller, video_id, after=position_of(cursor), limit=limit
    )
    return ViewerList(
        items=[Person.of(profile) for profile in people], next_cursor=cursor_for(position)
    )


@router.put("/v1/videos/{video_id}/viewers/{handle}", dependencies=[EDITS])
async def add_video_viewer(video_id: VideoIdPath, handle: HandlePath, caller: Caller) -> Person:
    """Names somebody who may watch; doing it again changes nothing."""
    return Person.of(wiring.catalog().share(caller, video_id, handle))


@router.delete("/v1/videos/{video_id}/viewers/{handle}", status_code=204, dependencies=[EDITS])
async def remove_video_viewer(video_id: VideoIdPath, handle: HandlePath, caller: Caller) -> None:
    """Takes the name off again; doing it again changes nothing."""
    wiring.catalog().unshare(caller, video_id, handle)


def _set_cookies(response: Response, cookies: tuple[Cookie, ...]) -> None:
    for cookie in cookies:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.max_age_seconds,
            path=cookie.path,
            secure=cookie.secure,
            httponly=True,
            samesite="lax",
        )
