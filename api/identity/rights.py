"""One's own data: a copy of all of it, and the deletion of the account."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Path, Response

from api.idempotent import OnceRequest, once
from api.identity.acting import Acting
from api.identity.rights_schemas import Deletion, Export, ExportPage, Link
from api.limits import by_caller, limited
from api.paging import Cursor, Limit, cursor_for, position_of
from api.routing import context_router
from api.security import RECENTLY, Caller
from socialflow.identity import rights_wiring, wiring
from socialflow.identity.rights.models import EXPORT_ID_PREFIX
from socialflow.platform.ids import id_pattern
from socialflow.platform.rate_limits import RatePolicy

EXPORTS: Final = RatePolicy("export", limit=20, window_seconds=3600)
LINKS: Final = RatePolicy("export-link", limit=60, window_seconds=3600)
DELETIONS: Final = RatePolicy("account-deletion", limit=20, window_seconds=3600)

_EXPORTS: Final = limited(EXPORTS, wiring.rate_limiter, by=by_caller)
_LINKS: Final = limited(LINKS, wiring.rate_limiter, by=by_caller)
_DELETIONS: Final = limited(DELETIONS, wiring.rate_limiter, by=by_caller)

Once = Annotated[OnceRequest, Depends(once(rights_wiring.idempotency))]
ExportIdPath = Annotated[str, Path(pattern=id_pattern(EXPORT_ID_PREFIX))]

router = context_router("identity")


@router.post(
    "/v1/me/exports",
    status_code=202,
    response_model=Export,
    dependencies=[RECENTLY, _EXPORTS],
)
async def request_export(caller: Caller, actor: Acting, once: Once) -> Response:
    """Asks for a copy of everything that is known of the caller, once a day.

    It takes some minutes; a mail says when it is ready. It can be fetched for a week.
    """

    def requested(seed: str) -> Export:
        return Export.of(rights_wiring.exports().request(caller.user_id, seed=seed, actor=actor))

    return once.answer(202, requested)


@router.get("/v1/me/exports")
async def list_my_exports(caller: Caller, cursor: Cursor = None, limit: Limit = 20) -> ExportPage:
    """The caller's exports of the last month, newest first."""
    views, position = rights_wiring.exports().list(
        caller.user_id, after=position_of(cursor), limit=limit
    )
    return ExportPage(items=[Export.of(view) for view in views], next_cursor=cursor_for(position))


@router.get("/v1/me/exports/{export_id}")
async def show_my_export(export_id: ExportIdPath, caller: Caller) -> Export:
    """How far an export has come."""
    return Export.of(rights_wiring.exports().show(caller.user_id, export_id))


@router.post("/v1/me/exports/{export_id}/link", dependencies=[RECENTLY, _LINKS])
async def link_my_export(
    export_id: ExportIdPath, caller: Caller, actor: Acting, response: Response
) -> Link:
    """An address of the archive, good for a quarter of an hour to whoever has it."""
    response.headers["Cache-Control"] = "no-store"
    return Link.of(rights_wiring.exports().link(caller.user_id, export_id, actor=actor))


@router.post("/v1/me/deletion", status_code=202, dependencies=[RECENTLY, _DELETIONS])
async def request_deletion(caller: Caller, actor: Acting) -> Deletion:
    """Has the account deleted in 30 days, and ends all its sessions now, this one too.

    Until then signing in still works, and the account can be kept. Its handle leads to nobody
    meanwhile. Asked again, the first time stands.
    """
    return Deletion.at(rights_wiring.deletions().request(caller.user_id, actor=actor))


@router.delete("/v1/me/deletion", status_code=204, dependencies=[_DELETIONS])
async def cancel_deletion(caller: Caller, actor: Acting) -> None:
    """Keeps the account. Nothing where no deletion was asked for."""
    rights_wiring.deletions().cancel(caller.user_id, actor=actor)
