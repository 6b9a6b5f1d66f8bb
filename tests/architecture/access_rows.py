"""What a caller of each kind is answered on each route.

The world that the rows speak of: Ann owns a private ready video, another that is uploading, and
the private replay of a broadcast; a channel with a chat room in which a poll is open; and a
private broadcast that is scheduled. `named` is shown her videos and moderates her chat. The others
are called after the role that they have, and have nothing to do with her.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from tests.architecture.routes import Route

ROLES: Final = (
    "anonymous",
    "viewer",
    "creator",
    "advertiser",
    "moderator",
    "finance",
    "admin",
    "named",
    "owner",
)


@dataclass(frozen=True)
class Row:
    """What a caller of each role is answered; `others` is for roles that are not named."""

    others: int
    anonymous: int | None = None
    admin: int | None = None
    named: int | None = None
    owner: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""

    def expected(self, role: str) -> int:
        special: dict[str, int | None] = {
            "anonymous": self.anonymous,
            "admin": self.admin,
            "named": self.named,
            "owner": self.owner,
        }
        told = special.get(role)
        return self.others if told is None else told


def owners(owner: int, **more: Any) -> Row:
    """For the owner alone: to others it does not exist."""
    return Row(404, anonymous=401, owner=owner, **more)


def rooms_owner(owner: int, **more: Any) -> Row:
    """For the owner of a chat that everybody knows of."""
    return Row(403, anonymous=401, owner=owner, **more)


def moderators(status: int, **more: Any) -> Row:
    """For the owner of a chat and its moderators."""
    return Row(403, anonymous=401, named=status, owner=status, **more)


def admins(status: int, **more: Any) -> Row:
    """For admins alone."""
    return Row(403, anonymous=401, admin=status, **more)


NEW_VIDEO = {
    "title": "Second light",
    "visibility": "public",
    "file": {"name": "film.mp4", "size_bytes": 64, "content_type": "video/mp4"},
}
NOBODY = {"email": "nobody@example.test", "password": "correct horse battery"}
ACCOUNT = {**NOBODY, "handle": "newcomer", "display_name": "New"}
ETAG = '"' + "a" * 32 + '"'
PARTS = {"parts": [{"part_number": 1, "etag": ETAG}]}
ANY_VERSION = {"if-match": "*"}
NEW_BROADCAST = {"title": "Evening stream", "visibility": "public"}
POLL = {"question": "Tea or coffee?", "options": ["Tea", "Coffee"], "seconds": 60}
PICTURE = {"content_type": "image/png", "size_bytes": 1000}
HOUR = "?from=2026-11-21T09:00:00Z&to=2026-11-21T10:00:00Z"

PROVIDER_SIGN_UP = {"signup_token": "none", "handle": "newcomer", "display_name": "New"}

PROVIDERS = "/v1/auth/providers"
WHY = {"reason": "joins the team"}

CREDENTIAL = {"id": "AAAA", "rawId": "AAAA", "type": "public-key"}
SIGNED = {
    "challenge_token": "none",
    "credential": CREDENTIAL
    | {"response": dict.fromkeys(("clientDataJSON", "authenticatorData", "signature"), "AAAA")},
}
CREATED = {
    "challenge_token": "none",
    "credential": CREDENTIAL
    | {"response": dict.fromkeys(("clientDataJSON", "attestationObject"), "AAAA")},
    "name": "Phone",
}
PASSKEY = "/v1/me/passkeys/{passkey_id}"
EXPORT = "/v1/me/exports/{export_id}"
STAFF = "/v1/admin/users/{user_id}"
VIDEO = "/v1/videos/{video_id}"
UPLOAD = f"{VIDEO}/upload"
FOLLOW = "/v1/users/{handle}/follow"
CHANNEL = "/v1/me/channel"
BROADCAST = "/v1/broadcasts/{broadcast_id}"
CHAT = "/v1/channels/{handle}/chat"
POLL_PATH = f"{CHAT}/polls/{{poll_id}}"
BAN = f"{CHAT}/bans/{{user_id}}"
MODERATOR = f"{CHAT}/moderators/{{moderator}}"

_PLATFORM: dict[Route, Row] = {
    ("GET", "/v1/health"): Row(200),
    ("GET", "/v1/ready"): Row(200),
}
_IDENTITY: dict[Route, Row] = {
    ("GET", "/.well-known/jwks.json"): Row(200),
    ("POST", "/v1/auth/register"): Row(202, body=ACCOUNT),
    ("POST", "/v1/auth/register/verify"): Row(
        410, body={"registration_token": "none", "code": "123456"}
    ),
    ("POST", "/v1/auth/register/resend"): Row(410, body={"registration_token": "none"}),
    ("POST", "/v1/auth/login"): Row(401, body=NOBODY),
    ("POST", "/v1/auth/password/forgot"): Row(202, body={"email": NOBODY["email"]}),
    ("POST", "/v1/auth/password/reset"): Row(
        410, body={"token": "none", "password": NOBODY["password"]}
    ),
    ("PUT", "/v1/me/password"): Row(204, anonymous=401, body={"new": "another horse battery"}),
    ("POST", "/v1/me/email"): Row(202, anonymous=401, body={"email": NOBODY["email"]}),
    # None waits for a code.
    ("POST", "/v1/me/email/verify"): Row(410, anonymous=401, body={"code": "123456"}),
    ("POST", "/v1/auth/refresh"): Row(401, body={"refresh_token": "none"}),
    ("POST", "/v1/me/exports"): Row(202, anonymous=401),
    ("GET", "/v1/me/exports"): Row(200, anonymous=401),
    ("GET", EXPORT): owners(200),
    ("POST", f"{EXPORT}/link"): owners(200),
    ("POST", "/v1/me/deletion"): Row(202, anonymous=401),
    ("DELETE", "/v1/me/deletion"): Row(204, anonymous=401),
    ("GET", PROVIDERS): Row(200),
    # None is switched on.
    ("POST", f"{PROVIDERS}/{{provider}}/start"): Row(404, body={"challenge": "c" * 43}),
    ("GET", f"{PROVIDERS}/{{provider}}/callback"): Row(303),
    ("POST", f"{PROVIDERS}/{{provider}}/callback"): Row(303),
    ("POST", f"{PROVIDERS}/exchange"): Row(401, body={"flow": "none", "verifier": "v" * 43}),
    ("POST", f"{PROVIDERS}/sign-up"): Row(401, body=PROVIDER_SIGN_UP),
    ("GET", "/v1/me/providers"): Row(200, anonymous=401),
    ("DELETE", "/v1/me/providers/{provider}"): Row(404, anonymous=401),
    # Nobody has to be signed in to sign out.
    ("POST", "/v1/auth/logout"): Row(204),
    ("GET", "/v1/me/sessions"): Row(200, anonymous=401),
    ("DELETE", "/v1/me/sessions"): Row(204, anonymous=401),
    ("DELETE", "/v1/me/sessions/{session_id}"): owners(204),
}
_FACTORS: dict[Route, Row] = {
    ("POST", "/v1/auth/login/second-factor"): Row(
        401, body={"challenge": "none", "code": "123456"}
    ),
    ("POST", "/v1/auth/step-up"): Row(403, anonymous=401, body={"password": "not the right one"}),
    ("GET", "/v1/me/security"): Row(200, anonymous=401),
    ("POST", "/v1/me/totp"): Row(200, anonymous=401),
    # Nobody has an app.
    ("POST", "/v1/me/totp/confirm"): Row(409, anonymous=401, body={"code": "123456"}),
    ("DELETE", "/v1/me/totp"): Row(409, anonymous=401),
    ("POST", "/v1/me/recovery-codes"): Row(409, anonymous=401),
    ("POST", "/v1/auth/passkeys/options"): Row(200),
    ("POST", "/v1/auth/passkeys"): Row(401, body=SIGNED),
    ("POST", "/v1/me/passkeys/options"): Row(200, anonymous=401),
    ("POST", "/v1/me/passkeys"): Row(409, anonymous=401, body=CREATED),
    ("GET", "/v1/me/passkeys"): Row(200, anonymous=401),
    ("PATCH", PASSKEY): owners(200, body={"name": "Mine"}, headers=ANY_VERSION),
    ("DELETE", PASSKEY): owners(204),
}
_PEOPLE: dict[Route, Row] = {
    ("GET", "/v1/me"): Row(200, anonymous=401),
    ("PATCH", "/v1/me"): Row(200, anonymous=401, body={"bio": "Hello."}, headers=ANY_VERSION),
    # Nobody may have it, whoever asks.
    ("PUT", "/v1/me/handle"): Row(422, anonymous=401, body={"handle": "admin"}),
    ("GET", "/v1/me/avatar"): Row(200, anonymous=401),
    ("POST", "/v1/me/avatar"): Row(200, anonymous=401, body=PICTURE),
    ("DELETE", "/v1/me/avatar"): Row(204, anonymous=401),
    ("GET", "/v1/me/banner"): Row(200, anonymous=401),
    ("POST", "/v1/me/banner"): Row(200, anonymous=401, body=PICTURE),
    ("DELETE", "/v1/me/banner"): Row(204, anonymous=401),
    ("GET", "/v1/users/{handle}"): Row(200),
    ("GET", "/v1/admin/users"): admins(200, query="?query=named"),
    ("GET", STAFF): admins(200),
    ("PUT", f"{STAFF}/roles/{{role}}"): admins(200, body=WHY),
    ("DELETE", f"{STAFF}/roles/{{role}}"): admins(200, body=WHY),
    ("DELETE", f"{STAFF}/sessions"): admins(204, body=WHY),
    ("GET", "/v1/admin/audit"): admins(200),
}
_SOCIAL: dict[Route, Row] = {
    ("GET", "/v1/me/following"): Row(200, anonymous=401),
    # The handle is that of the person named, who cannot follow themselves.
    ("GET", FOLLOW): Row(200, anonymous=401),
    ("PUT", FOLLOW): Row(200, anonymous=401, named=409),
    ("DELETE", FOLLOW): Row(200, anonymous=401),
}
_VIDEOS: dict[Route, Row] = {
    ("GET", "/v1/me/videos"): Row(200, anonymous=401),
    ("GET", "/v1/users/{handle}/videos"): Row(200),
    ("POST", "/v1/videos"): Row(201, anonymous=401, body=NEW_VIDEO),
    ("GET", VIDEO): Row(404, named=200, owner=200),
    ("PATCH", VIDEO): owners(200, body={"title": "Mine"}, headers=ANY_VERSION),
    ("DELETE", VIDEO): owners(204),
    ("GET", UPLOAD): owners(200),
    ("DELETE", UPLOAD): owners(204),
    ("POST", f"{UPLOAD}/parts"): owners(200, body={"part_numbers": [1]}),
    # The part was never sent.
    ("POST", f"{UPLOAD}/complete"): owners(409, body=PARTS),
    ("GET", f"{VIDEO}/viewers"): owners(200),
    ("PUT", f"{VIDEO}/viewers/{{handle}}"): owners(200),
    ("DELETE", f"{VIDEO}/viewers/{{handle}}"): owners(204),
}
_LIVE: dict[Route, Row] = {
    ("POST", CHANNEL): Row(202, anonymous=401),
    ("GET", CHANNEL): owners(200),
    ("PATCH", CHANNEL): owners(200, body={"title": "Mine"}, headers=ANY_VERSION),
    # IVS has not made the channel yet.
    ("GET", f"{CHANNEL}/stream-key"): owners(409),
    ("POST", f"{CHANNEL}/stream-key/rotations"): owners(409),
    ("GET", "/v1/live"): Row(200),
    ("GET", "/v1/channels/{handle}/live"): Row(200),
    ("GET", "/v1/channels/{handle}/broadcasts"): Row(200, query="?state=ended"),
    ("GET", "/v1/me/broadcasts"): Row(200, anonymous=401),
    ("POST", "/v1/broadcasts"): owners(201, body=NEW_BROADCAST),
    ("GET", BROADCAST): Row(404, owner=200),
    ("PATCH", BROADCAST): owners(200, body={"title": "Mine"}, headers=ANY_VERSION),
    ("DELETE", BROADCAST): owners(204),
    ("POST", f"{BROADCAST}/start"): owners(200),
    # Only what was started can be ended, and only what is live is played.
    ("POST", f"{BROADCAST}/end"): owners(409),
    ("POST", f"{BROADCAST}/playback"): Row(404, owner=409),
    ("POST", f"{BROADCAST}/heartbeats"): Row(422, body={"viewer_token": "none"}),
    # What is private shows no picture.
    ("POST", f"{BROADCAST}/thumbnail"): owners(409, body=PICTURE),
    ("GET", f"{BROADCAST}/analytics"): owners(200),
}
_CHAT: dict[Route, Row] = {
    ("POST", f"{CHAT}/tokens"): Row(200),
    ("GET", f"{CHAT}/settings"): Row(200),
    ("PATCH", f"{CHAT}/settings"): moderators(
        200, body={"slow_mode_seconds": 5}, headers=ANY_VERSION
    ),
    ("DELETE", f"{CHAT}/messages/{{message_id}}"): moderators(204),
    ("GET", f"{CHAT}/bans"): moderators(200),
    ("PUT", BAN): moderators(200, body={"reason": "spam"}),
    ("DELETE", BAN): moderators(204),
    ("GET", f"{CHAT}/moderators"): rooms_owner(200),
    ("PUT", MODERATOR): rooms_owner(200),
    ("DELETE", MODERATOR): rooms_owner(204),
    ("GET", f"{CHAT}/audit"): moderators(200),
    # One is open.
    ("POST", f"{CHAT}/polls"): moderators(409, body=POLL),
    ("GET", f"{CHAT}/polls/current"): Row(200),
    ("GET", POLL_PATH): Row(200),
    ("PUT", f"{POLL_PATH}/vote"): Row(200, anonymous=401, body={"option": 0}),
    ("POST", f"{POLL_PATH}/close"): moderators(200),
    ("GET", f"{VIDEO}/chat"): Row(404, named=200, owner=200),
    ("GET", f"{CHAT}/activity"): rooms_owner(200, query=HOUR),
}
MATRIX: Final = {
    **_PLATFORM,
    **_IDENTITY,
    **_FACTORS,
    **_PEOPLE,
    **_SOCIAL,
    **_VIDEOS,
    **_LIVE,
    **_CHAT,
}
