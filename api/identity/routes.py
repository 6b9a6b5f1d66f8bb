"""Registering, signing in and out, one's own account, and the public keys."""

from fastapi import Response

from api.idempotent import KeyHeader
from api.identity import passkeys, pictures, profile, rights, second_factor, sessions
from api.identity.limits import LimitedLogin, register_limit
from api.identity.schemas import NewAccountBody, PublicKeySet, Tokens
from api.identity.transport import Transport
from api.routing import context_router, take_routes
from api.security import ANYONE
from socialflow.identity import wiring
from socialflow.identity.accounts.accounts import NewAccount

JWKS_MAX_AGE_SECONDS = 300

router = context_router("identity")
take_routes(router, sessions.router)
take_routes(router, profile.router)
take_routes(router, pictures.router)
take_routes(router, second_factor.router)
take_routes(router, passkeys.router)
take_routes(router, rights.router)


@router.post("/v1/auth/register", status_code=201, dependencies=[ANYONE, register_limit])
async def register(
    transport: Transport, body: NewAccountBody, idempotency_key: KeyHeader = None
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
    return transport.tokens(
        wiring.accounts().register(new, device=transport.device(), idempotency_key=idempotency_key)
    )


@router.post("/v1/auth/login", dependencies=[ANYONE])
async def log_in(transport: Transport, body: LimitedLogin) -> Tokens:
    """Signs in with an e-mail address and a password.

    An unknown address and a wrong password get the same answer, `login_refused`.
    """
    return transport.tokens(
        wiring.accounts().log_in(
            email=body.email, password=body.password, device=transport.device()
        )
    )


@router.get("/.well-known/jwks.json", dependencies=[ANYONE])
async def show_public_keys(response: Response) -> PublicKeySet:
    """The public keys that access tokens are verified with (RFC 7517).

    A key is published an hour before it signs; ask at most every five minutes.
    """
    response.headers["Cache-Control"] = f"public, max-age={JWKS_MAX_AGE_SECONDS}"
    return PublicKeySet.model_validate({"keys": wiring.access_tokens().published()})
