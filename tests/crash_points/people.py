"""Accounts that have been there all along, each with somebody signed in to it."""

from __future__ import annotations

import functools
from typing import Final

from socialflow.identity.models import RoleGrant, User
from socialflow.identity.passwords.hashing import Passwords
from socialflow.identity.records import (
    Login,
    handle_item,
    login_item,
    session_item,
    skeleton_item,
    user_item,
)
from socialflow.identity.sessions.models import SESSION_LIFETIME, Session
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.identity.tokens.refresh_tokens import RefreshToken, RefreshTokens
from socialflow.platform.ids import id_factory
from socialflow.platform.principal import SessionId, UserId
from tests.crash_points.cloud import SIGNING_KEYS, START, Cloud
from tests.crash_points.plan import Person

PASSWORD: Final = "correct horse battery"
DEVICE: Final = "SocialFlow/1.0 (phone)"
_ROOT: Final = "A" * 43


def put_person(cloud: Cloud, handle: str, *roles: str) -> Person:
    """An account with roles beyond those of everybody, and a session of its owner's."""
    user = User(
        id=UserId(id_factory()("usr")),
        email=f"{handle}@example.test",
        handle=handle,
        display_name=handle.title(),
        grants=tuple(RoleGrant(role=role) for role in roles),
        created_at=START,
    )
    login = Login(user=user, password_hash=_password_hash())
    for item in (
        user_item(user),
        login_item(login),
        handle_item(user.profile),
        skeleton_item(user.profile),
    ):
        cloud.put_item("identity", item)
    return put_session(cloud, user)


def put_session(cloud: Cloud, user: User) -> Person:
    """One more device of somebody's.

    Whatever time a scenario lets pass, the session stays open and its owner has just proven who
    they are.
    """
    end = START + SESSION_LIFETIME
    session = Session(
        id=SessionId(id_factory()("ses")),
        user_id=user.id,
        root_hash=_token(user.id, SessionId(""), 0).root_hash,
        generation=0,
        device=DEVICE,
        created_at=START,
        rotated_at=START,
        expires_at=end,
        ends_by=end,
        verified_at=end,
    )
    cloud.put_item("identity", session_item(session))
    return Person(user, session.id)


def refresh_token(cloud: Cloud, person: Person, generation: int = 0) -> str:
    """The refresh token that somebody holds, or held."""
    seals = RefreshTokens(KeySecret(lambda: cloud.secrets, SIGNING_KEYS))
    return seals.seal(_token(person.user.id, person.session_id, generation))


@functools.cache
def _password_hash() -> str:
    return Passwords().hash(PASSWORD)


def _token(user_id: UserId, session_id: SessionId, generation: int) -> RefreshToken:
    return RefreshToken(user_id=user_id, session_id=session_id, generation=generation, root=_ROOT)
