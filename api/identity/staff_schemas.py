"""Bodies of the routes for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.types import JsonValue

from api.moments import Moment
from api.people import Person, picture_url
from api.text import one_line
from socialflow.identity.models import AccountState, RoleGrant, User
from socialflow.identity.profiles.pictures import PictureKind
from socialflow.identity.staff.audit import AuditEntry
from socialflow.identity.staff.models import FormerHandle, PersonView
from socialflow.platform.clock import utc_now

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=300),
    AfterValidator(one_line),
    Field(description="Why, for the audit log."),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GrantBody(_Body):
    """Why a role is given, and until when."""

    reason: Reason
    expires_at: Annotated[Moment | None, Field(description="Null or absent: for good.")] = None


class ReasonBody(_Body):
    """Why something is done."""

    reason: Reason


class Grant(BaseModel):
    """A role beyond those that everybody has."""

    role: str
    expires_at: datetime | None
    is_held: bool = Field(description="False once it has expired.")

    @classmethod
    def of(cls, grant: RoleGrant) -> Grant:
        return cls(role=grant.role, expires_at=grant.expires_at, is_held=grant.holds(utc_now()))


class FormerName(BaseModel):
    """What somebody was called, and for how long."""

    handle: str
    since: datetime
    until: datetime

    @classmethod
    def of(cls, former: FormerHandle) -> FormerName:
        return cls(handle=former.handle, since=former.since, until=former.until)


class FoundPerson(BaseModel):
    """An account as staff see it."""

    id: str
    handle: str
    display_name: str
    email: str | None
    avatar_url: str | None
    roles: list[str] = Field(description="All that it may act as now.")
    grants: list[Grant]
    state: AccountState
    delete_after: datetime | None
    has_password: bool
    has_second_factor: bool
    passkeys: int
    providers: list[str]
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> FoundPerson:
        return cls(
            id=user.id,
            handle=user.handle,
            display_name=user.display_name,
            email=user.email,
            avatar_url=picture_url(user.id, PictureKind.AVATAR, user.avatar),
            roles=list(user.roles(utc_now())),
            grants=[Grant.of(grant) for grant in user.grants],
            state=user.state,
            delete_after=user.delete_after,
            has_password=user.has_password,
            has_second_factor=user.second_factor,
            passkeys=user.passkeys,
            providers=list(user.providers),
            created_at=user.created_at,
        )


class FoundPeople(BaseModel):
    """Whom a search found."""

    items: list[FoundPerson]


class PersonFile(BaseModel):
    """An account, with what it was called before."""

    person: FoundPerson
    former_handles: list[FormerName]

    @classmethod
    def of(cls, view: PersonView) -> PersonFile:
        return cls(
            person=FoundPerson.of(view.user),
            former_handles=[FormerName.of(former) for former in view.former_handles],
        )


class AuditEntryBody(BaseModel):
    """One act."""

    id: str
    at: datetime
    act: str = Field(examples=["role.granted"])
    actor_id: str = Field(description="An account, `system`, or `operator` for who deploys.")
    actor: Person | None = Field(description="Null for those who are no account any more.")
    target_id: str
    target: Person | None
    before: dict[str, JsonValue]
    after: dict[str, JsonValue]
    reason: str
    request_id: str
    address: str = Field(description="The network that it was done from; empty for none.")

    @classmethod
    def of(cls, entry: AuditEntry, people: dict[str, Person]) -> AuditEntryBody:
        return cls(
            id=entry.id,
            at=entry.at,
            act=entry.act,
            actor_id=entry.actor.id,
            actor=people.get(entry.actor.id),
            target_id=entry.target,
            target=people.get(entry.target),
            before=dict(entry.before),
            after=dict(entry.after),
            reason=entry.reason,
            request_id=entry.actor.request_id,
            address=entry.actor.address,
        )


class AuditPageBody(BaseModel):
    """Some acts, newest first."""

    items: list[AuditEntryBody]
    next_cursor: str | None = Field(
        description="Go on with it until it is null: a page in between may be short, where a "
        "filter fits little."
    )
