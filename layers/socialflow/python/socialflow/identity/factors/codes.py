"""Whether a typed code proves anything, and the write that keeps it from proving it again."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from socialflow.identity.factors import recovery_codes, totp
from socialflow.identity.factors.records import App, RecoveryCodes, app_key, recovery_key
from socialflow.identity.factors.repository import Standing
from socialflow.identity.sealing.sealer import Sealer
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import Write

TOTP_PURPOSE = "totp"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentCode:
    """A good code. `write` spends it: of any number of transactions with it, one gets through.

    `left` is how many recovery codes are left then, None for a code of the app.
    """

    method: str
    write: Write
    left: int | None = None


class Codes:
    """Judges codes of authenticator apps and recovery codes against what an account has."""

    def __init__(self, sealer: Sealer, *, clock: Clock) -> None:
        self._sealer = sealer
        self._clock = clock

    def spending(self, standing: Standing, typed: str) -> SpentCode | None:
        """How the code is spent, None where it is not good. No I/O but the sealing keys."""
        if standing.app is None:
            return None
        code = totp.normal_code(typed)
        if code:
            return self._app_code(standing.app, code)
        code = recovery_codes.normal_code(typed)
        if code and standing.recovery:
            return _recovery_code(standing.recovery, code)
        return None

    def _app_code(self, app: App, code: str) -> SpentCode | None:
        secret = self._sealer.decrypt(TOTP_PURPOSE, app.user_id, app.sealed_secret)
        step = totp.accepted_step(secret, code, now=self._clock(), after=app.last_step)
        if step is None:
            return None
        spend = Write(
            key=app_key(app.user_id),
            set={"last_step": step},
            condition="#last_step < :step AND #sealed_secret = :sealed_secret",
            values={"step": step, "sealed_secret": app.sealed_secret},
        )
        return SpentCode(method="totp", write=spend)


def _recovery_code(codes: RecoveryCodes, code: str) -> SpentCode | None:
    hashed = recovery_codes.code_hash(codes.user_id, code)
    slots = [name for name, kept in codes.slots.items() if hmac.compare_digest(kept, hashed)]
    if not slots:
        return None
    spend = Write(
        key=recovery_key(codes.user_id),
        remove=(slots[0],),
        condition=f"#{slots[0]} = :hashed",
        values={"hashed": hashed},
    )
    return SpentCode(method="recovery_code", write=spend, left=codes.left - 1)
