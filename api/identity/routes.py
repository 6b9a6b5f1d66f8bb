"""Everything of identity: each room's routes, and the public keys."""

from fastapi import Response

from api.identity import (
    audit,
    email,
    federation,
    passkeys,
    password,
    pictures,
    profile,
    registration,
    rights,
    second_factor,
    sessions,
    staff,
)
from api.identity.schemas import PublicKeySet
from api.routing import context_router, take_routes
from api.security import ANYONE
from socialflow.identity import wiring

JWKS_MAX_AGE_SECONDS = 300

router = context_router("identity")
take_routes(router, registration.router)
take_routes(router, sessions.router)
take_routes(router, password.router)
take_routes(router, email.router)
take_routes(router, profile.router)
take_routes(router, pictures.router)
take_routes(router, second_factor.router)
take_routes(router, passkeys.router)
take_routes(router, rights.router)
take_routes(router, federation.router)
take_routes(router, staff.router)
take_routes(router, audit.router)


@router.get("/.well-known/jwks.json", dependencies=[ANYONE])
async def show_public_keys(response: Response) -> PublicKeySet:
    """The public keys that access tokens are verified with (RFC 7517).

    A key is published an hour before it signs; ask at most every five minutes.
    """
    response.headers["Cache-Control"] = f"public, max-age={JWKS_MAX_AGE_SECONDS}"
    return PublicKeySet.model_validate({"keys": wiring.access_tokens().published()})
