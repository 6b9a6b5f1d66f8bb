"""What admins do with people: find them, give and take roles, throw their devices out.

Changes need a proof of identity in the last ten minutes, and each is told in the audit log.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Query

from api.identity.acting import Acting
from api.identity.staff_schemas import (
    FoundPeople,
    FoundPerson,
    GrantBody,
    PersonFile,
    ReasonBody,
)
from api.limits import by_caller, limited
from api.routing import context_router
from api.security import RECENTLY, Admin
from socialflow.identity import people_wiring, wiring
from socialflow.identity.staff.models import Role
from socialflow.platform.ids import id_pattern
from socialflow.platform.principal import USER_ID_PREFIX, UserId
from socialflow.platform.rate_limits import RatePolicy

STAFF_CHANGES: Final = RatePolicy("staff-change", limit=120, window_seconds=3600)
STAFF_LOOKS: Final = RatePolicy("staff-look", limit=600, window_seconds=600)
PERSON: Final = "/v1/admin/users/{user_id}"
ROLE: Final = f"{PERSON}/roles/{{role}}"

router = context_router("admin")
CHANGES = limited(STAFF_CHANGES, wiring.rate_limiter, by=by_caller)
LOOKS = limited(STAFF_LOOKS, wiring.rate_limiter, by=by_caller)
UserIdPath = Annotated[UserId, Path(pattern=id_pattern(USER_ID_PREFIX))]
PersonQuery = Annotated[
    str,
    Query(
        min_length=3,
        max_length=254,
        description="A handle (a former one as well), an e-mail address or an id, exactly.",
    ),
]


@router.get("/v1/admin/users", dependencies=[LOOKS])
async def find_users(admin: Admin, query: PersonQuery) -> FoundPeople:
    """The account of a handle, an e-mail address or an id."""
    return FoundPeople(items=[FoundPerson.of(user) for user in people_wiring.people().find(query)])


@router.get(PERSON, dependencies=[LOOKS])
async def show_person(admin: Admin, user_id: UserIdPath) -> PersonFile:
    """An account as staff see it, and what it was called before."""
    return PersonFile.of(people_wiring.people().show(user_id))


@router.put(ROLE, dependencies=[RECENTLY, CHANGES])
async def grant_role(
    admin: Admin, user_id: UserIdPath, role: Role, body: GrantBody, actor: Acting
) -> FoundPerson:
    """Gives an account a role, until `expires_at` or for good. It holds from its next request on.

    Nobody changes their own admin role (`own_admin_role`).
    """
    return FoundPerson.of(
        people_wiring.people().grant(
            user_id, role, expires_at=body.expires_at, reason=body.reason, actor=actor
        )
    )


@router.delete(ROLE, dependencies=[RECENTLY, CHANGES])
async def revoke_role(
    admin: Admin, user_id: UserIdPath, role: Role, body: ReasonBody, actor: Acting
) -> FoundPerson:
    """Takes a role from an account, from its next change and for reads within a minute."""
    return FoundPerson.of(
        people_wiring.people().revoke(user_id, role, reason=body.reason, actor=actor)
    )


@router.delete(f"{PERSON}/sessions", status_code=204, dependencies=[RECENTLY, CHANGES])
async def end_sessions_of_user(
    admin: Admin, user_id: UserIdPath, body: ReasonBody, actor: Acting
) -> None:
    """Throws every device of an account out."""
    people_wiring.people().end_sessions(user_id, reason=body.reason, actor=actor)
