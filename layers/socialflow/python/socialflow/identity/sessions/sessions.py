"""Sessions: what a device holds between sign-in and sign-out.

A session moves from one refresh token to the next by one conditional write:

    phone ── refresh(3) ──▶ 3 → 4 ──▶ token 4 ──✗ answer lost
    phone ── refresh(3) ──▶ at 4, just now, same device ──▶ token 4 again
    phone ── refresh(4) ──▶ 4 → 5 ──▶ token 5
    thief ── refresh(3) ──▶ at 5: a spent token came back ──▶ the session ends

A session is opened anew by every sign-in, with an id and a secret of its own: nothing that a
client sends ever becomes either of them.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from socialflow.identity.errors import RefreshTokenInvalid, RefreshTokenReused, SessionEnded
from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, notice
from socialflow.identity.models import User
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sessions.devices import Devices, KnownDevice
from socialflow.identity.sessions.models import (
    SESSION_IDLE,
    SESSION_LIFETIME,
    Session,
    clean_device,
)
from socialflow.identity.sessions.reuse import reuse_writes
from socialflow.identity.sessions.session_repository import (
    EndReason,
    RotationRefused,
    SessionRepository,
)
from socialflow.identity.tokens.access_token_issuer import AccessTokenIssuer
from socialflow.identity.tokens.access_tokens import LIFETIME
from socialflow.identity.tokens.refresh_tokens import (
    RefreshToken,
    RefreshTokens,
    RootFactory,
    new_root,
)
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import Write
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import SESSION_ID_PREFIX, Principal, SessionId
from socialflow.platform.rate_limits import RateLimited, RatePolicy, RateState

# A client refreshes every 15 minutes; more often only where it starts again and again.
REFRESH: Final = RatePolicy("refresh", limit=60, window_seconds=300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What signs in: what the client calls itself, the network that it calls from, and the
    device token that it was given before (None where it has none)."""

    name: str
    address: str = ""
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a client gets when it signs in or refreshes; a device token only when it signs in.

    `rate` is what is left of the limit on refreshing.
    """

    user: User
    access_token: str
    refresh_token: str
    expires_in_seconds: int
    device_token: str | None = None
    rate: RateState | None = None


class Sessions:
    """Opens, refreshes and ends sessions."""

    def __init__(
        self,
        repository: IdentityRepository,
        sessions: SessionRepository,
        *,
        access: AccessTokenIssuer,
        refresh: RefreshTokens,
        devices: Devices,
        clock: Clock,
        new_id: IdFactory,
        new_root: RootFactory = new_root,
    ) -> None:
        self._repository = repository
        self._sessions = sessions
        self._access = access
        self._refresh = refresh
        self._devices = devices
        self._clock = clock
        self._new_id = new_id
        self._new_root = new_root

    def open(
        self, user: User, *, method: str, device: Device, more: Sequence[Write] = ()
    ) -> SignedIn:
        """Opens a session for an account whose owner has proven who they are by `method`.

        `more` are that method's own conditions and changes, in the same transaction, as is a
        notice to the owner where the account does not know the device. Raises `SignInOutdated`,
        or `TransactionRefused` with positions in `more`.
        """
        session, answer = self.prepare(user, method=method, device=device)
        known = self._devices.read(device.token)
        writes = list(more)
        if user.email and not (known and known.knows(user.id)):
            details = {"device": session.device, "address": session.address, "method": method}
            told = notice(user, Notice.NEW_DEVICE, details, id=self._new_id(MAIL_ID_PREFIX))
            writes.append(told)
        self._repository.open_session(session, more=writes)
        return answer

    def prepare(
        self,
        user: User,
        *,
        method: str,
        device: Device,
        session_id: SessionId | None = None,
        root: str | None = None,
    ) -> tuple[Session, SignedIn]:
        """A new session, not yet kept, and what its client gets once it is.

        Signing comes first, so that a failure to sign leaves no session behind.
        """
        session_id = session_id or SessionId(self._new_id(SESSION_ID_PREFIX))
        token = RefreshToken(
            user_id=user.id,
            session_id=session_id,
            generation=0,
            root=root or self._new_root(),
        )
        known = self._devices.of(device.token)
        now = self._clock()
        session = Session(
            id=session_id,
            user_id=user.id,
            root_hash=token.root_hash,
            generation=0,
            device=clean_device(device.name),
            device_id=known.id,
            address=device.address,
            method=method,
            epoch=user.sessions_epoch,
            verified_at=now,
            created_at=now,
            rotated_at=now,
            expires_at=now + SESSION_IDLE,
            ends_by=now + SESSION_LIFETIME,
        )
        return session, self._answer(user, token, known=known)

    def refresh(self, text: str, *, device: Device) -> SignedIn:
        """Exchanges a refresh token for the next one and a new access token.

        Raises `RefreshTokenInvalid`, `RateLimited`, or `RefreshTokenReused` having ended the
        session. One read and one write; the answer to a repeat within `REFRESH_GRACE` is the same
        refresh token. A forged token costs nothing.
        """
        token = self._refresh.open(text)
        session, user = self._sessions.with_user(token.user_id, token.session_id)
        if user is None:
            raise RefreshTokenInvalid
        session, rate = self._checked(session, user, token), None
        if token.generation == session.generation:
            rate = self._rate(session)
            try:
                self._sessions.rotate(session, self._rotated(session, device))
            except RotationRefused as refused:
                # Another request with the same token was first.
                session = self._checked(refused.session, user, token)
        if token.generation < session.generation:
            self._forgive(session, token, user, device)
        return self._answer(user, token.successor(), rate=rate)

    def subject_of(self, text: str) -> SessionId:
        """The session that a genuine refresh token is of; raises `RefreshTokenInvalid`. No I/O."""
        return self._refresh.open(text).session_id

    def end(self, principal: Principal) -> None:
        """Ends the caller's own session; again is fine."""
        self._sessions.end(
            principal.user_id,
            principal.session_id,
            reason=EndReason.LOGGED_OUT,
            now=self._clock(),
        )

    def end_of(self, text: str) -> None:
        """Ends the session of a genuine refresh token, spent or not; nothing for other texts."""
        try:
            token = self._refresh.open(text)
        except RefreshTokenInvalid:
            return
        session, _ = self._sessions.with_user(token.user_id, token.session_id)
        if session and hmac.compare_digest(session.root_hash, token.root_hash):
            self._sessions.end(
                session.user_id, session.id, reason=EndReason.LOGGED_OUT, now=self._clock()
            )

    def verified(self, principal: Principal, *, more: Sequence[Write] = ()) -> None:
        """Notes that the caller proved who they are once more, together with `more`.

        Raises `SessionEnded`, or `TransactionRefused` with positions in `more`.
        """
        noted = self._sessions.verify(
            principal.user_id, principal.session_id, now=self._clock(), more=more
        )
        if not noted:
            raise SessionEnded

    def _checked(self, session: Session | None, user: User, token: RefreshToken) -> Session:
        """The session, if the token is one of its; raises `RefreshTokenInvalid`."""
        if (
            session is None
            or not hmac.compare_digest(session.root_hash, token.root_hash)
            or not session.is_of(user)
            or not session.is_open(self._clock())
            or token.generation > session.generation
        ):
            raise RefreshTokenInvalid
        return session

    def _rate(self, session: Session) -> RateState:
        now = self._clock()
        spent = session.refreshes_in(_window(now.timestamp()))
        reset_seconds = REFRESH.reset_seconds(now)
        if spent >= REFRESH.limit:
            raise RateLimited(RateState(REFRESH, 0, reset_seconds))
        return RateState(REFRESH, REFRESH.limit - spent - 1, reset_seconds)

    def _rotated(self, session: Session, device: Device) -> Session:
        now = self._clock()
        return session.rotated(now=now, address=device.address, window=_window(now.timestamp()))

    def _forgive(self, session: Session, token: RefreshToken, user: User, device: Device) -> None:
        """Lets a repeat pass; else ends the session, tells its owner, and raises."""
        now, name = self._clock(), clean_device(device.name)
        if session.forgives(token.generation, device=name, now=now):
            return
        told = reuse_writes(
            session, user, device=name, address=device.address, now=now, new_id=self._new_id
        )
        self._sessions.end(
            user.id, session.id, reason=EndReason.REFRESH_TOKEN_REUSED, now=now, more=told
        )
        raise RefreshTokenReused(
            "This refresh token was used before; for safety the session has ended. Log in again."
        )

    def _answer(
        self,
        user: User,
        token: RefreshToken,
        *,
        known: KnownDevice | None = None,
        rate: RateState | None = None,
    ) -> SignedIn:
        names = (user.id, user.email) if user.email else (user.id,)
        return SignedIn(
            user=user,
            access_token=self._access.issue(user, token.session_id),
            refresh_token=self._refresh.seal(token),
            expires_in_seconds=int(LIFETIME.total_seconds()),
            device_token=self._devices.token(known.signed_in(*names)) if known else None,
            rate=rate,
        )


def _window(seconds: float) -> int:
    return int(seconds) // REFRESH.window_seconds
