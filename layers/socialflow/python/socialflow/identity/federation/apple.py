"""Apple's client secret: a JWT that the client signs with its own key.

https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from socialflow.identity.federation.clients import Client

ALGORITHM: Final = "ES256"
# Apple takes half a year; a new one for each call need not outlive it.
LIFETIME: Final = timedelta(minutes=5)


def client_secret(client: Client, now: datetime) -> str:
    """The secret for one call."""
    from joserfc import jwt
    from joserfc.jwk import ECKey

    issued_at = int(now.timestamp())
    claims = {
        "iss": client.team_id,
        "iat": issued_at,
        "exp": issued_at + int(LIFETIME.total_seconds()),
        "aud": client.provider.issuers[0],
        "sub": client.client_id,
    }
    header = {"alg": ALGORITHM, "kid": client.key_id}
    return jwt.encode(header, claims, ECKey.import_key(client.secret), algorithms=[ALGORITHM])


def name_in(user: Any) -> tuple[object, object]:
    """First and last name in the `user` that Apple sends beside the first code of a person.

    The browser carries it, so it is a suggestion and no more; its address is never looked at.
    """
    name = user.get("name") if isinstance(user, dict) else None
    if not isinstance(name, dict):
        return None, None
    return name.get("firstName"), name.get("lastName")
