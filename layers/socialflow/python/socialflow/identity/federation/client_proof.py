"""How a client shows a provider who it is: RFC 6749, 2.3.1, and Apple's signed secret."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from socialflow.identity.federation import apple
from socialflow.identity.federation.clients import Client
from socialflow.identity.federation.providers import ClientProof


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes into the form and into the headers of one call; never into a log."""

    fields: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def proof_of(client: Client, now: datetime) -> Proof:
    """What proves the client in a call that is made now."""
    who = {"client_id": client.client_id}
    match client.provider.proof:
        case ClientProof.SECRET_IN_FORM:
            return Proof({**who, "client_secret": client.secret})
        case ClientProof.SECRET_IN_HEADER:
            return Proof(who, {"Authorization": _basic(client)})
        case ClientProof.SIGNED_SECRET:
            return Proof({**who, "client_secret": apple.client_secret(client, now)})


def _basic(client: Client) -> str:
    """HTTP Basic with both parts in form encoding (RFC 6749, 2.3.1)."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
