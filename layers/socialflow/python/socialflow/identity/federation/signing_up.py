"""Making the account of a new person whom a provider vouches for.

Account, identity and first session are one transaction, together with the end of the flow. The
account's id follows from the flow's, and with an `Idempotency-Key` the session's secret from the
key, so that a client that lost the answer gets it again and nobody else does.
"""

from __future__ import annotations

import hashlib

from socialflow.identity.errors import EmailTaken
from socialflow.identity.federation.errors import AccountExists, FlowInvalid, IdentityTaken
from socialflow.identity.federation.models import Flow, LinkedIdentity, ProviderIdentity, Stage
from socialflow.identity.federation.notes import identity_label
from socialflow.identity.federation.repository import FederationRepository
from socialflow.identity.federation.signing_in import SIGN_UP_SEAL
from socialflow.identity.models import User, clean_display_name, normal_handle
from socialflow.identity.records import Login
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sealing.errors import SealBroken
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sessions.sessions import Device, Sessions, SignedIn
from socialflow.identity.tokens.refresh_tokens import RefreshTokens
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused
from socialflow.platform.ids import same_ulid
from socialflow.platform.principal import SESSION_ID_PREFIX, USER_ID_PREFIX, SessionId, UserId


class ProviderSignUp:
    """Makes accounts out of flows whose person nobody here knew."""

    def __init__(
        self,
        repository: FederationRepository,
        accounts: IdentityRepository,
        *,
        sessions: Sessions,
        refresh: RefreshTokens,
        sealer: Sealer,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._accounts = accounts
        self._sessions = sessions
        self._refresh = refresh
        self._sealer = sealer
        self._clock = clock

    def sign_up(
        self,
        signup_token: str,
        *,
        handle: str,
        display_name: str,
        device: Device,
        idempotency_key: str | None = None,
    ) -> SignedIn:
        """Makes the account and its first session. One read and one transaction.

        With an `idempotency_key` the same request again gets the same session, for as long as it
        was not used. Raises a `Malformed` for what was typed, `HandleTaken`, `FlowInvalid` for a
        token that is not ours, over or used, `AccountExists` or `IdentityTaken` where somebody
        was first.
        """
        wanted, name = normal_handle(handle), clean_display_name(display_name)
        try:
            flow_id = self._sealer.open_token(SIGN_UP_SEAL, signup_token)
        except SealBroken as error:
            raise FlowInvalid from error
        flow = self._repository.flow(flow_id, now=self._clock())
        if flow is None:
            raise FlowInvalid
        if flow.stage is Stage.OVER:
            return self._repeat(flow, device, idempotency_key)
        if flow.stage is not Stage.TOLD or flow.identity is None:
            raise FlowInvalid
        user = User(
            id=_user_id(flow),
            handle=wanted,
            display_name=name,
            created_at=self._clock(),
            email=flow.identity.email,
            has_password=False,
            providers=(flow.provider,),
        )
        return self._make(flow, flow.identity, user, device, idempotency_key)

    def _make(
        self,
        flow: Flow,
        identity: ProviderIdentity,
        user: User,
        device: Device,
        idempotency_key: str | None,
    ) -> SignedIn:
        linked = LinkedIdentity(
            provider=identity.provider,
            subject=identity.subject,
            user_id=user.id,
            label=identity_label(identity),
            linked_at=user.created_at,
            sealed_token=identity.sealed_token,
        )
        session, answer = self._sessions.prepare(
            user,
            method=identity.provider,
            device=device,
            session_id=_first_session(flow),
            root=self._first_root(flow, idempotency_key),
        )
        over = self._repository.over(flow, signup_key=_digest(idempotency_key))
        try:
            self._accounts.create_account(
                Login(user=user, password_hash=None),
                session,
                more=[over, *self._repository.link(linked)],
            )
        except EmailTaken as taken:
            raise AccountExists(identity.provider) from taken
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise FlowInvalid from refused
            raise IdentityTaken(identity.provider) from refused
        return answer

    def _repeat(self, flow: Flow, device: Device, idempotency_key: str | None) -> SignedIn:
        """The answer to the request that made the account, whose client lost it."""
        if idempotency_key is None or flow.signup_key != _digest(idempotency_key):
            raise FlowInvalid
        user = self._accounts.user(_user_id(flow), consistent=True)
        kept = self._accounts.session(_user_id(flow), _first_session(flow))
        if user is None or kept is None or not kept.is_unused(self._clock()):
            raise FlowInvalid
        _, answer = self._sessions.prepare(
            user,
            method=flow.provider,
            device=device,
            session_id=kept.id,
            root=self._first_root(flow, idempotency_key),
        )
        return answer

    def _first_root(self, flow: Flow, idempotency_key: str | None) -> str | None:
        if idempotency_key is None:
            return None
        return self._refresh.root_for(_first_session(flow), idempotency_key)


def _user_id(flow: Flow) -> UserId:
    return UserId(same_ulid(flow.id, USER_ID_PREFIX))


def _first_session(flow: Flow) -> SessionId:
    return SessionId(same_ulid(flow.id, SESSION_ID_PREFIX))


def _digest(idempotency_key: str | None) -> str | None:
    return hashlib.sha256(idempotency_key.encode()).hexdigest() if idempotency_key else None
