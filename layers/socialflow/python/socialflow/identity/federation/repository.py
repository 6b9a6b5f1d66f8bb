"""Flows and linked identities in DynamoDB. A flow moves by conditions on the stage that it leaves.

What belongs to a larger change (a session, an account) comes as `Write`s for its transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from socialflow.identity import keys
from socialflow.identity.federation.models import (
    SIGN_UP_LIFETIME,
    Flow,
    LinkedIdentity,
    ProviderIdentity,
    Stage,
)
from socialflow.identity.federation.providers import PROVIDERS
from socialflow.identity.federation.records import (
    flow_from,
    flow_item,
    identity_fields,
    identity_item,
    linked_from,
    provider_item,
)
from socialflow.identity.federation.revocations import Revocation, revocation_from
from socialflow.identity.models import User
from socialflow.platform.dynamodb import ConditionFailed, Table, TransactionRefused, Write
from socialflow.platform.principal import UserId

_NEW = "attribute_not_exists(pk)"


class FlowMoved(Exception):
    """The flow is not where this step begins; `flow` is what it is (None where it is gone)."""

    def __init__(self, flow: Flow | None) -> None:
        super().__init__("flow moved")
        self.flow = flow


class FederationRepository:
    """The identity table, as far as providers go."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def start(self, flow: Flow) -> None:
        """Keeps a new flow."""
        self._table.write(Write(put=flow_item(flow), condition=_NEW))

    def flow(self, flow_id: str, *, now: datetime) -> Flow | None:
        """A flow whose time is not over, read consistently."""
        item = self._table.get(keys.flow_key(flow_id), consistent=True)
        flow = flow_from(item) if item else None
        return flow if flow and now < flow.expires_at else None

    def returned(
        self,
        flow_id: str,
        *,
        provider: str,
        code: str,
        sealed_code: str,
        name: str | None,
        now: datetime,
    ) -> Flow:
        """Keeps the code that a browser brought back. The same one again changes nothing.

        Raises `FlowMoved`: there is no such flow with this provider, its time is over, or another
        code came before.
        """
        try:
            item = self._table.write(
                Write(
                    key=keys.flow_key(flow_id),
                    set={
                        "stage": Stage.RETURNED,
                        "code": sealed_code,
                        "code_hash": hashlib.sha256(code.encode()).hexdigest(),
                        "name": name,
                    },
                    condition=(
                        "#provider = :provider AND #expires_at > :now AND (#stage = :started "
                        "OR (#stage = :returned AND #code_hash = :hash))"
                    ),
                    values={
                        "provider": provider,
                        "now": int(now.timestamp()),
                        "started": Stage.STARTED,
                        "returned": Stage.RETURNED,
                        "hash": hashlib.sha256(code.encode()).hexdigest(),
                    },
                )
            )
        except ConditionFailed as refused:
            raise FlowMoved(flow_from(refused.item) if refused.item else None) from refused
        return flow_from(item)

    def told(self, flow: Flow, identity: ProviderIdentity, *, now: datetime) -> datetime:
        """Keeps who a new person is until they have chosen a name; returns until when.

        Raises `FlowMoved`.
        """
        until = now + SIGN_UP_LIFETIME
        try:
            self._table.write(
                Write(
                    key=keys.flow_key(flow.id),
                    set={
                        "stage": Stage.TOLD,
                        "expires_at": int(until.timestamp()),
                        **identity_fields(identity),
                    },
                    remove=["code", "code_hash"],
                    condition="#stage = :returned",
                    values={"returned": Stage.RETURNED},
                )
            )
        except ConditionFailed as refused:
            raise FlowMoved(flow_from(refused.item) if refused.item else None) from refused
        return until

    def over(self, flow: Flow, *, signup_key: str | None = None) -> Write:
        """Ends a flow, once, and forgets what it held.

        `signup_key` is the digest of the Idempotency-Key of the sign-up that ends it.
        """
        return Write(
            key=keys.flow_key(flow.id),
            set={"stage": Stage.OVER, "signup_key": signup_key},
            remove=[
                *("code", "code_hash"),
                *("subject", "email", "name", "username", "sealed_token"),
            ],
            condition="#stage = :stage",
            values={"stage": flow.stage},
        )

    def end(self, flow: Flow, still: Write) -> None:
        """Ends a flow that changes no account, on condition that `still` holds.

        Raises `FlowMoved`.
        """
        try:
            self._table.transact([self.over(flow), still])
        except TransactionRefused as refused:
            item = refused.items.get(0)
            raise FlowMoved(flow_from(item) if item else None) from refused

    def owner(self, provider: str, subject: str) -> UserId | None:
        """Whose an identity is, read consistently."""
        item = self._table.get(keys.identity_key(provider, subject), consistent=True)
        return UserId(item["user_id"]) if item else None

    def still_of(self, identity: ProviderIdentity, user: User) -> Write:
        """On condition that the identity is this account's; keeps the token that came with it.

        A provider's older tokens may be good no more by then, as when a person took their consent
        back there and has given it anew.
        """
        kept = {"sealed_token": identity.sealed_token} if identity.sealed_token else {}
        return Write(
            key=keys.provider_key(user.id, identity.provider),
            set=kept,
            check=not kept,
            condition="#subject = :subject",
            values={"subject": identity.subject},
        )

    def linked(self, user_id: UserId) -> list[LinkedIdentity]:
        """The identities of an account, by provider. At most one of each provider."""
        page = self._table.query(
            keys.user_key(user_id)["pk"],
            prefix=keys.PROVIDER_PREFIX,
            limit=len(PROVIDERS),
            consistent=True,
        )
        return [linked_from(item) for item in page.items]

    def link(self, linked: LinkedIdentity) -> list[Write]:
        """Gives a new identity to an account; the first write fails where it is somebody's."""
        return [
            Write(put=identity_item(linked), condition=_NEW),
            Write(put=provider_item(linked), condition=_NEW),
        ]

    def unlink(self, linked: LinkedIdentity) -> list[Write]:
        """Takes an identity away from its account, where it still is as it was read."""
        return [
            Write(
                key=keys.identity_key(linked.provider, linked.subject),
                delete=True,
                condition="#user_id = :user",
                values={"user": linked.user_id},
            ),
            self._as_read(linked),
        ]

    def set_aside(self, linked: LinkedIdentity, revocation: Sequence[Write]) -> None:
        """Takes a link out of its owner's partition and has its token given back, once.

        Nothing where the link is not as it was read.
        """
        with suppress(TransactionRefused):
            self._table.transact([self._as_read(linked), *revocation])

    def revocation(self, revocation_id: str) -> Revocation | None:
        """A token that is to be given back, read consistently."""
        item = self._table.get(keys.revocation_key(revocation_id), consistent=True)
        return revocation_from(item) if item else None

    def revoked(self, revocation_id: str) -> None:
        """Forgets a token that was given back."""
        self._table.write(Write(key=keys.revocation_key(revocation_id), delete=True))

    def _as_read(self, linked: LinkedIdentity) -> Write:
        """A sign-in meanwhile brought another token, which is the one to give back."""
        token = linked.sealed_token
        held = "#sealed_token = :token" if token else "attribute_not_exists(#sealed_token)"
        return Write(
            key=keys.provider_key(linked.user_id, linked.provider),
            delete=True,
            condition=f"#subject = :subject AND {held}",
            values={"subject": linked.subject} | ({"token": token} if token else {}),
        )
