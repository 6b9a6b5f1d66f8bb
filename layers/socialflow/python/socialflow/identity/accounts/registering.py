"""Registering, in two steps that tell nobody whether an address has an account.

    client ── register ──▶ PENDING item, 202: the address is not looked up
                              └─ stream ─▶ mail handler looks it up
                                             ├─ nobody has it: a code
                                             └─ somebody does: "you have an account"
    client ── verify: token of the first step + code of the mail ──▶ account and session

The token stays with whoever filled in the form, the code goes to whoever owns the mailbox; only
both together make an account, with the password of the form. So somebody else's address gets
nobody an account, and whoever clicks a mail finishes nobody else's registration.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from socialflow.identity.accounts.limits import REGISTRATION_TRIES, AccountLimits
from socialflow.identity.accounts.passwords import NewPasswords
from socialflow.identity.accounts.pending import (
    MAX_MAILS,
    REGISTRATION_ID_PREFIX,
    REGISTRATION_LASTS,
    REGISTRATION_SEAL,
    Registration,
    ref_of,
)
from socialflow.identity.accounts.repository import MailedTooSoon, PendingRepository
from socialflow.identity.errors import CodeWrong, MailJustSent, RegistrationOver
from socialflow.identity.models import (
    User,
    clean_display_name,
    mailable_email,
    normal_handle,
)
from socialflow.identity.passwords.hashing import Passwords
from socialflow.identity.records import Login
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sealing.errors import SealBroken
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sessions.sessions import Device, Sessions, SignedIn
from socialflow.identity.tokens.refresh_tokens import RefreshTokens, RootFactory, new_root
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused
from socialflow.platform.idempotency import KeyReused
from socialflow.platform.ids import IdFactory, same_ulid
from socialflow.platform.principal import SESSION_ID_PREFIX, USER_ID_PREFIX, SessionId, UserId
from socialflow.platform.rate_limits import TriesSpent

METHOD: Final = "password"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What a person says to register, as they typed it."""

    email: str
    password: str
    handle: str
    display_name: str


