"""Sessions: what a device holds between sign-in and sign-out.

A session moves from one refresh token to the next by one conditional write:

    phone ── refresh(3) ──▶ 3 → 4 ──▶ token 4 ──✗ answer lost
    phone ── refresh(3) ──▶ at 4, just now, same device ──▶ token 4 again
    phone ── refresh(4) ──▶ 4 → 5 ──▶ token 5
    thief ── refresh(3) ──▶ at 5: a spent token came back ──▶ the session ends
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from socialflow.identity.errors import RefreshTokenInvalid, RefreshTokenReused
from socialflow.identity.models import (
    SESSION_IDLE,
    SESSION_LIFETIME,
    Session,
    User,
    clean_device,
)
from socialflow.identity.repository import EndReason, IdentityRepository, RotationRefused
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What signs in: what the client calls itself, the network that it calls from, and the
    device token that it was given before (None where it has none)."""

    name: str
    address: str = ""
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a client gets when it signs in or refreshes."""

    user: User
    access_token: str
    refresh_token: str
    expires_in_seconds: int


class Sessions:
    """Opens, refreshes and ends sessions."""

    def __init__(
        self,
        repository: IdentityRepository,
        *,
        access: AccessTokenIssuer,
        refresh: RefreshTokens,
        clock: Clock,
        new_id: IdFactory,
        new_root: RootFactory = new_root,
    ) -> None:
        self._repository = repository
        self._access = access
        self._refresh = refresh
        self._clock = clock
        self._new_id = new_id
        self._new_root = new_root

    def open(
        self, user: User, *, method: str, device: Device, more: Sequence[Write] = ()
    ) -> SignedIn:
        """Opens a session for an account whose owner has proven who they are by `method`.

        `more` are that method's own conditions and changes, in the same transaction. Raises
        `SignInOutdated`, or `TransactionRefused` with positions in `more`.
        """
        session, answer = self.prepare(user, method=method, device=device)
        self._repository.open_session(session, more=more)
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
        now = self._clock()
        session = Session(
            id=session_id,
            user_id=user.id,
            root_hash=token.root_hash,
            generation=0,
            device=clean_device(device.name),
            address=device.address,
            method=method,
            epoch=user.sessions_epoch,
            verified_at=now,
            created_at=now,
            rotated_at=now,
            expires_at=now + SESSION_IDLE,
            ends_by=now + SESSION_LIFETIME,
        )
        return session, self._answer(user, token)

    def refresh(self, text: str, *, device: Device) -> SignedIn:
        """Exchanges a refresh token for the next one and a new access token.

        Raises `RefreshTokenInvalid`, or `RefreshTokenReused` having ended the session. One write
        and one read; the answer to a repeat within `REFRESH_GRACE` is the same refresh token.
        """
        token = self._refresh.open(text)
        self._move_on(token, device=clean_device(device.name))
        user = self._repository.user(token.user_id)
        if user is None:
            raise RefreshTokenInvalid
        return self._answer(user, token.successor())

    def subject_of(self, text: str) -> SessionId:
        """Whose rate limit a refresh counts against; raises `RefreshTokenInvalid`. No I/O."""
        return self._refresh.open(text).session_id

    def end(self, principal: Principal) -> None:
        """Ends the caller's own session; again is fine."""
        self._repository.end_session(
            principal.user_id,
            principal.session_id,
            reason=EndReason.LOGGED_OUT,
            now=self._clock(),
        )

    def _move_on(self, token: RefreshToken, *, device: str) -> None:
        now = self._clock()
        try:
            self._repository.rotate(
                token.user_id,
                token.session_id,
                root_hash=token.root_hash,
                generation=token.generation,
                now=now,
            )
        except RotationRefused as refused:
            session = refused.session
            if session is None or session.root_hash != token.root_hash:
                raise RefreshTokenInvalid from refused
            if not session.is_open(now) or token.generation > session.generation:
                raise RefreshTokenInvalid from refused
            if session.forgives(token.generation, device=device, now=now):
                return
            self._repository.end_session(
                token.user_id,
                token.session_id,
                reason=EndReason.REFRESH_TOKEN_REUSED,
                now=now,
            )
            raise RefreshTokenReused(
                "This refresh token was used before; for safety the session has ended. Log in "
                "again."
            ) from refused

    def _answer(self, user: User, token: RefreshToken) -> SignedIn:
        return SignedIn(
            user=user,
            access_token=self._access.issue(user, token.session_id),
            refresh_token=self._refresh.seal(token),
            expires_in_seconds=int(LIFETIME.total_seconds()),
        )
