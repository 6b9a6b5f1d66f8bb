"""The public keys that access tokens are verified with."""

from fastapi import Response

from api.identity.key_schemas import PublicKeySet
from api.routing import context_router
from api.security import ANYONE
from socialflow.identity import wiring

JWKS_MAX_AGE_SECONDS = 60

router = context_router("identity")


@router.get("/.well-known/jwks.json", dependencies=[ANYONE])
async def show_public_keys(response: Response) -> PublicKeySet:
    """The public keys that access tokens are verified with (RFC 7517).

    A key is published an hour before it signs, and one that is not to be trusted any more goes
    within a minute; ask at most once a minute.
    """
    response.headers["Cache-Control"] = f"public, max-age={JWKS_MAX_AGE_SECONDS}"
    return PublicKeySet.model_validate({"keys": wiring.access_tokens().published()})
