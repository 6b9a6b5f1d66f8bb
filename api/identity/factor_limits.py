"""How often codes may be tried, factors changed, and passkeys asked for.

Tries of codes are counted where they are judged (socialflow/identity/factors/tries.py): only there
is known whose they are, and which device sent them.
"""

from typing import Final

from fastapi import Depends, Request

from api.limits import by_address, by_caller, limited
from socialflow.identity import wiring
from socialflow.identity.factors.tries import CODE_TRIES, STEP_UP_TRIES
from socialflow.platform.rate_limits import RatePolicy, RateState

PASSKEY_OPTIONS: Final = RatePolicy("passkey-options", limit=60, window_seconds=300)
PASSKEY_SIGN_IN: Final = RatePolicy("passkey-sign-in", limit=30, window_seconds=300)
PASSKEY_CHANGES: Final = RatePolicy("passkey-changes", limit=60, window_seconds=3600)
FACTOR_CHANGES: Final = RatePolicy("factor-changes", limit=30, window_seconds=3600)

PASSKEY_OPTIONS_LIMIT = limited(PASSKEY_OPTIONS, wiring.rate_limiter, by=by_address)
PASSKEY_SIGN_IN_LIMIT = limited(PASSKEY_SIGN_IN, wiring.rate_limiter, by=by_address)
PASSKEY_CHANGES_LIMIT = limited(PASSKEY_CHANGES, wiring.rate_limiter, by=by_caller)
FACTOR_CHANGES_LIMIT = limited(FACTOR_CHANGES, wiring.rate_limiter, by=by_caller)


async def _counted_by_the_second_step(request: Request) -> None:
    """`SecondFactor.sign_in` counts."""
    request.state.rates.append(RateState(CODE_TRIES, None, 0))


async def _counted_by_step_up(request: Request) -> None:
    """`StepUp` counts."""
    request.state.rates.append(RateState(STEP_UP_TRIES, None, 0))


_counted_by_the_second_step.policy = CODE_TRIES  # type: ignore[attr-defined]  # as `limited` does
_counted_by_step_up.policy = STEP_UP_TRIES  # type: ignore[attr-defined]

CODE_LIMIT = Depends(_counted_by_the_second_step)
STEP_UP_LIMIT = Depends(_counted_by_step_up)
