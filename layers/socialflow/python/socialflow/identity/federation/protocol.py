"""The authorization code flow as a client of it: RFC 6749, 7636, 9207 and 9700.

Nothing that protects a flow is kept: state, nonce and PKCE verifier follow from its id by our
sealing keys, so that whoever reads the table can use none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from socialflow.identity.federation.client_proof import proof_of
from socialflow.identity.federation.clients import Client
from socialflow.identity.federation.errors import ProviderSignInFailed, ProviderUnavailable
from socialflow.identity.federation.http import Answered, NoAnswer, ProviderHttp
from socialflow.identity.federation.id_tokens import IdTokenInvalid, IdTokens
from socialflow.identity.federation.models import ProviderIdentity, s256
from socialflow.identity.federation.providers import Telling
from socialflow.identity.federation.revocations import TOKEN_SEAL
from socialflow.identity.federation.telling import github_identity, openid_identity, x_identity
from socialflow.identity.sealing.sealer import Sealer
from socialflow.platform.clock import Clock
from socialflow.platform.observability import logger

STATE: Final = "oauth-state"
_VERIFIER: Final = "oauth-verifier"
_NONCE: Final = "oauth-nonce"
_CODE: Final = "oauth-code"
MAX_ACCESS_TOKEN_CHARACTERS: Final = 16 * 1024
MAX_REFRESH_TOKEN_CHARACTERS: Final = 4096
# A code that is over, used, for another client or with another verifier; GitHub has its own word,
# and X says `invalid_request`.
_CODE_REFUSED: Final = {"invalid_grant", "bad_verification_code", "invalid_request"}


class Protocol:
    """Sends people to providers and redeems what they bring back."""

    def __init__(
        self, http: ProviderHttp, id_tokens: IdTokens, *, sealer: Sealer, clock: Clock
    ) -> None:
        self._http = http
        self._id_tokens = id_tokens
        self._sealer = sealer
        self._clock = clock

    def authorization_url(
        self, client: Client, flow_id: str, *, state: str, redirect_uri: str
    ) -> str:
        """Where the person's browser has to go."""
        provider = client.provider
        asked = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(provider.scopes),
            "state": state,
            "code_challenge": s256(self._sealer.derive(_VERIFIER, flow_id)),
            "code_challenge_method": "S256",
        }
        if provider.telling is Telling.ID_TOKEN:
            asked["nonce"] = self._sealer.derive(_NONCE, flow_id)
        # Apple does not understand a plus sign for a space.
        query = urlencode(asked | dict(provider.asked_for), quote_via=quote)
        return f"{provider.authorization_endpoint}?{query}"

    def sealed_code(self, flow_id: str, code: str) -> str:
        """A code as it may be kept."""
        return self._sealer.encrypt(_CODE, flow_id, code.encode())

    def identity(
        self, client: Client, flow_id: str, *, sealed_code: str, redirect_uri: str
    ) -> ProviderIdentity:
        """Redeems a code: who the person is. At most three calls to the provider.

        Raises `ProviderSignInFailed` or `ProviderUnavailable`; a code is good for one try.
        """
        code = self._sealer.decrypt(_CODE, flow_id, sealed_code).decode()
        try:
            tokens = self._tokens(client, flow_id, code=code, redirect_uri=redirect_uri)
            identity = self._told(client, flow_id, tokens)
        except NoAnswer as error:
            _note(client, "no answer", str(error))
            raise ProviderUnavailable(client.provider.id) from error
        except IdTokenInvalid as error:
            _note(client, "id token refused", str(error))
            raise ProviderSignInFailed(client.provider.id) from error
        return replace(identity, sealed_token=self._sealed_token(client, tokens))

    def _tokens(
        self, client: Client, flow_id: str, *, code: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": self._sealer.derive(_VERIFIER, flow_id),
        }
        proof = proof_of(client, self._clock())
        answer = self._http.post_form(
            client.provider.token_endpoint, {**fields, **proof.fields}, headers=proof.headers
        )
        return _accepted(client, answer)

    def _told(self, client: Client, flow_id: str, tokens: Mapping[str, Any]) -> ProviderIdentity:
        if client.provider.telling is Telling.ID_TOKEN:
            nonce = self._sealer.derive(_NONCE, flow_id)
            claims = self._id_tokens.verify(tokens.get("id_token"), client=client, nonce=nonce)
            return openid_identity(client.provider, claims)
        token = tokens.get("access_token")
        if not isinstance(token, str) or not 0 < len(token) <= MAX_ACCESS_TOKEN_CHARACTERS:
            raise NoAnswer("no access token")
        if not token.isascii() or not token.isprintable():
            raise NoAnswer("access token is no token")
        ask = github_identity if client.provider.telling is Telling.GITHUB else x_identity
        return ask(self._http, client.provider, token)

    def _sealed_token(self, client: Client, tokens: Mapping[str, Any]) -> str | None:
        """The refresh token as it may be kept, of a provider that wants it back.

        Signing in needs none, so a provider that gives none this time keeps nobody out.
        """
        if not client.provider.revocation_endpoint:
            return None
        token = tokens.get("refresh_token")
        if not isinstance(token, str) or not 0 < len(token) <= MAX_REFRESH_TOKEN_CHARACTERS:
            _note(client, "nothing to give back later", "no refresh token")
            return None
        return self._sealer.encrypt(TOKEN_SEAL, client.provider.id, token.encode())


def _accepted(client: Client, answer: Answered) -> Mapping[str, Any]:
    """The token endpoint's answer. GitHub says its errors with status 200."""
    body = answer.body if isinstance(answer.body, dict) else {}
    error = body.get("error")
    if answer.status == 200 and error is None:
        return body
    _note(client, "code not redeemed", error, status=answer.status)
    if answer.status < 500 and isinstance(error, str) and error in _CODE_REFUSED:
        raise ProviderSignInFailed(client.provider.id)
    # The provider is away, or the client's entry in the secret is wrong; the log says which.
    raise ProviderUnavailable(client.provider.id)


def _note(client: Client, what: str, why: object, **more: object) -> None:
    """Says in the log what went wrong. `why` may be a provider's own word, so it is cut short."""
    reason = "".join(c for c in str(why) if c.isprintable())[:80]
    extra = {"provider": client.provider.id, "reason": reason, **more}
    logger().warning(f"sign-in through a provider: {what}", extra=extra)
