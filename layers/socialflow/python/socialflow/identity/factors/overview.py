"""How an account can be entered, in one look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from socialflow.identity.errors import AccessTokenInvalid
from socialflow.identity.factors.repository import FactorRepository
from socialflow.platform.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpState:
    """The authenticator app of an account."""

    enabled: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Everything that opens an account. `email_verified` says that there is an address at all:
    none is kept that was not proven to be its owner's."""

    has_password: bool
    email_verified: bool
    totp: TotpState
    passkeys: int
    providers: tuple[str, ...]


class SecurityOverview:
    """Answers the signed-in owner of an account."""

    def __init__(self, factors: FactorRepository) -> None:
        self._factors = factors

    def of(self, principal: Principal) -> Security:
        """The caller's own; one read. Raises `AccessTokenInvalid` where the account is gone."""
        standing = self._factors.standing(principal.user_id)
        user, app, codes = standing.user, standing.app, standing.recovery
        if user is None:
            raise AccessTokenInvalid("This account is gone.")
        return Security(
            has_password=user.has_password,
            email_verified=user.email is not None,
            totp=TotpState(
                enabled=user.second_factor,
                confirmed_at=app.confirmed_at if app else None,
                recovery_codes_left=codes.left if codes else 0,
            ),
            passkeys=user.passkeys,
            providers=user.providers,
        )
