"""Identity put together over moto, with a clock and ids of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from socialflow.identity.accounts.changing_email import EmailChanges
from socialflow.identity.accounts.limits import AccountLimits
from socialflow.identity.accounts.passwords import NewPasswords
from socialflow.identity.accounts.pending import REGISTRATION_SEAL, registration_key
from socialflow.identity.accounts.registering import NewAccount, Registrations
from socialflow.identity.accounts.repository import PendingRepository
from socialflow.identity.accounts.resetting import PasswordChanges
from socialflow.identity.accounts.signing_in import PasswordProven, SigningIn
from socialflow.identity.directory import UserDirectory
from socialflow.identity.mail.delivery import MailDelivery
from socialflow.identity.mail.letters import Rendered
from socialflow.identity.passwords.breaches import NoBreachCheck
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
from socialflow.platform.rate_limits import RateLimiter
from tests.unit.doubles import CountedCalls, CountedIds, MovableClock

ISSUER = "socialflow-test"
ORIGIN = "https://socialflow.example"
SECRET = "signing-keys"
SEALING_SECRET = "sealing-keys"
PASSWORD = "correct horse battery"
ANN = NewAccount(
    email="ann@example.com", password=PASSWORD, handle="ann", display_name="Ann Example"
)
PHONE = "SocialFlow/1.0 (phone)"
THE_PHONE = Device(name=PHONE)


@dataclass(frozen=True)
class SentLetter:
    """One letter, and to whom it went."""

    to: str
    kind: str
    letter: Rendered


class KeptLetters:
    """A `Postman` that keeps what it is given; one that is `away` raises."""

    def __init__(self) -> None:
        self.sent: list[SentLetter] = []
        self.away: Exception | None = None

    def send(self, letter: Rendered, *, to: str, kind: str) -> None:
        if self.away:
            raise self.away
        self.sent.append(SentLetter(to, kind, letter))


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
    limits: AccountLimits
    pending: PendingRepository
    registrations: Registrations
    signing_in: SigningIn
    password_changes: PasswordChanges
    email_changes: EmailChanges
    postman: KeptLetters
    mail: MailDelivery
    directory: UserDirectory

    def register_ann(self, **kwargs: Any) -> SignedIn:
        return self.register(ANN, **kwargs)

    def register(
        self,
        new: NewAccount,
        *,
        device: Device = THE_PHONE,
        idempotency_key: str | None = None,
    ) -> SignedIn:
        """Both steps, with the code that the mail has."""
        token, _ = self.registrations.begin(
            new, network=device.address, idempotency_key=idempotency_key
        )
        code = self.mailed_code(token)
        return self.registrations.verify(
            token, code, device=device, idempotency_key=idempotency_key
        )

    def mailed_code(self, registration_token: str) -> str:
        """What the mail of a registration says, read past the counted calls."""
        ref = self.sealer.open_token(REGISTRATION_SEAL, registration_token)
        item = Table(lambda: client("dynamodb"), self.table.name).get(registration_key(ref))
        assert item
        return self.sealer.code(REGISTRATION_SEAL, item["id"])

    def log_in(
        self, *, email: str = ANN.email, password: str = PASSWORD, device: Device | None = None
    ) -> SignedIn:
        """A sign-in for which the password is enough."""
        signed_in = self.signing_in.log_in(
            email=email, password=password, device=device or Device(name="")
        )
        assert not isinstance(signed_in, PasswordProven)
        return signed_in

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
    passwords = Passwords()
    new_passwords = NewPasswords(passwords, NoBreachCheck())
    limits = AccountLimits(RateLimiter(table, clock=clock), devices)
    pending = PendingRepository(table, new_id=ids)
    postman = KeptLetters()
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
        limits=limits,
        pending=pending,
        registrations=Registrations(
            pending,
            repository,
            sealer=sealer,
            sessions=sessions,
            passwords=passwords,
            new_passwords=new_passwords,
            refresh=refresh,
            limits=limits,
            clock=clock,
            new_id=ids,
        ),
        signing_in=SigningIn(repository, sessions=sessions, passwords=passwords, limits=limits),
        password_changes=PasswordChanges(
            pending,
            repository,
            sealer=sealer,
            passwords=passwords,
            new_passwords=new_passwords,
            limits=limits,
            clock=clock,
            new_id=ids,
        ),
        email_changes=EmailChanges(
            pending, repository, sealer=sealer, limits=limits, clock=clock, new_id=ids
        ),
        postman=postman,
        mail=MailDelivery(
            table, repository, sealer=sealer, postman=postman, origin=ORIGIN, clock=clock
        ),
        directory=UserDirectory(repository, clock=clock),
    )
