"""Who may connect to which room: tokens are issued, and each lets one connection in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.local.ivschat.errors import HandshakeRefused, ResourceNotFound, ValidationFailed
from infra.local.ivschat.registry import Registry
from infra.local.ivschat.store import Store
from infra.local.ivschat.text import MAX_ATTRIBUTE_BYTES, attribute_bytes
from infra.local.ivschat.tokens import Grant, TokenForged, TokenSealer

__all__ = ["Admission"]

_MINUTE_NS = 60 * 1_000_000_000
_SESSION_MINUTES = 60
_NS = 1_000_000_000


class Admission:
    """`token_seconds` is how long a token waits for its connection."""

    def __init__(
        self,
        registry: Registry,
        store: Store,
        sealer: TokenSealer,
        *,
        token_seconds: float,
        make_id: Callable[[], str],
        now_ns: Callable[[], int],
    ) -> None:
        self._registry = registry
        self._store = store
        self._sealer = sealer
        self._token_ns = int(token_seconds * _NS)
        self._make_id = make_id
        self._now_ns = now_ns

    def issue(self, request: dict[str, Any]) -> tuple[str, Grant]:
        """The token that CreateChatToken answers with, and what it grants."""
        room = self._registry.room(request["roomIdentifier"])
        attributes = request.get("attributes", {})
        if attribute_bytes(attributes) > MAX_ATTRIBUTE_BYTES:
            raise ValidationFailed("Attributes are at most 1 KB.", {"attributes": "are too large"})
        now = self._now_ns()
        minutes = request.get("sessionDurationInMinutes", _SESSION_MINUTES)
        grant = Grant(
            token_id=self._make_id(),
            room_arn=room.arn,
            user_id=request["userId"],
            attributes=attributes,
            capabilities=frozenset(request.get("capabilities", ())),
            token_expires_ns=now + self._token_ns,
            session_expires_ns=now + minutes * _MINUTE_NS,
        )
        return self._sealer.seal(grant), grant

    def admit(self, token: str) -> Grant:
        """Use the token up. Raises `HandshakeRefused` with the status of the answer."""
        try:
            grant = self._sealer.open(token)
        except TokenForged as forged:
            raise HandshakeRefused(401, "The token is not valid.") from forged
        if self._now_ns() >= grant.token_expires_ns:
            raise HandshakeRefused(401, "The token has expired.")
        try:
            self._registry.room(grant.room_arn)
        except ResourceNotFound as gone:
            raise HandshakeRefused(404, "The room does not exist.") from gone
        if not self._store.spend(grant.token_id, grant.token_expires_ns):
            raise HandshakeRefused(401, "The token was used before.")
        return grant

    def forget_expired(self) -> None:
        self._store.forget_spent(self._now_ns())
