"""Following people, and whom one follows."""

from __future__ import annotations

from api.limits import by_caller, limited
from api.paging import Cursor, Limit, cursor_for, position_of
from api.people import HandlePath
from api.routing import context_router
from api.security import Caller
from api.social import limits
from api.social.schemas import Followed, FollowingList, FollowState
from socialflow.social import wiring

router = context_router("social")
FOLLOWS = limited(limits.FOLLOWS, wiring.rate_limiter, by=by_caller)


@router.get("/v1/users/{handle}/follow")
async def show_follow(handle: HandlePath, caller: Caller) -> FollowState:
    """Whether the caller follows somebody."""
    return FollowState.since(wiring.follows().followed_since(caller.user_id, handle))


@router.put("/v1/users/{handle}/follow", dependencies=[FOLLOWS])
async def follow_user(handle: HandlePath, caller: Caller) -> FollowState:
    """Follows somebody; doing it again changes nothing, nor since when."""
    return FollowState.since(wiring.follows().follow(caller.user_id, handle))


@router.delete("/v1/users/{handle}/follow", dependencies=[FOLLOWS])
async def unfollow_user(handle: HandlePath, caller: Caller) -> FollowState:
    """Follows somebody no longer; doing it again changes nothing."""
    wiring.follows().unfollow(caller.user_id, handle)
    return FollowState.since(None)


@router.get("/v1/me/following")
async def list_following(caller: Caller, cursor: Cursor = None, limit: Limit = 20) -> FollowingList:
    """The people whom the caller follows, newest first."""
    page = wiring.follows().list_following(caller.user_id, after=position_of(cursor), limit=limit)
    return FollowingList(
        items=[Followed.of(each) for each in page.people],
        next_cursor=cursor_for(page.next_position),
    )
