"""A sign-in through a provider, from the button to the browser's return.

    page ── start ──▶ a flow, and where to go ──▶ provider ──▶ callback: the code joins the flow
         ◀── #flow=<sealed> ── 303 ──┘
    page ── exchange (flow, verifier) ──▶ `signing_in` or `linking`

Three things have to meet for a session: the seal that the callback's redirect carries, the verifier
that only whoever began has, and a code of the provider for our nonce and PKCE verifier. So a code
that somebody smuggles into another's browser (login CSRF) meets no verifier, and one that somebody
catches on its way to an app meets none either (RFC 8252, 8.1; RFC 9700, 4.4 to 4.7). Each provider
has a redirect URI of its own, and an issuer that says itself is checked, against mix-up (RFC 9207).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from socialflow.identity.federation import apple
from socialflow.identity.federation.clients import Client, Clients
from socialflow.identity.federation.errors import (
    FlowInvalid,
    ProviderUnknown,
    ReturnAddressUnknown,
)
from socialflow.identity.federation.models import (
    FLOW_ID_PREFIX,
    FLOW_LIFETIME,
    WEB,
    Flow,
    Intent,
    Stage,
    told_name,
)
from socialflow.identity.federation.protocol import STATE, Protocol
from socialflow.identity.federation.repository import FederationRepository, FlowMoved
from socialflow.identity.sealing.errors import SealBroken
from socialflow.identity.sealing.sealer import Sealer
from socialflow.platform.clock import Clock
from socialflow.platform.ids import IdFactory
from socialflow.platform.observability import logger
from socialflow.platform.principal import UserId

MAX_CODE_CHARACTERS: Final = 4096
MAX_USER_CHARACTERS: Final = 4096
_FLOW: Final = "oauth-flow"
# What providers call it when a person thinks better of it.
_CANCELLED: Final = {"access_denied", "user_cancelled_authorize", "user_denied"}


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """Our own origin, and the addresses of apps that sign-in may lead to, word for word."""

    origin: str
    apps: frozenset[str] = frozenset()

    def redirect_uri(self, provider: str) -> str:
        """Where a provider sends people back to: registered with it, and of that provider alone."""
        return f"{self.origin}/v1/auth/providers/{provider}/callback"

    def landing(self, return_to: str) -> str:
        """The page or app that began."""
        return f"{self.origin}/signed-in" if return_to == WEB else return_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Where the person's browser has to go, and until when they may come back."""

    authorization_url: str
    expires_at: datetime


