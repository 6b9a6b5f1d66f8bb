"""How often one may register, sign in, refresh, and set passwords and addresses.

Signing in is counted where the password is looked at (socialflow/identity/accounts/limits.py), by
account, network and device together: guessing is slowed without locking an owner out. A refresh
counts against its session, in the session's own item, and only if the token is genuine: nobody
can use up what is a stranger's.
"""

from fastapi import Depends, Request

from api.limits import by_address, by_caller, limited
from socialflow.identity import wiring
from socialflow.identity.accounts.limits import LOG_IN
from socialflow.identity.sessions.sessions import REFRESH
from socialflow.platform.rate_limits import RatePolicy, RateState

REGISTER = RatePolicy("register", limit=100, window_seconds=3600)
VERIFY = RatePolicy("register-verify", limit=300, window_seconds=3600)
RESEND = RatePolicy("register-resend", limit=60, window_seconds=3600)
FORGOT = RatePolicy("password-forgot", limit=60, window_seconds=3600)
RESET = RatePolicy("password-reset", limit=60, window_seconds=3600)
PASSWORD = RatePolicy("password", limit=20, window_seconds=3600)
EMAIL = RatePolicy("email", limit=10, window_seconds=3600)
EMAIL_CODE = RatePolicy("email-code", limit=30, window_seconds=3600)
LOG_OUT = RatePolicy("logout", limit=60, window_seconds=300)
END_SESSION = RatePolicy("end-session", limit=60, window_seconds=300)

REGISTER_LIMIT = limited(REGISTER, wiring.rate_limiter, by=by_address)
VERIFY_LIMIT = limited(VERIFY, wiring.rate_limiter, by=by_address)
RESEND_LIMIT = limited(RESEND, wiring.rate_limiter, by=by_address)
FORGOT_LIMIT = limited(FORGOT, wiring.rate_limiter, by=by_address)
RESET_LIMIT = limited(RESET, wiring.rate_limiter, by=by_address)
PASSWORD_LIMIT = limited(PASSWORD, wiring.rate_limiter, by=by_caller)
EMAIL_LIMIT = limited(EMAIL, wiring.rate_limiter, by=by_caller)
EMAIL_CODE_LIMIT = limited(EMAIL_CODE, wiring.rate_limiter, by=by_caller)
log_out_limit = limited(LOG_OUT, wiring.rate_limiter, by=by_caller)
end_session_limit = limited(END_SESSION, wiring.rate_limiter, by=by_caller)


async def _counted_by_signing_in(request: Request) -> None:
    """`SigningIn.log_in` counts: only there is known whose device it is."""
    request.state.rates.append(RateState(LOG_IN, None, 0))


async def _counted_by_the_session() -> None:
    """`Sessions.refresh` counts: the session's item is read and written anyway."""


_counted_by_signing_in.policy = LOG_IN  # type: ignore[attr-defined]  # as `limited` marks its own
_counted_by_the_session.policy = REFRESH  # type: ignore[attr-defined]

SIGN_IN_LIMIT = Depends(_counted_by_signing_in)
MARKED_REFRESH = Depends(_counted_by_the_session)
