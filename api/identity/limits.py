"""How often one may register, log in and refresh.

Logging in counts per address of the account and of the caller together: guessing at one account
is slowed without locking its owner out from elsewhere. A refresh counts against its session, and
only if the token is genuine: nobody can use up what is a stranger's.
"""

from typing import Annotated

from fastapi import Depends, Request

from api.identity.schemas import LoginBody, RefreshBody
from api.limits import by_address, by_caller, count, limited
from socialflow.identity import wiring
from socialflow.platform.rate_limits import RatePolicy

REGISTER = RatePolicy("register", limit=100, window_seconds=3600)
LOG_IN = RatePolicy("login", limit=10, window_seconds=300)
REFRESH = RatePolicy("refresh", limit=60, window_seconds=300)
LOG_OUT = RatePolicy("logout", limit=60, window_seconds=300)

register_limit = limited(REGISTER, wiring.rate_limiter, by=by_address)
log_out_limit = limited(LOG_OUT, wiring.rate_limiter, by=by_caller)


async def _limited_login(request: Request, body: LoginBody) -> LoginBody:
    account = body.email.strip().casefold()
    count(request, wiring.rate_limiter(), LOG_IN, f"{account}\n{by_address(request)}")
    return body


async def _limited_refresh(request: Request, body: RefreshBody) -> RefreshBody:
    session_id = wiring.sessions().subject_of(body.refresh_token)
    count(request, wiring.rate_limiter(), REFRESH, session_id)
    return body


_limited_login.policy = LOG_IN  # type: ignore[attr-defined]  # as `limited` marks its own
_limited_refresh.policy = REFRESH  # type: ignore[attr-defined]

LimitedLogin = Annotated[LoginBody, Depends(_limited_login)]
LimitedRefresh = Annotated[RefreshBody, Depends(_limited_refresh)]
