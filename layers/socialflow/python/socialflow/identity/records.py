"""How accounts, logins and sessions lie in the table. See `keys` for which item serves what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from socialflow.identity import keys
from socialflow.identity.models import Profile, Session, User
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import Item
from socialflow.platform.principal import SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a log-in by e-mail needs: the account and the hash of its password.

    `registration_key` is the digest of the Idempotency-Key that the account was made with.
    """

    user: User
    password_hash: str
    registration_key: str | None = None


def user_item(user: User) -> Item:
    return keys.user_key(user.id) | _account(user) | {"kind": "user"}


def login_item(login: Login) -> Item:
    return (
        keys.login_key(login.user.email)
        | _account(login.user)
        | {
            "kind": "login",
            "password_hash": login.password_hash,
            "registration_key": login.registration_key,
        }
    )


def handle_item(profile: Profile) -> Item:
    return keys.handle_key(profile.handle) | {
        "kind": "handle",
        "user_id": profile.id,
        "handle": profile.handle,
        "display_name": profile.display_name,
    }


def session_item(session: Session) -> Item:
    return keys.session_key(session.user_id, session.id) | {
        "kind": "session",
        "session_id": session.id,
        "user_id": session.user_id,
        "root_hash": session.root_hash,
        "generation": session.generation,
        "device": session.device,
        "created_at": to_rfc3339(session.created_at),
        "rotated_at": to_rfc3339(session.rotated_at),
        "expires_at": int(session.expires_at.timestamp()),
        "ends_by": int(session.ends_by.timestamp()),
    }


def user_from(item: Item) -> User:
    """The account in a user item or in a login item."""
    return User(
        id=UserId(item["user_id"]),
        email=item["email"],
        handle=item["handle"],
        display_name=item["display_name"],
        roles=tuple(item["roles"]),
        created_at=from_rfc3339(item["created_at"]),
    )


def login_from(item: Item) -> Login:
    return Login(
        user=user_from(item),
        password_hash=item["password_hash"],
        registration_key=item.get("registration_key"),
    )


def profile_from(item: Item) -> Profile:
    """The profile in a user item or in a handle item."""
    return Profile(
        id=UserId(item["user_id"]), handle=item["handle"], display_name=item["display_name"]
    )


def session_from(item: Item) -> Session:
    ended_at = item.get("ended_at")
    return Session(
        id=SessionId(item["session_id"]),
        user_id=UserId(item["user_id"]),
        root_hash=item["root_hash"],
        generation=item["generation"],
        device=item["device"],
        created_at=from_rfc3339(item["created_at"]),
        rotated_at=from_rfc3339(item["rotated_at"]),
        expires_at=datetime.fromtimestamp(item["expires_at"], UTC),
        ends_by=datetime.fromtimestamp(item["ends_by"], UTC),
        ended_at=from_rfc3339(ended_at) if ended_at else None,
    )


def _account(user: User) -> Item:
    return {
        "user_id": user.id,
        "email": user.email,
        "handle": user.handle,
        "display_name": user.display_name,
        "roles": list(user.roles),
        "created_at": to_rfc3339(user.created_at),
    }
