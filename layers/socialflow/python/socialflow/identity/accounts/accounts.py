"""Accounts: registering one, logging in to it, and seeing one's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from socialflow.identity import keys
from socialflow.identity.errors import (
    AccessTokenInvalid,
    EmailInvalid,
    EmailTaken,
    LoginRefused,
)
from socialflow.identity.models import (
    User,
    clean_display_name,
    normal_email,
    normal_handle,
)
from socialflow.identity.passwords.hashing import Passwords, checked_password
from socialflow.identity.records import Login
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sessions.sessions import Device, Sessions, SignedIn
from socialflow.identity.tokens.refresh_tokens import RefreshTokens, RootFactory, new_root
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.idempotency import KEEP, KeyReused, id_from_seed
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import (
    SESSION_ID_PREFIX,
    USER_ID_PREFIX,
    Principal,
    SessionId,
    UserId,
)

REPEATS_KEPT: timedelta = KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What a person says to register, as they typed it."""

    email: str
    password: str
    handle: str
    display_name: str


class Accounts:
    """Use cases of accounts with an e-mail address and a password."""

    def __init__(
        self,
        repository: IdentityRepository,
        *,
        sessions: Sessions,
        passwords: Passwords,
        refresh: RefreshTokens,
        clock: Clock,
        new_id: IdFactory,
        new_root: RootFactory = new_root,
    ) -> None:
        self._repository = repository
        self._sessions = sessions
        self._passwords = passwords
        self._refresh = refresh
        self._clock = clock
        self._new_id = new_id
        self._new_root = new_root

    def register(
        self, new: NewAccount, *, device: Device, idempotency_key: str | None = None
    ) -> SignedIn:
        """Makes the account and its first session in one transaction.

        With an `idempotency_key`, the same request again within 24 hours gets the same session
        and the same refresh token, without either being kept anywhere: they are derived from
        the key. Raises a `Malformed` of `errors` for what was typed, `EmailTaken`,
        `HandleTaken`, or `KeyReused`.
        """
        email, handle = normal_email(new.email), normal_handle(new.handle)
        display_name = clean_display_name(new.display_name)
        about = (email, email.partition("@")[0], handle, display_name.casefold())
        password = checked_password(new.password, about=about)
        user = User(
            id=UserId(self._new_id(USER_ID_PREFIX)),
            email=email,
            handle=handle,
            display_name=display_name,
            created_at=self._clock(),
        )
        session_id = _first_session(user.id)
        session, answer = self._sessions.prepare(
            user,
            method="password",
            device=device,
            session_id=session_id,
            root=self._first_root(session_id, idempotency_key),
        )
        login = Login(
            user=user,
            password_hash=self._passwords.hash(password),
            registration_key=_digest(idempotency_key),
        )
        try:
            self._repository.create_account(login, session)
        except EmailTaken:
            repeated = self._repeat(user, password, device=device, idempotency_key=idempotency_key)
            if repeated is None:
                raise
            return repeated
        return answer

    def log_in(self, *, email: str, password: str, device: Device) -> SignedIn:
        """Opens a session. One read, the hash, and one transaction.

        Raises `LoginRefused` alike, and at the same cost, for an unknown address and for a
        wrong password.
        """
        login = self._verified(email, password)
        verified = login.password_hash or ""
        rehashed = self._passwords.hash(password) if self._passwords.is_outdated(verified) else None
        try:
            return self._open(login, rehashed, device)
        except TransactionRefused:
            # Another log-in made a stronger hash, or the password is a new one: look again which.
            return self._open(self._verified(email, password), None, device)

    def _open(self, login: Login, rehashed: str | None, device: Device) -> SignedIn:
        """A session, on condition that the password that was verified still holds."""
        write = Write(
            key=keys.login_key(login.user.email or ""),
            set={"password_hash": rehashed} if rehashed else {},
            check=rehashed is None,
            condition="#password_hash = :verified",
            values={"verified": login.password_hash},
        )
        return self._sessions.open(login.user, method="password", device=device, more=[write])

    def me(self, principal: Principal) -> User:
        """The caller's own account; raises `AccessTokenInvalid` where it is gone."""
        user = self._repository.user(principal.user_id)
        if user is None:
            raise AccessTokenInvalid("This account is gone.")
        return user

    def _verified(self, email: str, password: str) -> Login:
        try:
            login = self._repository.login(normal_email(email))
        except EmailInvalid:
            login = None
        matches = self._passwords.matches(password, login.password_hash if login else None)
        if login is None or not matches:
            raise LoginRefused
        return login

    def _repeat(
        self, wanted: User, password: str, *, device: Device, idempotency_key: str | None
    ) -> SignedIn | None:
        """The answer to a registration that was done before, None where this is not one."""
        login = self._repository.login(wanted.email or "")
        if (
            idempotency_key is None
            or login is None
            or login.registration_key != _digest(idempotency_key)
            or self._clock() - login.user.created_at > REPEATS_KEPT
        ):
            return None
        user = login.user
        if (user.handle, user.display_name) != (wanted.handle, wanted.display_name) or (
            not self._passwords.matches(password, login.password_hash)
        ):
            raise KeyReused("This Idempotency-Key came with another request; use a new key.")
        first = _first_session(user.id)
        root = self._first_root(first, idempotency_key)
        session, answer = self._sessions.prepare(
            user, method="password", device=device, session_id=first, root=root
        )
        kept = self._repository.session(user.id, first)
        if kept and kept.root_hash == session.root_hash and kept.is_unused(self._clock()):
            return answer
        # The first session has gone on or ended: this device gets one of its own.
        return self._sessions.open(user, method="password", device=device)

    def _first_root(self, session_id: SessionId, idempotency_key: str | None) -> str:
        if idempotency_key is None:
            return self._new_root()
        return self._refresh.root_for(session_id, idempotency_key)


def _first_session(user_id: UserId) -> SessionId:
    """The id of the session that an account is made with: the account's own ULID."""
    return SessionId(id_from_seed(user_id, SESSION_ID_PREFIX))


def _digest(idempotency_key: str | None) -> str | None:
    return hashlib.sha256(idempotency_key.encode()).hexdigest() if idempotency_key else None
