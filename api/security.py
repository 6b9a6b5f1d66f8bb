"""Who may call a route: declared on each, checked here, read back by the access-matrix test.

async def show_me(caller: Caller) -> Me: ...          signed in
async def show_video(viewer: Viewer, …) -> Video: ...  anyone; who it is, if they say
@router.get("/v1/health", dependencies=[ANYONE])       anyone; nobody asks who
Depends(Access("moderator", roles={"moderator"}))      one of the roles
"""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from socialflow.platform.errors import Forbidden, Unauthenticated
from socialflow.platform.principal import Principal

MAX_TOKEN_CHARACTERS = 4096


class TokenMissing(Unauthenticated):
    """The route needs a signed-in caller and no bearer token came."""

    code = "token_missing"


class RoleMissing(Forbidden):
    """The caller is signed in without a role that the route asks for."""

    code = "role_missing"


class Access(HTTPBearer):
    """A declaration of who may call, as a dependency that yields the `Principal`.

    `optional` routes answer everybody and know the caller where a token comes; a token that
    does not verify is refused even there, so that a client learns that its session is over.
    """

    def __init__(
        self, name: str, *, optional: bool = False, roles: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(bearerFormat="JWT", scheme_name="accessToken", auto_error=False)
        self.name = name
        self.optional = optional
        self.roles = roles

    async def __call__(self, request: Request) -> Principal | None:  # type: ignore[override]
        principal = principal_of(request)
        if principal is None and not self.optional:
            raise TokenMissing("Sign in first: this needs an `Authorization: Bearer` access token.")
        if self.roles and (principal is None or not self.roles & principal.roles):
            raise RoleMissing(f"This needs the role {' or '.join(sorted(self.roles))}.")
        return principal


class Anyone:
    """A declaration that nobody asks who calls."""

    name = "anyone"
    optional = False
    roles: frozenset[str] = frozenset()

    async def __call__(self) -> None:
        return None


SIGNED_IN = Access("signed_in")
OPTIONAL = Access("optional", optional=True)
ANYONE = Depends(Anyone())

Caller = Annotated[Principal, Depends(SIGNED_IN)]
Viewer = Annotated[Principal | None, Depends(OPTIONAL)]


def principal_of(request: Request) -> Principal | None:
    """Who calls, verified once a request; None without a token. Raises `Unauthenticated`."""
    state = request.state
    if not hasattr(state, "principal"):
        state.principal = _verified(request)
    found: Principal | None = state.principal
    return found


def _verified(request: Request) -> Principal | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN_CHARACTERS:
        raise TokenMissing("The Authorization header must be `Bearer` and an access token.")
    from socialflow.identity import facade

    return facade.access_tokens().verify(token.strip())


def access_of(route: APIRoute) -> Access | Anyone:
    """The declaration on a route; raises `LookupError` where there is none."""
    declared = [
        dependency.call
        for dependency in _flattened(route.dependant)
        if isinstance(dependency.call, Access | Anyone)
    ]
    if len(declared) != 1:
        raise LookupError(f"{route.path}: {len(declared)} access declarations; it needs one.")
    return declared[0]


def _flattened(dependant: Any) -> list[Any]:
    return [
        found
        for dependency in dependant.dependencies
        for found in (dependency, *_flattened(dependency))
    ]
