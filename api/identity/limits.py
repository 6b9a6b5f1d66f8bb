"""How often one may register, log in and refresh.

Logging in counts per address of the account and of the caller together: guessing at one account
is slowed without locking its owner out from elsewhere. A refresh counts against its session, in
the session's own item, and only if the token is genuine: nobody can use up what is a stranger's.
"""

from typing import Annotated

from fastapi import Depends, Request

from api.identity.schemas import LoginBody
from api.limits import by_address, by_caller, count, limited
from socialflow.identity import wiring
from socialflow.identity.sessions.sessions import REFRESH
from socialflow.platform.rate_limits import RatePolicy

REGISTER = RatePolicy("register", limit=100, window_seconds=3600)
LOG_IN = RatePolicy("login", limit=10, window_seconds=300)
LOG_OUT = RatePolicy("logout", limit=60, window_seconds=300)
END_SESSION = RatePolicy("end-session", limit=60, window_seconds=300)

register_limit = limited(REGISTER, wiring.rate_limiter, by=by_address)
log_out_limit = limited(LOG_OUT, wiring.rate_limiter, by=by_caller)
end_session_limit = limited(END_SESSION, wiring.rate_limiter, by=by_caller)


async def _limited_login(request: Request, body: LoginBody) -> LoginBody:
    account = body.email.strip().casefold()
    count(request, wiring.rate_limiter(), LOG_IN, f"{account}\n{by_address(request)}")
    return body


async def _counted_by_the_session() -> None:
    """`Sessions.refresh` counts: the session's item is read and written anyway."""


_limited_login.policy = LOG_IN  # type: ignore[attr-defined]  # as `limited` marks its own
_counted_by_the_session.policy = REFRESH  # type: ignore[attr-defined]

LimitedLogin = Annotated[LoginBody, Depends(_limited_login)]
MARKED_REFRESH = Depends(_counted_by_the_session)
