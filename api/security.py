"""Who may call a route: declared on each, checked here, read back by the access-matrix test.

async def show_me(caller: Caller) -> Me: ...          signed in
async def show_video(viewer: Viewer, …) -> Video: ...  anyone; who it is, if they say
@router.get("/v1/health", dependencies=[ANYONE])       anyone; nobody asks who
Depends(Access("moderator", roles={"moderator"}))      one of the roles
@router.put("/v1/me/…", dependencies=[RECENTLY])       beside it: who proved it in ten minutes

An access token says who somebody was when it was signed. Whether the session behind it is still
open, and what its owner may act as, is asked of identity: for a read as it was in the last 45
seconds, for everything else as it is (socialflow/identity/sessions/states.py).
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from socialflow.platform.clock import utc_now
from socialflow.platform.errors import Forbidden, Unauthenticated
from socialflow.platform.principal import Principal

if TYPE_CHECKING:
    from socialflow.identity.facade import SessionState

MAX_TOKEN_CHARACTERS = 4096
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class TokenMissing(Unauthenticated):
    """The route needs a signed-in caller and no bearer token came."""

    code = "token_missing"


class RoleMissing(Forbidden):
    """The caller is signed in without a role that the route asks for."""

    code = "role_missing"


class StepUpRequired(Forbidden):
    """The act is sensitive and the caller proved who they are too long ago."""

    code = "step_up_required"

    def __init__(self, methods: tuple[str, ...]) -> None:
        super().__init__(
            "Prove once more that it is you (POST /v1/auth/step-up), or sign in again.",
            methods=list(methods),
        )


class Access(HTTPBearer):
    """A declaration of who may call, as a dependency that yields the `Principal` with the roles
    that they have now.

    `optional` routes answer everybody and know the caller where a token comes; a token that
    does not verify, or whose session is over, is refused even there, so that a client learns of
    it. `leaving` routes take a token of a session that is over as well.
    """

    def __init__(
        self,
        name: str,
        *,
        optional: bool = False,
        leaving: bool = False,
        roles: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(bearerFormat="JWT", scheme_name="accessToken", auto_error=False)
        self.name = name
        self.optional = optional
        self.leaving = leaving
        self.roles = roles

    async def __call__(self, request: Request) -> Principal | None:  # type: ignore[override]
        principal = principal_of(request)
        if principal is None and not self.optional:
            raise _nobody()
        if principal is not None and not self.leaving:
            principal = replace(principal, roles=_session_of(request, principal).roles)
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


class Recently:
    """A declaration beside `Access`: the caller proved who they are in the last ten minutes."""

    async def __call__(self, request: Request) -> None:
        principal = principal_of(request)
        if principal is None:
            raise _nobody()
        state = _session_of(request, principal)
        if not state.is_recent(utc_now()):
            raise StepUpRequired(state.methods)


SIGNED_IN = Access("signed_in")
OPTIONAL = Access("optional", optional=True)
LEAVING = Access("optional", optional=True, leaving=True)
ANYONE = Depends(Anyone())
RECENTLY = Depends(Recently())

Caller = Annotated[Principal, Depends(SIGNED_IN)]
Viewer = Annotated[Principal | None, Depends(OPTIONAL)]
Admin = Annotated[Principal, Depends(Access("admin", roles=frozenset({"admin"})))]


def principal_of(request: Request) -> Principal | None:
    """Whose token came, verified once a request; None without one. Raises `Unauthenticated`.

    That the session is open is `Access`'s to ask, and the roles are those of the token.
    """
    state = request.state
    if not hasattr(state, "principal"):
        state.principal = _verified(request)
    found: Principal | None = state.principal
    return found


def _session_of(request: Request, principal: Principal) -> "SessionState":
    """The caller's session, asked for once a request. Raises `SessionEnded`."""
    state = request.state
    if not hasattr(state, "session"):
        from socialflow.identity import facade

        fresh = request.method not in READING
        state.session = facade.session_states().check(principal, fresh=fresh)
    found: SessionState = state.session
    return found


def _nobody() -> TokenMissing:
    return TokenMissing("Sign in first: this needs an `Authorization: Bearer` access token.")


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
