"""Asking for a provider's token to be given back: an item that another change's transaction
writes, and its event.

    Write(put={REVOCATION#<id>, kind: "revocation", …}) ── stream ──▶ RevocationRequested.v1
        ── queue ──▶ functions/identity/on_revocation_requested ── provider ──▶ the item goes

So it is asked for exactly if the link went, by whoever took it away: its owner, or an erasure. The
item holds the token sealed and names nobody, so that no erasure has to wait for a provider; one
that could not be given back in a month goes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from socialflow.identity import keys
from socialflow.identity.federation.models import LinkedIdentity
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import Item, Write
from socialflow.platform.ids import moment_of

REVOCATION_ID_PREFIX: Final = "rvk"
# Dead letters are kept for two weeks: whoever redrives them has to find it.
KEPT: Final = timedelta(days=30)
TOKEN_SEAL: Final = "oauth-refresh-token"  # noqa: S105 - the name of a purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A token that a provider is to take back; sealed for `TOKEN_SEAL`, bound to the provider."""

    id: str
    provider: str
    sealed_token: str = field(repr=False)


def revocation_writes(linked: LinkedIdentity, *, id: str) -> list[Write]:
    """The write that has a link's token given back; none where it has none.

    `id` is a new `rvk_…`, whose moment is the request's.
    """
    if linked.sealed_token is None:
        return []
    asked_at = moment_of(id)
    item = keys.revocation_key(id) | {
        "kind": "revocation",
        "id": id,
        "provider": linked.provider,
        "sealed_token": linked.sealed_token,
        "created_at": to_rfc3339(asked_at),
        "expires_at": int((asked_at + KEPT).timestamp()),
    }
    return [Write(put=item, condition="attribute_not_exists(pk)")]


def revocation_from(item: Item) -> Revocation:
    return Revocation(id=item["id"], provider=item["provider"], sealed_token=item["sealed_token"])


def revocation_requested(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any] | None:
    """The data of `RevocationRequested.v1` for a change of an item, None where it asks nothing."""
    if new.get("kind") != "revocation" or old:
        return None
    return {"revocation_id": new["id"], "provider": new["provider"]}
