"""An API of a few routes, one for each kind of declaration."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI

from api.identity.schemas import Tokens
from api.identity.transport import Transport
from api.problems import install_problem_handlers
from api.request_context import RequestContext
from api.security import RECENTLY, Access, Caller, Viewer
from socialflow.identity import wiring
from socialflow.platform.principal import Principal, UserId
from tests.unit.in_process import InProcess

Admin = Annotated[Principal, Depends(Access("admin", roles=frozenset({"admin"})))]
router = APIRouter()


@router.get("/watch")
@router.post("/watch")
async def watch(viewer: Viewer) -> str | None:
    return viewer.handle if viewer else None


@router.get("/act")
@router.post("/act")
async def act(caller: Caller) -> list[str]:
    return sorted(caller.roles)


@router.get("/administer")
@router.post("/administer")
async def administer(caller: Admin) -> list[str]:
    return sorted(caller.roles)


@router.post("/v1/auth/enter")
async def enter(user_id: str, transport: Transport) -> Tokens:
    """Every way of signing in ends like this."""
    user = wiring.repository().user(UserId(user_id))
    assert user
    signed_in = wiring.sessions().open(user, method="password", device=transport.device())
    return transport.tokens(signed_in)


@router.post("/sensitive", dependencies=[RECENTLY])
async def sensitive(caller: Caller) -> str:
    return caller.handle


def small_api() -> InProcess:
    app = FastAPI()
    app.include_router(router)
    install_problem_handlers(app)
    app.add_middleware(RequestContext)
    return InProcess(app)
