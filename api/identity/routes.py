"""Registering, signing in and out, one's own account, and the public keys."""

from fastapi import Request, Response

from api.idempotent import KeyHeader
from api.identity.limits import LimitedLogin, LimitedRefresh, log_out_limit, register_limit
from api.identity.schemas import Account, NewAccountBody, PublicKeySet, Tokens
from api.limits import by_address
from api.routing import context_router
from api.security import ANYONE, Caller
from socialflow.identity import wiring
from socialflow.identity.accounts.accounts import NewAccount
from socialflow.identity.sessions.sessions import Device

JWKS_MAX_AGE_SECONDS = 300

router = context_router("identity")


@router.post("/v1/auth/register", status_code=201, dependencies=[ANYONE, register_limit])
async def register(
    request: Request, body: NewAccountBody, idempotency_key: KeyHeader = None
) -> Tokens:
    """Makes an account and signs its owner in.

    Refused with `email_taken` or `handle_taken` where another account has them. With an
    `Idempotency-Key` the same request again, within 24 hours, gets the same session.
    """
    new = NewAccount(
        email=body.email,
        password=body.password,
        handle=body.handle,
        display_name=body.display_name,
    )
    return Tokens.of(
        wiring.accounts().register(new, device=_device(request), idempotency_key=idempotency_key)
    )


@router.post("/v1/auth/login", dependencies=[ANYONE])
async def log_in(request: Request, body: LimitedLogin) -> Tokens:
    """Signs in with an e-mail address and a password.

    An unknown address and a wrong password get the same answer, `login_refused`.
    """
    return Tokens.of(
        wiring.accounts().log_in(email=body.email, password=body.password, device=_device(request))
    )


@router.post("/v1/auth/refresh", dependencies=[ANYONE])
async def refresh_session(request: Request, body: LimitedRefresh) -> Tokens:
    """Exchanges the refresh token for a new access token and the next refresh token.

    Each refresh token is good once. Sent again within ten seconds, from the same device, it
    gets the same answer, for clients that lost the first; later it ends the session
    (`refresh_token_reused`), because somebody else must have a copy.
    """
    return Tokens.of(wiring.sessions().refresh(body.refresh_token, device=_device(request)))


@router.post("/v1/auth/logout", status_code=204, dependencies=[log_out_limit])
async def log_out(caller: Caller) -> None:
    """Ends the caller's session: its refresh token is good no more. Again is fine.

    Access tokens given out before stay good until they expire, 15 minutes at most.
    """
    wiring.sessions().end(caller)


@router.get("/v1/me")
async def show_me(caller: Caller) -> Account:
    """The caller's own account."""
    return Account.of(wiring.accounts().me(caller))


@router.get("/.well-known/jwks.json", dependencies=[ANYONE])
async def show_public_keys(response: Response) -> PublicKeySet:
    """The public keys that access tokens are verified with (RFC 7517).

    A key is published an hour before it signs; ask at most every five minutes.
    """
    response.headers["Cache-Control"] = f"public, max-age={JWKS_MAX_AGE_SECONDS}"
    return PublicKeySet.model_validate({"keys": wiring.access_tokens().published()})


def _device(request: Request) -> Device:
    return Device(name=request.headers.get("user-agent", ""), address=by_address(request))
