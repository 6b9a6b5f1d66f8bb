"""Giving a provider's token back: RFC 7009, "OAuth 2.0 Token Revocation".

    read the item ── gone? done ── POST token ── 200 ── delete the item

Whoever dies between the last two asks again: a provider answers 200 for a token that is not good
any more (2.2). Everything but a 200 is a failure, which brings the message back and at last into
the dead letters.
"""

from __future__ import annotations

from typing import Final

from socialflow.identity.federation.client_proof import proof_of
from socialflow.identity.federation.clients import Clients
from socialflow.identity.federation.http import Answered, NoAnswer, ProviderHttp
from socialflow.identity.federation.repository import FederationRepository
from socialflow.identity.federation.revocations import TOKEN_SEAL
from socialflow.identity.sealing.sealer import Sealer
from socialflow.platform.clock import Clock

# RFC 6749, 5.2, and RFC 7009, 2.2.1. Another word may be anything, the token itself too.
_ERRORS: Final = {
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_token_type",
}


class NotRevoked(Exception):
    """The provider did not take the token back; the message says why and holds no secret."""


class Revoking:
    """Gives back what links left behind when they went."""

    def __init__(
        self,
        repository: FederationRepository,
        *,
        clients: Clients,
        http: ProviderHttp,
        sealer: Sealer,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._clients = clients
        self._http = http
        self._sealer = sealer
        self._clock = clock

    def revoke(self, revocation_id: str) -> bool:
        """Has the provider take a token back; False where that was done already.

        Raises `NotRevoked`; `ProviderUnknown` where an operator has switched the provider off, as
        nobody can prove who we are then; `SealBroken`.
        """
        asked = self._repository.revocation(revocation_id)
        if asked is None:
            return False
        client = self._clients.of(asked.provider)
        token = self._sealer.decrypt(TOKEN_SEAL, asked.provider, asked.sealed_token).decode()
        proof = proof_of(client, self._clock())
        try:
            answer = self._http.post_form(
                client.provider.revocation_endpoint,
                {**proof.fields, "token": token, "token_type_hint": "refresh_token"},
                headers=proof.headers,
            )
        except NoAnswer as error:
            raise NotRevoked(f"{asked.provider}: no answer ({error})") from error
        if answer.status != 200:
            raise NotRevoked(f"{asked.provider}: status {answer.status}{_why(answer)}")
        self._repository.revoked(revocation_id)
        return True


def _why(answer: Answered) -> str:
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return f", {error}" if isinstance(error, str) and error in _ERRORS else ""
