"""The audit log, for admins."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query

from api.identity.staff_schemas import AuditEntryBody, AuditPageBody
from api.limits import by_caller, limited
from api.moments import Moment
from api.paging import Cursor, Limit, cursor_for, position_of
from api.people import Person
from api.routing import context_router
from api.security import Admin
from socialflow.identity import people_wiring, wiring
from socialflow.identity.staff.audit_log import AuditFilter
from socialflow.platform.principal import UserId
from socialflow.platform.rate_limits import RatePolicy

AUDIT_LOOKS: Final = RatePolicy("audit-look", limit=600, window_seconds=600)

router = context_router("admin")
LOOKS = limited(AUDIT_LOOKS, wiring.rate_limiter, by=by_caller)
Id = Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9_]+$")]
Act = Annotated[
    str | None,
    Query(
        max_length=64,
        pattern=r"^[a-z_]+(\.[a-z_]+)*$",
        description="`role.granted`, or `role` for all that begin so.",
    ),
]
From = Annotated[Moment | None, Query(alias="from", description="30 days before `to`.")]
To = Annotated[Moment | None, Query(alias="to", description="Exclusive; now by default.")]


@router.get("/v1/admin/audit", dependencies=[LOOKS])
async def list_audit(
    admin: Admin,
    actor: Id = None,
    target: Id = None,
    act: Act = None,
    since: From = None,
    until: To = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AuditPageBody:
    """Who did what to whom, newest first. 400 days at most between `from` and `to`.

    With `actor` or `target` the whole of 400 days is looked at where no `from` is given.
    """
    wanted = AuditFilter(actor=actor, target=target, act=act, since=since, until=until)
    page = people_wiring.audit_log().page(wanted, after=position_of(cursor), limit=limit)
    ids = {UserId(id_) for entry in page.entries for id_ in (entry.actor.id, entry.target)}
    profiles = wiring.user_directory().profiles(sorted(ids))
    people: dict[str, Person] = {id_: Person.of(found) for id_, found in profiles.items()}
    return AuditPageBody(
        items=[AuditEntryBody.of(entry, people) for entry in page.entries],
        next_cursor=cursor_for(page.next_position),
    )
