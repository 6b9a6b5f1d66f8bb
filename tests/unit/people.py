"""People in the tests of contexts that know accounts by identity's facade alone."""

from __future__ import annotations

from socialflow.identity.directory import UserDirectory
from socialflow.identity.models import RoleGrant, User
from socialflow.identity.records import handle_item, user_item
from socialflow.identity.repository import IdentityRepository
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table, Write
from socialflow.platform.principal import Principal, SessionId, UserId
from tests.unit.doubles import CountedIds, MovableClock


def put_person(handle: str, *roles: str, ids: CountedIds, clock: MovableClock) -> Principal:
    """An account with roles beyond those of everybody, and its caller."""
    user = User(
        id=UserId(ids("usr")),
        email=f"{handle}@example.com",
        handle=handle,
        display_name=handle.title(),
        grants=tuple(RoleGrant(role=role) for role in roles),
        created_at=clock(),
    )
    table = _table()
    table.write(Write(put=user_item(user)))
    table.write(Write(put=handle_item(user.profile)))
    return Principal(
        user_id=user.id,
        handle=handle,
        roles=frozenset(user.roles(clock())),
        session_id=SessionId(ids("ses")),
    )


def directory_of(ids: CountedIds, clock: MovableClock) -> UserDirectory:
    """Finds them."""
    return UserDirectory(IdentityRepository(_table(), new_id=ids), clock=clock)


def _table() -> Table:
    return Table(lambda: client("dynamodb"), "identity")
