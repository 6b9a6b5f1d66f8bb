"""People who are there and signed in, without the ways in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from httpx import Response

from socialflow.identity import wiring
from socialflow.identity.models import RoleGrant, User
from socialflow.identity.records import Login
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Item, decode_image
from socialflow.platform.ids import id_factory
from socialflow.platform.principal import Principal, UserId
from tests.unit.in_process import InProcess

PHONE = "SocialFlow/1.0 (phone)"


@dataclass(frozen=True)
class Member:
    """Somebody with an open session, and what they call the API with."""

    api: InProcess
    user: User
    token: str
    principal: Principal

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        sent = {"Authorization": f"Bearer {self.token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {} if body is None else {"json": body}
        return self.api.request(method, path, headers=sent, **options)

    def now(self) -> User:
        """The account as it is kept."""
        user = wiring.repository().user(self.user.id, consistent=True)
        assert user
        return user


def member(api: InProcess, handle: str, *roles: str, **fields: Any) -> Member:
    """A new account with an open session; `roles` are granted for good."""
    new_id = id_factory()
    user = User(
        id=UserId(new_id("usr")),
        handle=handle,
        display_name=handle.title(),
        created_at=utc_now(),
        email=f"{handle}@example.com",
        **{"grants": tuple(RoleGrant(role=role) for role in roles), **fields},
    )
    session, signed_in = wiring.sessions().prepare(
        user, method="password", device=Device(name=PHONE)
    )
    wiring.repository().create_account(Login(user=user, password_hash="none"), session)
    principal = wiring.access_tokens().verify(signed_in.access_token)
    return Member(api, user, signed_in.access_token, principal)


def everything() -> list[Item]:
    """Every item of the identity table."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName="identity")
    return [decode_image(item) for page in pages for item in page["Items"]]
