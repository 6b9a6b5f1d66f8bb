"""Refreshing and ending sessions, and the list of the devices that are signed in."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from api.identity.acting import Acting
from api.identity.limits import MARKED_REFRESH, end_session_limit, log_out_limit
from api.identity.schemas import RefreshBody, Tokens
from api.identity.session_schemas import SignedInDevice, SignedInDevices
from api.identity.transport import Transport
from api.paging import Cursor, Limit, cursor_for, position_of
from api.routing import context_router
from api.security import ANYONE, LEAVING, Caller
from socialflow.identity import wiring
from socialflow.identity.errors import RefreshTokenInvalid
from socialflow.platform.ids import id_pattern
from socialflow.platform.principal import SESSION_ID_PREFIX, Principal, SessionId
from socialflow.platform.rate_limits import RateLimited

SessionIdPath = Annotated[str, Path(pattern=id_pattern(SESSION_ID_PREFIX))]

router = context_router("identity")


@router.post("/v1/auth/refresh", dependencies=[ANYONE, MARKED_REFRESH])
async def refresh_session(
    request: Request, transport: Transport, body: RefreshBody | None = None
) -> Tokens:
    """Exchanges the refresh token for a new access token and the next refresh token.

    Each refresh token is good once. Sent again within ten seconds, from the same device, it
    gets the same answer, for clients that lost the first; later it ends the session
    (`refresh_token_reused`), because somebody else must have a copy, and the owner gets a mail.
    With `X-Session-Transport: cookie` the token comes and goes in a cookie.
    """
    token = transport.refresh_token(body.refresh_token if body else None)
    try:
        signed_in = wiring.sessions().refresh(token, device=transport.device())
    except RateLimited as refused:
        request.state.rates.append(refused.state)
        raise
    if signed_in.rate:
        request.state.rates.append(signed_in.rate)
    return transport.tokens(signed_in)


@router.post("/v1/auth/logout", status_code=204, dependencies=[log_out_limit])
async def log_out(
    caller: Annotated[Principal | None, Depends(LEAVING)],
    transport: Transport,
    body: RefreshBody | None = None,
) -> None:
    """Ends the session of the access token, or of the refresh token where that one comes.

    Its refresh token is good no more, nor its access token: for writing from now on, for reading
    within a minute. Again is fine, and so is to send nothing.
    """
    token = transport.refresh_token(body.refresh_token if body else None)
    ended = caller.session_id if caller else None
    if caller:
        wiring.sessions().end(caller)
    if token and _session_of(token) != ended:
        wiring.sessions().end_of(token)
    transport.forget()


@router.get("/v1/me/sessions")
async def list_my_sessions(
    caller: Caller, cursor: Cursor = None, limit: Limit = 20
) -> SignedInDevices:
    """The devices that are signed in to the caller's account, the newest sign-in first."""
    page = wiring.device_list().page(caller, after=position_of(cursor), limit=limit)
    return SignedInDevices(
        items=[SignedInDevice.of(each, current=caller.session_id) for each in page.items],
        next_cursor=cursor_for(page.next_position),
    )


@router.delete("/v1/me/sessions/{session_id}", status_code=204, dependencies=[end_session_limit])
async def end_my_session(caller: Caller, session_id: SessionIdPath, actor: Acting) -> None:
    """Signs a device out: it cannot write from now on, nor read beyond a minute."""
    wiring.device_list().end_one(caller, SessionId(session_id), actor=actor)


@router.delete("/v1/me/sessions", status_code=204, dependencies=[end_session_limit])
async def end_my_sessions(
    caller: Caller,
    actor: Acting,
    include_current: Annotated[
        bool, Query(description="Whether the device that asks is signed out as well.")
    ] = False,
) -> None:
    """Signs out all other devices, or all."""
    wiring.device_list().end_all(caller, keep_current=not include_current, actor=actor)


def _session_of(token: str) -> SessionId | None:
    try:
        return wiring.sessions().subject_of(token)
    except RefreshTokenInvalid:
        return None
