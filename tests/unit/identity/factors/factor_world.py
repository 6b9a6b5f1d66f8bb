"""Second factors and passkeys put together over a world of identity."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Final

import pyotp

from socialflow.identity.factors import totp
from socialflow.identity.factors.authenticator_app import AuthenticatorApp, ShownSecret
from socialflow.identity.factors.ceremonies import RelyingParty
from socialflow.identity.factors.challenges import PasskeyChallenges
from socialflow.identity.factors.codes import Codes
from socialflow.identity.factors.notes import FactorNotes
from socialflow.identity.factors.passkey_proofs import PasskeyProofs, PasskeySignIn
from socialflow.identity.factors.passkeys import Passkeys
from socialflow.identity.factors.records import Passkey
from socialflow.identity.factors.repository import FactorRepository
from socialflow.identity.factors.second_factor import SecondFactor
from socialflow.identity.factors.step_up import StepUp
from socialflow.identity.factors.tries import Tries
from socialflow.identity.models import User
from socialflow.identity.passwords.hashing import Passwords
from socialflow.identity.records import Login
from socialflow.identity.sessions.sessions import Device, SignedIn
from socialflow.identity.staff.audit import Actor
from socialflow.platform.dynamodb import Item
from socialflow.platform.principal import Principal, SessionId, UserId
from socialflow.platform.rate_limits import RateLimiter
from tests.software_authenticator import HONEST, Oddity, SoftwareAuthenticator
from tests.unit.doubles import CountedIds, MovableClock
from tests.unit.identity.world import World

ORIGIN: Final = "https://socialflow.example"
PASSWORD: Final = "correct horse battery"
PHONE: Final = Device(name="SocialFlow/1.0 (phone)", address="203.0.113.7")


@dataclass(frozen=True, kw_only=True)
class FactorWorld:
    """Everything of second factors, over one world of identity."""

    world: World
    new_id: CountedIds
    factors: FactorRepository
    app: AuthenticatorApp
    second: SecondFactor
    passkeys: Passkeys
    proofs: PasskeyProofs
    passkey_sign_in: PasskeySignIn
    step_up: StepUp

    @property
    def clock(self) -> MovableClock:
        return self.world.clock

    def person(self, handle: str = "ann", **more: Any) -> SignedIn:
        """Somebody with an address and a password, unless `more` says otherwise; signed in."""
        new: Any = {"email": f"{handle}@example.com"} | more
        user = User(
            id=UserId(self.new_id("usr")),
            handle=handle,
            display_name=f"{handle.title()} Example",
            created_at=self.clock(),
            **new,
        )
        session, signed_in = self.world.sessions.prepare(user, method="password", device=PHONE)
        hashed = _password_hash() if user.has_password else None
        self.world.repository.create_account(Login(user=user, password_hash=hashed), session)
        return signed_in

    def user(self, of: SignedIn) -> User:
        """The account as it is now."""
        user = self.world.repository.user(of.user.id, consistent=True)
        assert user
        return user

    def principal(self, of: SignedIn) -> Principal:
        return self.world.access.verify(of.access_token)

    def caller(self, of: SignedIn) -> Principal:
        """As `principal`, with a token that was refreshed just now."""
        (session,) = self.items(of, "SESSION#")[:1]
        return Principal(
            user_id=of.user.id,
            handle=of.user.handle,
            roles=frozenset(),
            session_id=SessionId(session["session_id"]),
        )

    def actor(self, of: SignedIn) -> Actor:
        return Actor(id=of.user.id, request_id="req_1", address=PHONE.address)

    def set_up(self, of: SignedIn) -> tuple[bytes, tuple[str, ...]]:
        """An app that is set up: its secret and the recovery codes. Half a minute passes."""
        shown = self.app.begin(self.caller(of))
        secret = secret_in(shown)
        codes = self.app.confirm(self.caller(of), self.code(secret), actor=self.actor(of))
        self.clock.move(seconds=totp.STEP_SECONDS)
        return secret, codes

    def code(self, secret: bytes, steps: int = 0) -> str:
        """What the app shows now, or some steps away."""
        return totp.code_at(secret, totp.step_at(self.clock()) + steps)

    def challenge(self, of: SignedIn) -> str:
        return self.second.challenge(self.user(of), method="password").challenge

    def add_passkey(
        self, of: SignedIn, browser: SoftwareAuthenticator, name: str = "Phone"
    ) -> Passkey:
        options = self.passkeys.options(self.caller(of))
        return self.passkeys.register(
            self.caller(of),
            options.challenge_token,
            browser.create(options.public_key),
            name=name,
            actor=self.actor(of),
        )

    def signed(
        self, browser: SoftwareAuthenticator, odd: Oddity = HONEST
    ) -> tuple[str, dict[str, Any]]:
        """A challenge to sign in and the browser's answer."""
        options = self.proofs.options()
        return options.challenge_token, browser.get(options.public_key, odd)

    def items(self, of: SignedIn, prefix: str) -> list[Item]:
        """What lies in the account's partition under sort keys that begin so."""
        partition = self.world.items(f"USER#{of.user.id}")
        return [item for item in partition if item["sk"].startswith(prefix)]

    def acts(self) -> list[str]:
        """What the audit log tells, in order."""
        entries = sorted(self.world.items("AUDIT#"), key=lambda item: str(item["sk"]))
        return [entry["act"] for entry in entries]

    def mails(self, of: SignedIn) -> list[tuple[str, dict[str, str]]]:
        """What the account's owner is written about, in order."""
        return [(item["notice"], item["details"]) for item in self.items(of, "MAIL#")]

    def told(self, of: SignedIn) -> list[str]:
        """The sentences about factors that changed, in order."""
        return [details["what"] for kind, details in self.mails(of) if "what" in details]


def secret_in(shown: ShownSecret) -> bytes:
    """What an app that scanned the code computes with."""
    return pyotp.parse_uri(shown.otpauth_uri).byte_secret()


@functools.cache
def _password_hash() -> str:
    return Passwords().hash(PASSWORD)


def build(world: World, ids: CountedIds) -> FactorWorld:
    """Over a world with its keys in place."""
    clock, sealer, sessions = world.clock, world.sealer, world.sessions
    factors = FactorRepository(world.table, new_id=ids)
    codes = Codes(sealer, clock=clock)
    notes = FactorNotes(clock=clock, new_id=ids)
    tries = Tries(RateLimiter(world.table, clock=clock), world.devices)
    party = RelyingParty.of_origin(ORIGIN)
    challenges = PasskeyChallenges(sealer, clock=clock, new_id=ids)
    proofs = PasskeyProofs(factors, party=party, challenges=challenges, notes=notes, clock=clock)
    return FactorWorld(
        world=world,
        new_id=ids,
        factors=factors,
        app=AuthenticatorApp(world.repository, factors, sealer=sealer, notes=notes, clock=clock),
        second=SecondFactor(
            factors,
            sealer=sealer,
            codes=codes,
            sessions=sessions,
            tries=tries,
            notes=notes,
            clock=clock,
            new_id=ids,
        ),
        passkeys=Passkeys(
            world.repository,
            factors,
            party=party,
            challenges=challenges,
            notes=notes,
            clock=clock,
        ),
        proofs=proofs,
        passkey_sign_in=PasskeySignIn(proofs, sessions=sessions),
        step_up=StepUp(
            world.repository,
            factors,
            sessions=sessions,
            passwords=Passwords(),
            codes=codes,
            tries=tries,
            notes=notes,
        ),
    )
