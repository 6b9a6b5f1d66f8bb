"""Who acts, as the audit log names them: the caller, the request, the network it came from."""

from typing import Annotated

from fastapi import Depends, Request

from api.limits import by_address
from api.security import TokenMissing, principal_of
from socialflow.identity.staff.audit import Actor
from socialflow.platform.correlation import correlation_id
from socialflow.platform.principal import Principal


def actor_of(request: Request, caller: Principal) -> Actor:
    """The signed-in caller of a request."""
    return Actor(id=caller.user_id, request_id=correlation_id(), address=by_address(request))


async def _acting(request: Request) -> Actor:
    """Beside whatever a route declares of who may call; declares nothing itself."""
    principal = principal_of(request)
    if principal is None:
        raise TokenMissing("Sign in first: this needs an `Authorization: Bearer` access token.")
    return actor_of(request, principal)


Acting = Annotated[Actor, Depends(_acting)]
