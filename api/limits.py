"""Rate limits on routes: `dependencies=[limited(policy, wiring.rate_limiter, by=by_caller)]`.

What is left is told by `RateLimit` and `RateLimit-Policy`, also on the refusal itself.
"""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, Request

from api.edge import network_of, viewer_address
from api.security import principal_of
from socialflow.platform.rate_limits import RateLimiter, RatePolicy


def limited(
    policy: RatePolicy, limiter: Callable[[], RateLimiter], *, by: Callable[[Request], str]
) -> Any:
    """A dependency that counts the request against `policy` for the subject that `by` names."""

    async def spend(request: Request) -> None:
        count(request, limiter(), policy, by(request))

    spend.policy = policy  # type: ignore[attr-defined]  # the documentation test reads it
    return Depends(spend)


def count(request: Request, limiter: RateLimiter, policy: RatePolicy, subject: str) -> None:
    """Counts the request for a subject that only the route knows; raises `RateLimited`.

    What a refusal leaves is told where it becomes a problem.
    """
    request.state.rates.append(limiter.spend(policy, subject))


def by_caller(request: Request) -> str:
    """Each account for itself; those who do not sign in, by their address."""
    principal = principal_of(request)
    return principal.user_id if principal else by_address(request)


def by_address(request: Request) -> str:
    """The address that sent the request, which it cannot choose; of IPv6 the network."""
    peer = request.client.host if request.client else "unknown"
    return network_of(viewer_address(request.headers.get("x-forwarded-for"), peer))
