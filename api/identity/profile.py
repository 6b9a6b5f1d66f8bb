"""One's own profile and handle, and what anybody sees of somebody."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from api.etags import IfMatch, IfNoneMatch, etag, expected_edits, is_current
from api.identity.acting import Acting
from api.identity.profile_schemas import EditProfile, NewHandle, PublicProfile
from api.identity.schemas import Account
from api.limits import by_caller, limited
from api.people import HandlePath
from api.routing import context_router
from api.security import ANYONE, Caller
from socialflow.identity import people_wiring, wiring
from socialflow.identity.models import User
from socialflow.platform.clock import utc_now
from socialflow.platform.rate_limits import RatePolicy

PROFILE_EDITS: Final = RatePolicy("profile-edit", limit=60, window_seconds=3600)
HANDLE_CHANGES: Final = RatePolicy("handle-change", limit=20, window_seconds=3600)

router = context_router("identity")
EDITS = limited(PROFILE_EDITS, wiring.rate_limiter, by=by_caller)
RENAMES = limited(HANDLE_CHANGES, wiring.rate_limiter, by=by_caller)


@router.get("/v1/me", response_model=Account)
async def show_me(
    caller: Caller, response: Response, if_none_match: IfNoneMatch = None
) -> Account | Response:
    """The caller's own account. Its `ETag` is what an edit needs."""
    user = people_wiring.profiles().mine(caller)
    tag = _tag(user)
    if is_current(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return Account.of(user)


@router.patch("/v1/me", dependencies=[EDITS])
async def edit_me(
    body: EditProfile, caller: Caller, response: Response, if_match: IfMatch = None
) -> Account:
    """Changes what is given. Needs the `ETag` of the account that was edited as `If-Match`.

    Text is kept as it is, whatever markup is in it. Links are kept in one form. `birth_band` and
    `interests` are for those who want to tell them; empty them at any time.
    """
    user = people_wiring.profiles().edit(
        caller, body.changes(), expected_version=expected_edits(if_match)
    )
    response.headers["ETag"] = _tag(user)
    return Account.of(user)


@router.put("/v1/me/handle", dependencies=[RENAMES])
async def change_my_handle(
    body: NewHandle, caller: Caller, actor: Acting, response: Response
) -> Account:
    """Gives the caller another handle, once in 14 days.

    Refused with `handle_taken` where another account has it or one that looks like it. The former
    one leads to nobody; for 90 days only its former owner can have it again. Access tokens name
    the new one from the next refresh on.
    """
    user = people_wiring.profiles().change_handle(caller, body.handle, actor=actor)
    response.headers["ETag"] = _tag(user)
    return Account.of(user)


@router.get("/v1/users/{handle}", dependencies=[ANYONE])
async def show_user(handle: HandlePath) -> PublicProfile:
    """Somebody's profile, as anybody sees it."""
    return PublicProfile.of(people_wiring.profiles().shown(handle))


def _tag(user: User) -> str:
    """Roles that expire change what is shown without a change of the account."""
    return etag(user.version, len(user.roles(utc_now())))