class Registrations:
    """Use cases of accounts that are to be."""

    def __init__(
        self,
        pending: PendingRepository,
        repository: IdentityRepository,
        *,
        sealer: Sealer,
        sessions: Sessions,
        passwords: Passwords,
        new_passwords: NewPasswords,
        refresh: RefreshTokens,
        limits: AccountLimits,
        clock: Clock,
        new_id: IdFactory,
        new_root: RootFactory = new_root,
    ) -> None:
        self._pending = pending
        self._repository = repository
        self._sealer = sealer
        self._sessions = sessions
        self._passwords = passwords
        self._new_passwords = new_passwords
        self._refresh = refresh
        self._limits = limits
        self._clock = clock
        self._new_id = new_id
        self._new_root = new_root

    def begin(
        self, new: NewAccount, *, network: str, idempotency_key: str | None = None
    ) -> tuple[str, Registration]:
        """Keeps the registration and has its mail sent; returns its token.

        The answer, and what it takes to give it, is the same for every address. With an
        `idempotency_key` the same request again within the hour gets the same registration.
        Raises a `Malformed` of `errors` for what was typed, `HandleTaken`, `KeyReused`, or
        `RateLimited` where the address is sent too many mails.
        """
        email, handle = mailable_email(new.email), normal_handle(new.handle)
        display_name = clean_display_name(new.display_name)
        hashed = self._new_passwords.hash(
            new.password, email=email, handle=handle, display_name=display_name
        )
        self._limits.count_mail(email, network)
        now, id = self._clock(), self._new_id(REGISTRATION_ID_PREFIX)
        wanted = Registration(
            ref=ref_of(email, idempotency_key) if idempotency_key else ref_of(id),
            id=id,
            email=email,
            handle=handle,
            display_name=display_name,
            password_hash=hashed,
            created_at=now,
            expires_at=now + REGISTRATION_LASTS,
            mailed_at=now,
        )
        kept = self._pending.begin_registration(wanted)
        if kept is not wanted and not self._is_same(kept, wanted, new.password):
            raise KeyReused("This Idempotency-Key came with another request; use a new key.")
        return self._sealer.token(REGISTRATION_SEAL, kept.ref, kept.expires_at), kept

    def mail_again(self, token: str, *, network: str) -> None:
        """Has the mail sent once more, which counts as any other mail to the address.

        Raises `RegistrationOver`, `MailJustSent` or `RateLimited`.
        """
        ref, now = self._opened(token), self._clock()
        registration = self._pending.registration(ref)
        if registration is None or registration.made:
            return
        if registration.was_mailed(now):
            raise MailJustSent
        self._limits.count_mail(registration.email, network)
        try:
            self._pending.mail_again(ref, max_mails=MAX_MAILS, now=now)
        except MailedTooSoon as error:
            raise MailJustSent from error

    def verify(
        self,
        token: str,
        code: str,
        *,
        device: Device,
        handle: str | None = None,
        idempotency_key: str | None = None,
    ) -> SignedIn:
        """Makes the account and its first session, in one transaction.

        `handle` takes the place of the first choice, which somebody else may have by now. With
        an `idempotency_key` the same request again gets the same session, derived from the key,
        for as long as it was not used. Every call is a try at the code, of five. Raises
        `RegistrationOver`, `CodeWrong`, `HandleTaken`, or `EmailTaken` where the address got an
        account in between.
        """
        ref = self._opened(token)
        try:
            self._limits.count_try(REGISTRATION_TRIES, token)
        except TriesSpent as error:
            raise RegistrationOver from error
        registration = self._pending.registration(ref)
        if registration is None or registration.expires_at <= self._clock():
            raise RegistrationOver
        if not self._sealer.matches_code(REGISTRATION_SEAL, registration.id, code):
            raise CodeWrong
        if registration.made:
            return self._repeat(registration, registration.made, device, idempotency_key)
        return self._make(registration, handle, device, idempotency_key)

    def _make(
        self,
        registration: Registration,
        handle: str | None,
        device: Device,
        idempotency_key: str | None,
    ) -> SignedIn:
        user = User(
            id=UserId(same_ulid(registration.id, USER_ID_PREFIX)),
            email=registration.email,
            handle=normal_handle(handle) if handle else registration.handle,
            display_name=registration.display_name,
            created_at=self._clock(),
        )
        session, answer = self._sessions.prepare(
            user,
            method=METHOD,
            device=device,
            session_id=_first_session(user.id),
            root=self._first_root(user.id, idempotency_key),
        )
        made = self._pending.finish_registration(
            registration, user.id, verify_key=_digest(idempotency_key)
        )
        login = Login(user=user, password_hash=registration.password_hash)
        try:
            self._repository.create_account(login, session, more=[made])
        except TransactionRefused as refused:
            # The same request, sent twice at once, was first.
            raise RegistrationOver from refused
        return answer

    def _repeat(
        self,
        registration: Registration,
        user_id: UserId,
        device: Device,
        idempotency_key: str | None,
    ) -> SignedIn:
        """The answer to the request that made the account, whose client lost it."""
        first = _first_session(user_id)
        user = self._repository.user(user_id, consistent=True)
        kept = self._repository.session(user_id, first)
        if (
            idempotency_key is None
            or registration.verify_key != _digest(idempotency_key)
            or user is None
            or kept is None
            or not kept.is_unused(self._clock())
        ):
            raise RegistrationOver
        _, answer = self._sessions.prepare(
            user,
            method=METHOD,
            device=device,
            session_id=first,
            root=self._first_root(user_id, idempotency_key),
        )
        return answer

    def _is_same(self, kept: Registration, wanted: Registration, password: str) -> bool:
        """Whether a registration under the same key says the same; one that is over says nothing.

        Its account's password may have changed since; nobody compares with that.
        """
        if kept.made:
            return True
        return (kept.handle, kept.display_name) == (wanted.handle, wanted.display_name) and (
            self._passwords.matches(password, kept.password_hash)
        )

    def _opened(self, token: str) -> str:
        try:
            return self._sealer.open_token(REGISTRATION_SEAL, token)
        except SealBroken as error:
            raise RegistrationOver from error

    def _first_root(self, user_id: UserId, idempotency_key: str | None) -> str:
        if idempotency_key is None:
            return self._new_root()
        return self._refresh.root_for(_first_session(user_id), idempotency_key)


def _first_session(user_id: UserId) -> SessionId:
    """The id of the session that an account is made with: the account's own ULID."""
    return SessionId(same_ulid(user_id, SESSION_ID_PREFIX))


def _digest(idempotency_key: str | None) -> str | None:
    return hashlib.sha256(idempotency_key.encode()).hexdigest() if idempotency_key else None
