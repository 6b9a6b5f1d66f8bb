"""How accounts, logins and sessions lie in the table. See `keys` for which item serves what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from socialflow.identity import keys
from socialflow.identity.models import AccountState, Profile, RoleGrant, User
from socialflow.identity.profiles.look_alikes import handle_skeleton
from socialflow.identity.sessions.models import Session
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import Item
from socialflow.platform.principal import SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a log-in by e-mail needs: the account and the hash of its password, if it has one.

    `registration_key` is the digest of the Idempotency-Key that the account was made with.
    """

    user: User
    password_hash: str | None
    registration_key: str | None = None


def user_item(user: User) -> Item:
    return keys.user_key(user.id) | account_copy(user) | {"kind": "user"}


def login_item(login: Login) -> Item:
    """Raises `ValueError` for an account without an address."""
    if login.user.email is None:
        raise ValueError(f"{login.user.id} has no address to log in with")
    return (
        keys.login_key(login.user.email)
        | account_copy(login.user)
        | {
            "kind": "login",
            "password_hash": login.password_hash,
            "registration_key": login.registration_key,
        }
    )


def handle_item(profile: Profile) -> Item:
    key = keys.handle_key(profile.handle)
    return (
        key
        | keys.of_person(profile.id, key["pk"])
        | {
            "kind": "handle",
            "user_id": profile.id,
            "handle": profile.handle,
            "display_name": profile.display_name,
            "avatar": profile.avatar,
            "hidden": profile.hidden or None,
        }
    )


def skeleton_item(profile: Profile) -> Item:
    """What keeps handles away that look like this one."""
    key = keys.skeleton_key(handle_skeleton(profile.handle))
    return (
        key
        | keys.of_person(profile.id, key["pk"])
        | {"kind": "skeleton", "user_id": profile.id, "handle": profile.handle}
    )


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
        "verified_at": to_rfc3339(session.verified_at),
        "method": session.method,
        "epoch": session.epoch,
        "address": session.address,
        "device_id": session.device_id,
        "refresh_window": session.refresh_window,
        "refreshes": session.refreshes,
    }


def user_from(item: Item) -> User:
    """The account in a user item or in a login item, of the first version too, which had less."""
    return User(
        id=UserId(item["user_id"]),
        handle=item["handle"],
        display_name=item["display_name"],
        created_at=from_rfc3339(item["created_at"]),
        email=item.get("email"),
        has_password=item.get("has_password", True),
        second_factor=item.get("second_factor", False),
        passkeys=item.get("passkeys", 0),
        providers=tuple(item.get("providers", ())),
        grants=tuple(
            RoleGrant(role=grant["role"], expires_at=_moment(grant.get("expires_at")))
            for grant in item.get("grants", ())
        ),
        version=item.get("version", 1),
        sessions_epoch=item.get("sessions_epoch", 0),
        kept_session=item.get("kept_session"),
        state=AccountState(item.get("state", AccountState.ACTIVE)),
        delete_after=_moment(item.get("delete_after")),
        handle_changed_at=_moment(item.get("handle_changed_at")),
        bio=item.get("bio", ""),
        links=tuple(item.get("links", ())),
        locale=item.get("locale"),
        avatar=item.get("avatar"),
        banner=item.get("banner"),
        birth_band=item.get("birth_band"),
        interests=tuple(item.get("interests", ())),
    )


def login_from(item: Item) -> Login:
    return Login(
        user=user_from(item),
        password_hash=item.get("password_hash"),
        registration_key=item.get("registration_key"),
    )


def profile_from(item: Item) -> Profile:
    """The profile in a user item or in a handle item."""
    return Profile(
        id=UserId(item["user_id"]),
        handle=item["handle"],
        display_name=item["display_name"],
        avatar=item.get("avatar"),
        hidden=item.get("hidden", item.get("state") == AccountState.CLOSING),
    )


def session_from(item: Item) -> Session:
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
        verified_at=from_rfc3339(item.get("verified_at") or item["created_at"]),
        method=item.get("method", "password"),
        epoch=item.get("epoch", 0),
        address=item.get("address", ""),
        device_id=item.get("device_id"),
        ended_at=_moment(item.get("ended_at")),
        refresh_window=item.get("refresh_window", 0),
        refreshes=item.get("refreshes", 0),
    )


def account_copy(user: User) -> Item:
    """What the user item and the login item both hold."""
    return {
        "user_id": user.id,
        "handle": user.handle,
        "display_name": user.display_name,
        "created_at": to_rfc3339(user.created_at),
        "email": user.email,
        "has_password": user.has_password,
        "second_factor": user.second_factor,
        "passkeys": user.passkeys,
        "providers": list(user.providers),
        "grants": [
            {"role": grant.role, "expires_at": _text(grant.expires_at)} for grant in user.grants
        ],
        "version": user.version,
        "sessions_epoch": user.sessions_epoch,
        "kept_session": user.kept_session,
        "state": user.state.value,
        "delete_after": _text(user.delete_after),
        "handle_changed_at": _text(user.handle_changed_at),
        "bio": user.bio,
        "links": list(user.links),
        "locale": user.locale,
        "avatar": user.avatar,
        "banner": user.banner,
        "birth_band": user.birth_band,
        "interests": list(user.interests),
    }


def _moment(text: str | None) -> datetime | None:
    return from_rfc3339(text) if text else None


def _text(moment: datetime | None) -> str | None:
    return to_rfc3339(moment) if moment else None
