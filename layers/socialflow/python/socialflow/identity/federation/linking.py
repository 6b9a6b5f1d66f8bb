"""Linking providers to an account and unlinking them.

Linking is two acts of one person: signed in here, lately, and signed in there, now. An identity
belongs to one account, an account has one identity of each provider, and the last way into an
account cannot be taken away: the account's version is a condition of every such change.
"""

from __future__ import annotations

from dataclasses import replace

from socialflow.identity.errors import AccessTokenInvalid, LastSignInMethod, UserChanged
from socialflow.identity.federation.clients import Client
from socialflow.identity.federation.errors import (
    FlowInvalid,
    IdentityTaken,
    ProviderLinked,
    ProviderNotLinked,
)
from socialflow.identity.federation.models import Flow, LinkedIdentity
from socialflow.identity.federation.notes import FederationNotes, identity_label
from socialflow.identity.federation.repository import FederationRepository, FlowMoved
from socialflow.identity.federation.signing_in import ProviderSignIn
from socialflow.identity.models import User
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.staff.audit import Actor
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.principal import Principal, UserId


class Linking:
    """The providers of an account."""

    def __init__(
        self,
        repository: FederationRepository,
        accounts: IdentityRepository,
        *,
        sign_in: ProviderSignIn,
        notes: FederationNotes,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._accounts = accounts
        self._sign_in = sign_in
        self._notes = notes
        self._clock = clock

    def linked(self, user_id: UserId) -> list[LinkedIdentity]:
        """The identities of an account. One read."""
        return self._repository.linked(user_id)

    def link(self, flow: Flow, client: Client, *, principal: Principal | None, actor: Actor) -> str:
        """Links the identity of a flow that came back; returns the provider.

        Linked already to this account is fine. Raises `FlowInvalid` where somebody else began,
        `IdentityTaken`, `ProviderLinked`, `UserChanged`, or what `ProviderSignIn.identity` does.
        """
        if principal is None or flow.user_id != principal.user_id:
            raise FlowInvalid
        identity = self._sign_in.identity(flow, client)
        user = self._user(principal.user_id)
        owner = self._repository.owner(identity.provider, identity.subject)
        if owner == user.id:
            self._end(flow, self._repository.still_of(identity, user))
            return identity.provider
        if owner is not None:
            raise IdentityTaken(identity.provider)
        if identity.provider in user.providers:
            raise ProviderLinked(identity.provider)
        linked = LinkedIdentity(
            provider=identity.provider,
            subject=identity.subject,
            user_id=user.id,
            label=identity_label(identity),
            linked_at=self._clock(),
            sealed_token=identity.sealed_token,
        )
        changed = replace(user, providers=tuple(sorted({*user.providers, identity.provider})))
        more = [
            self._repository.over(flow),
            *self._repository.link(linked),
            *self._notes.linked(changed, identity.provider, actor=actor),
        ]
        try:
            self._accounts.save_user(user, changed, more=more)
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise FlowInvalid from refused
            raise IdentityTaken(identity.provider) from refused
        return identity.provider

    def unlink(self, provider: str, *, principal: Principal, actor: Actor) -> None:
        """Unlinks a provider, which is given its token back afterwards.

        Raises `ProviderNotLinked`, `LastSignInMethod` or `UserChanged`.
        """
        user = self._user(principal.user_id)
        found = [each for each in self._repository.linked(user.id) if each.provider == provider]
        if not found:
            raise ProviderNotLinked(provider)
        others = tuple(each for each in user.providers if each != provider)
        by_password = user.has_password and user.email is not None
        if not others and not by_password and not user.passkeys:
            raise LastSignInMethod
        changed = replace(user, providers=others)
        more = [
            *self._repository.unlink(found[0]),
            *self._notes.unlinked(changed, found[0], actor=actor),
        ]
        try:
            self._accounts.save_user(user, changed, more=more)
        except TransactionRefused as refused:
            raise UserChanged from refused

    def _user(self, user_id: UserId) -> User:
        user = self._accounts.user(user_id, consistent=True)
        if user is None:
            raise AccessTokenInvalid("This account is gone.")
        return user

    def _end(self, flow: Flow, still: Write) -> None:
        try:
            self._repository.end(flow, still)
        except FlowMoved as moved:
            raise FlowInvalid from moved
