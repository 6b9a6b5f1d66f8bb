"""Identity put together over moto, with a clock and ids of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from socialflow.identity.accounts.accounts import Accounts, NewAccount
from socialflow.identity.directory import UserDirectory
from socialflow.identity.passwords.hashing import Passwords
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sealing.secret import SealingSecret
from socialflow.identity.sessions.device_list import DeviceList
from socialflow.identity.sessions.devices import Devices
from socialflow.identity.sessions.session_repository import SessionRepository
from socialflow.identity.sessions.sessions import Device, Sessions, SignedIn
from socialflow.identity.sessions.states import SessionStates
from socialflow.identity.tokens.access_token_issuer import AccessTokenIssuer
from socialflow.identity.tokens.access_tokens import AccessTokens
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.identity.tokens.public_keys import PublicKeys, PublishedKeys
from socialflow.identity.tokens.refresh_tokens import RefreshTokens
from socialflow.identity.tokens.rotation import KeyRotation
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Item, Table, decode_image
from tests.unit.doubles import CountedCalls, CountedIds, MovableClock

ISSUER = "socialflow-test"
SECRET = "signing-keys"
SEALING_SECRET = "sealing-keys"
PASSWORD = "correct horse battery"
ANN = NewAccount(
    email="ann@example.com", password=PASSWORD, handle="ann", display_name="Ann Example"
)
PHONE = "SocialFlow/1.0 (phone)"


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything of identity, and the calls it made to DynamoDB."""

    clock: MovableClock
    table: Table
    calls: CountedCalls
    secret_calls: CountedCalls
    repository: IdentityRepository
    secret: KeySecret
    published: PublishedKeys
    rotation: KeyRotation
    sealing: SealingSecret
    sealer: Sealer
    issuer: AccessTokenIssuer
    access: AccessTokens
    refresh: RefreshTokens
    sessions: Sessions
    devices: Devices
    device_list: DeviceList
    states: SessionStates
    accounts: Accounts
    directory: UserDirectory

    def register_ann(self, **kwargs: Any) -> SignedIn:
        return self.accounts.register(ANN, device=Device(name=PHONE), **kwargs)

    def items(self, prefix: str = "") -> list[Item]:
        """Everything in the table whose partition key begins so."""
        pages = client("dynamodb").get_paginator("scan").paginate(TableName=self.table.name)
        found = [decode_image(item) for page in pages for item in page["Items"]]
        return sorted(
            (item for item in found if item["pk"].startswith(prefix)),
            key=lambda item: (item["pk"], item["sk"]),
        )

    def sessions_of(self, signed_in: SignedIn) -> list[Item]:
        partition = self.items(f"USER#{signed_in.user.id}")
        return [item for item in partition if item["sk"].startswith("SESSION#")]


def build_world(*, dynamodb: Any, secrets: Any, clock: MovableClock, ids: CountedIds) -> World:
    """Identity over the given clients, without any key yet."""
    calls, secret_calls = CountedCalls(dynamodb), CountedCalls(secrets)
    dynamodb_client: Any = calls
    secrets_client: Any = secret_calls
    table = Table(lambda: dynamodb_client, "identity")
    repository = IdentityRepository(table, new_id=ids)
    secret = KeySecret(lambda: secrets_client, SECRET, clock=clock)
    published = PublishedKeys(table, clock=clock)
    sealing = SealingSecret(lambda: secrets, SEALING_SECRET, clock=clock)
    issuer = AccessTokenIssuer(secret, issuer=ISSUER, new_id=ids, clock=clock)
    refresh = RefreshTokens(secret, clock=clock)
    sealer = Sealer(sealing, clock=clock)
    session_repository = SessionRepository(table, new_id=ids)
    devices = Devices(sealer, clock=clock, new_id=ids)
    sessions = Sessions(
        repository,
        session_repository,
        access=issuer,
        refresh=refresh,
        devices=devices,
        clock=clock,
        new_id=ids,
    )
    return World(
        clock=clock,
        table=table,
        calls=calls,
        secret_calls=secret_calls,
        repository=repository,
        secret=secret,
        published=published,
        sealing=sealing,
        sealer=sealer,
        rotation=KeyRotation(secret, published, clock=clock),
        issuer=issuer,
        access=AccessTokens(PublicKeys(published, clock=clock), issuer=ISSUER, clock=clock),
        refresh=refresh,
        sessions=sessions,
        devices=devices,
        device_list=DeviceList(repository, session_repository, clock=clock, new_id=ids),
        states=SessionStates(session_repository, clock=clock),
        accounts=Accounts(
            repository,
            sessions=sessions,
            passwords=Passwords(),
            refresh=refresh,
            clock=clock,
            new_id=ids,
        ),
        directory=UserDirectory(repository, clock=clock),
    )
