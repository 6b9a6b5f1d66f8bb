"""How second factors and passkeys lie in the table, each beside the access pattern it serves.

| item           | pk              | sk             | read by                                     |
|----------------|-----------------|----------------|---------------------------------------------|
| app            | USER#<id>       | TOTP           | second factor, step-up, security overview   |
| set-up of one  | USER#<id>       | TOTP_SETUP     | confirming it; gone after its time (TTL)    |
| recovery codes | USER#<id>       | RECOVERY_CODES | as the app                                  |
| passkey        | USER#<id>       | PASSKEY#<id>   | sign-in; all of a user's by prefix          |
| credential     | CREDENTIAL#<id> | CREDENTIAL     | nobody: it keeps a passkey to one account   |
| spent          | SPENT#<id>      | SPENT          | nobody: it keeps a challenge to one use     |

An app's secret lies sealed and bound to its user. Of recovery codes there are hashes, one in each
slot that is left. A passkey's id follows from its credential's, so that a sign-in, which names
account and credential, finds it in one read.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NewType

from socialflow.identity.keys import of_person, user_key
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import Item, Write
from socialflow.platform.ids import ulid
from socialflow.platform.principal import UserId

PasskeyId = NewType("PasskeyId", str)
PASSKEY_ID_PREFIX: Final = "psk"
PASSKEY_SORT_PREFIX: Final = "PASSKEY#"
NEW: Final = "attribute_not_exists(pk)"
SPENT_KEPT: Final = timedelta(days=1)
_SLOT: Final = "code_"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An authenticator app that is set up; `last_step` is the last whose code was accepted."""

    user_id: UserId
    sealed_secret: str
    confirmed_at: datetime
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSetup:
    """An app that has been shown a secret and has yet to show a code."""

    user_id: UserId
    sealed_secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodes:
    """The codes that are left: their hashes by slot. `renewed` are not an app's first ones."""

    user_id: UserId
    made_at: datetime
    renewed: bool = False
    slots: Mapping[str, str] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return len(self.slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey of an account. `challenge_id` is the one that it was registered by; `edits` counts
    its names."""

    id: PasskeyId
    user_id: UserId
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    challenge_id: str
    edits: int = 1
    aaguid: str = ""
    transports: tuple[str, ...] = ()
    can_be_synced: bool = False
    last_used_at: datetime | None = None
    clone_suspected_at: datetime | None = None


def app_key(user_id: UserId) -> dict[str, str]:
    return user_key(user_id) | {"sk": "TOTP"}


def setup_key(user_id: UserId) -> dict[str, str]:
    return user_key(user_id) | {"sk": "TOTP_SETUP"}


def recovery_key(user_id: UserId) -> dict[str, str]:
    return user_key(user_id) | {"sk": "RECOVERY_CODES"}


def passkey_key(user_id: UserId, passkey_id: PasskeyId) -> dict[str, str]:
    return user_key(user_id) | {"sk": f"{PASSKEY_SORT_PREFIX}{passkey_id}"}


def credential_key(passkey_id: PasskeyId) -> dict[str, str]:
    return {"pk": f"CREDENTIAL#{passkey_id}", "sk": "CREDENTIAL"}


def passkey_id_of(credential_id: bytes) -> PasskeyId:
    """The id of the passkey with that credential: 128 bits of its SHA-256, shaped as all ids."""
    number = int.from_bytes(hashlib.sha256(credential_id).digest()[:16])
    return PasskeyId(f"{PASSKEY_ID_PREFIX}_{ulid(_EPOCH, number)}")


def spent_write(challenge_id: str, now: datetime) -> Write:
    """Lets a challenge be met once: the write is refused the second time.

    Challenges are good for minutes; the item stays for a day.
    """
    item = {
        "pk": f"SPENT#{challenge_id}",
        "sk": "SPENT",
        "kind": "spent",
        "expires_at": int((now + SPENT_KEPT).timestamp()),
    }
    return Write(put=item, condition=NEW)


def app_item(app: App) -> Item:
    return app_key(app.user_id) | {
        "kind": "totp",
        "user_id": app.user_id,
        "sealed_secret": app.sealed_secret,
        "confirmed_at": to_rfc3339(app.confirmed_at),
        "last_step": app.last_step,
    }


def app_from(item: Item) -> App:
    return App(
        user_id=UserId(item["user_id"]),
        sealed_secret=item["sealed_secret"],
        confirmed_at=from_rfc3339(item["confirmed_at"]),
        last_step=item["last_step"],
    )


def setup_item(setup: AppSetup) -> Item:
    return setup_key(setup.user_id) | {
        "kind": "totp_setup",
        "user_id": setup.user_id,
        "sealed_secret": setup.sealed_secret,
        "expires_at": int(setup.expires_at.timestamp()),
    }


def setup_from(item: Item) -> AppSetup:
    return AppSetup(
        user_id=UserId(item["user_id"]),
        sealed_secret=item["sealed_secret"],
        expires_at=datetime.fromtimestamp(item["expires_at"], UTC),
    )


def recovery_item(codes: RecoveryCodes) -> Item:
    return (
        recovery_key(codes.user_id)
        | {
            "kind": "recovery_codes",
            "user_id": codes.user_id,
            "made_at": to_rfc3339(codes.made_at),
            "renewed": codes.renewed,
        }
        | dict(codes.slots)
    )


def recovery_from(item: Item) -> RecoveryCodes:
    return RecoveryCodes(
        user_id=UserId(item["user_id"]),
        made_at=from_rfc3339(item["made_at"]),
        renewed=item["renewed"],
        slots={name: value for name, value in item.items() if name.startswith(_SLOT)},
    )


def slots_of(hashes: tuple[str, ...]) -> dict[str, str]:
    """A slot for each hash."""
    return {f"{_SLOT}{place}": hashed for place, hashed in enumerate(hashes)}


def passkey_item(passkey: Passkey) -> Item:
    return passkey_key(passkey.user_id, passkey.id) | {
        "kind": "passkey",
        "passkey_id": passkey.id,
        "user_id": passkey.user_id,
        "credential_id": _text(passkey.credential_id),
        "public_key": _text(passkey.public_key),
        "sign_count": passkey.sign_count,
        "name": passkey.name,
        "created_at": to_rfc3339(passkey.created_at),
        "challenge_id": passkey.challenge_id,
        "edits": passkey.edits,
        "aaguid": passkey.aaguid,
        "transports": list(passkey.transports),
        "can_be_synced": passkey.can_be_synced,
        "last_used_at": to_rfc3339(passkey.last_used_at) if passkey.last_used_at else None,
    }


def passkey_from(item: Item) -> Passkey:
    return Passkey(
        id=PasskeyId(item["passkey_id"]),
        user_id=UserId(item["user_id"]),
        credential_id=_bytes(item["credential_id"]),
        public_key=_bytes(item["public_key"]),
        sign_count=item["sign_count"],
        name=item["name"],
        created_at=from_rfc3339(item["created_at"]),
        challenge_id=item["challenge_id"],
        edits=item["edits"],
        aaguid=item["aaguid"],
        transports=tuple(item["transports"]),
        can_be_synced=item["can_be_synced"],
        last_used_at=_moment(item.get("last_used_at")),
        clone_suspected_at=_moment(item.get("clone_suspected_at")),
    )


def credential_item(passkey: Passkey) -> Item:
    key = credential_key(passkey.id)
    return (
        key
        | of_person(passkey.user_id, key["pk"])
        | {"kind": "credential", "user_id": passkey.user_id}
    )


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _moment(text: str | None) -> datetime | None:
    return from_rfc3339(text) if text else None