class Flows:
    """Begins flows and takes what browsers bring back."""

    def __init__(
        self,
        repository: FederationRepository,
        *,
        clients: Clients,
        protocol: Protocol,
        sealer: Sealer,
        settings: FlowSettings,
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._repository = repository
        self._clients = clients
        self._protocol = protocol
        self._sealer = sealer
        self._settings = settings
        self._clock = clock
        self._new_id = new_id

    def offered(self) -> list[Client]:
        """The providers that are switched on; none where our own origin is not known."""
        return self._clients.all() if self._settings.origin else []

    def client(self, provider: str) -> Client:
        """Our client at a provider; raises `ProviderUnknown`."""
        if not self._settings.origin:
            raise ProviderUnknown(provider)
        return self._clients.of(provider)

    def start(
        self,
        provider: str,
        *,
        intent: Intent,
        return_to: str,
        challenge: str,
        user_id: UserId | None = None,
    ) -> Started:
        """Begins a flow; one write. `challenge` is the S256 of a secret that the caller keeps.

        To link, `user_id` is whose account. Raises `ProviderUnknown` or `ReturnAddressUnknown`.
        """
        client = self.client(provider)
        if return_to != WEB and return_to not in self._settings.apps:
            raise ReturnAddressUnknown
        flow = Flow(
            id=self._new_id(FLOW_ID_PREFIX),
            provider=provider,
            intent=intent,
            return_to=return_to,
            challenge=challenge,
            stage=Stage.STARTED,
            expires_at=self._clock() + FLOW_LIFETIME,
            user_id=user_id,
        )
        self._repository.start(flow)
        url = self._protocol.authorization_url(
            client,
            flow.id,
            state=self._sealer.token(STATE, flow.id, flow.expires_at),
            redirect_uri=self._settings.redirect_uri(provider),
        )
        return Started(authorization_url=url, expires_at=flow.expires_at)

    def returned(self, provider: str, answer: Mapping[str, str]) -> str:
        """Takes a provider's answer (its query or form); where the browser goes next.

        That is the page or app that began, with `flow` or `error` in the fragment, and our own page
        where nobody can tell who began. One write; the same answer again leads to the same place.
        """
        now = self._clock()
        try:
            flow_id = self._sealer.open_token(STATE, answer.get("state", ""))
        except SealBroken:
            return self._landing(WEB, {"error": "flow_invalid"})
        flow = self._repository.flow(flow_id, now=now)
        if flow is None or flow.provider != provider:
            return self._landing(WEB, {"error": "flow_invalid"})
        problem = self._problem(flow, answer)
        if problem:
            return self._landing(flow.return_to, {"error": problem, "provider": provider})
        try:
            self._repository.returned(
                flow_id,
                provider=provider,
                code=answer["code"],
                sealed_code=self._protocol.sealed_code(flow_id, answer["code"]),
                name=_name_beside(answer.get("user", "")),
                now=now,
            )
        except FlowMoved:
            return self._landing(flow.return_to, {"error": "flow_invalid", "provider": provider})
        sealed = self._sealer.token(_FLOW, flow_id, flow.expires_at)
        return self._landing(flow.return_to, {"flow": sealed, "provider": provider})

    def opened(self, sealed: str, verifier: str) -> tuple[Flow, Client]:
        """The flow that somebody comes back for, with its code; one read.

        Raises `FlowInvalid` for a seal that is not ours or over, for a flow that is used or has
        no code yet, and for a verifier that is not that of the one who began.
        """
        try:
            flow_id = self._sealer.open_token(_FLOW, sealed)
        except SealBroken as error:
            raise FlowInvalid from error
        flow = self._repository.flow(flow_id, now=self._clock())
        if flow is None or flow.stage is not Stage.RETURNED or not flow.is_begun_by(verifier):
            raise FlowInvalid
        return flow, self.client(flow.provider)

    def redirect_uri(self, provider: str) -> str:
        """The redirect URI that a flow began with."""
        return self._settings.redirect_uri(provider)

    def _problem(self, flow: Flow, answer: Mapping[str, str]) -> str | None:
        """What is wrong with a provider's answer, as the page is told; None where nothing is."""
        if flow.intent is Intent.LINK and flow.user_id is None:
            return "flow_invalid"
        try:
            issuers = self.client(flow.provider).provider.issuers
        except ProviderUnknown:
            return "provider_not_found"
        if "iss" in answer and issuers and answer["iss"] not in issuers:
            logger().warning(
                "sign-in through a provider: another issuer answered",
                extra={"provider": flow.provider},
            )
            return "provider_sign_in_failed"
        if "error" in answer:
            cancelled = answer["error"] in _CANCELLED
            return "cancelled" if cancelled else "provider_sign_in_failed"
        if not 0 < len(answer.get("code", "")) <= MAX_CODE_CHARACTERS:
            return "provider_sign_in_failed"
        return None

    def _landing(self, return_to: str, told: Mapping[str, str]) -> str:
        """The address to go to. What is told stands in the fragment, which no server sees."""
        return f"{self._settings.landing(return_to)}#{urlencode(told)}"


def _name_beside(user: str) -> str | None:
    """The name in the `user` field that Apple's form has the first time."""
    if not user or len(user) > MAX_USER_CHARACTERS:
        return None
    try:
        return told_name(*apple.name_in(json.loads(user)))
    except (ValueError, RecursionError):
        return None
