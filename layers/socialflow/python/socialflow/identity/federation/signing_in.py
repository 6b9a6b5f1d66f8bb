"""Signing in through a provider, to an account that there is (`signing_up` makes new ones).

An account is found by the provider's own id for the person and by nothing else. An address that
the provider confirmed and that an account here has already is a reason to refuse, not to let in:
whoever holds that account signs in to it and links the provider (`linking`). An address that the
provider did not confirm is not even kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from socialflow.identity.federation.clients import Client
from socialflow.identity.federation.errors import AccountExists, FlowInvalid
from socialflow.identity.federation.flows import Flows
from socialflow.identity.federation.models import (
    Flow,
    ProviderIdentity,
    suggested_handle,
)
from socialflow.identity.federation.protocol import Protocol
from socialflow.identity.federation.repository import FederationRepository, FlowMoved
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sessions.sessions import Device, Sessions, SignedIn
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused, Write

if TYPE_CHECKING:
    from socialflow.identity.factors.second_factor import SecondFactor, SecondFactorChallenge

SIGN_UP_SEAL: Final = "oauth-sign-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Nobody here has this identity: what the person needs to make an account with it."""

    signup_token: str
    expires_at: datetime
    provider: str
    suggested_handle: str
    suggested_name: str
    email: str | None


class ProviderSignIn:
    """Signs people in whom a provider vouches for."""

    def __init__(
        self,
        repository: FederationRepository,
        accounts: IdentityRepository,
        *,
        flows: Flows,
        protocol: Protocol,
        sessions: Sessions,
        second_factor: SecondFactor,
        sealer: Sealer,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._accounts = accounts
        self._flows = flows
        self._protocol = protocol
        self._sessions = sessions
        self._second_factor = second_factor
        self._sealer = sealer
        self._clock = clock

    def sign_in(
        self, flow: Flow, client: Client, *, device: Device
    ) -> SignedIn | SecondFactorChallenge | NewPerson:
        """Redeems a flow that came back. Beside the provider: two reads and one transaction.

        An account with a second factor of its own gets the challenge for it. Raises
        `ProviderSignInFailed`, `ProviderUnavailable`, `AccountExists`, `FlowInvalid`, or
        `SignInOutdated`.
        """
        identity = self.identity(flow, client)
        owner = self._repository.owner(identity.provider, identity.subject)
        user = self._accounts.user(owner, consistent=True) if owner else None
        if user is None:
            return self._new_person(flow, identity)
        still = self._repository.still_of(identity, user)
        if user.second_factor:
            challenge = self._second_factor.challenge(user, method=identity.provider)
            self._end(flow, still)
            return challenge
        more = [self._repository.over(flow), still]
        try:
            return self._sessions.open(user, method=identity.provider, device=device, more=more)
        except TransactionRefused as refused:
            raise FlowInvalid from refused

    def identity(self, flow: Flow, client: Client) -> ProviderIdentity:
        """Who a flow's person is, from the provider."""
        if flow.code is None:
            raise FlowInvalid
        identity = self._protocol.identity(
            client,
            flow.id,
            sealed_code=flow.code,
            redirect_uri=self._flows.redirect_uri(flow.provider),
        )
        return replace(identity, name=identity.name or flow.name)

    def _new_person(self, flow: Flow, identity: ProviderIdentity) -> NewPerson:
        if identity.email and self._accounts.login(identity.email):
            raise AccountExists(identity.provider)
        try:
            until = self._repository.told(flow, identity, now=self._clock())
        except FlowMoved as moved:
            raise FlowInvalid from moved
        return NewPerson(
            signup_token=self._sealer.token(SIGN_UP_SEAL, flow.id, until),
            expires_at=until,
            provider=identity.provider,
            suggested_handle=suggested_handle(identity),
            suggested_name=identity.name or "",
            email=identity.email,
        )

    def _end(self, flow: Flow, still: Write) -> None:
        try:
            self._repository.end(flow, still)
        except FlowMoved as moved:
            raise FlowInvalid from moved
