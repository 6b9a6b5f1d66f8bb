"""What waits for somebody to read a mail, and how it lies in the table.

| item         | pk            | sk           | one for each                            |
|--------------|---------------|--------------|-----------------------------------------|
| registration | PENDING#<ref> | PENDING      | request, or Idempotency-Key and address |
| reset        | RESET#<ref>   | RESET        | address: a newer one takes its place    |
| email change | USER#<id>     | EMAIL_CHANGE | account: a newer one takes its place    |

None holds a token or a code: both follow from the item's id, for whoever has the sealing keys.
All go by TTL. `mail_sent` on each names the mail that was last sent.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import Item
from socialflow.platform.principal import UserId

REGISTRATION_LASTS: Final = timedelta(hours=1)
RESET_LASTS: Final = timedelta(hours=1)
EMAIL_CHANGE_LASTS: Final = timedelta(hours=1)
# A request that comes again so soon is the same one: a double click, or a client that lost the
# answer. It gets the same mail.
SAME_REQUEST: Final = timedelta(minutes=1)
MAX_MAILS: Final = 4

REGISTRATION_ID_PREFIX: Final = "reg"
RESET_ID_PREFIX: Final = "rst"
EMAIL_CHANGE_ID_PREFIX: Final = "emc"

# Purposes of sealed tokens and codes.
REGISTRATION_SEAL: Final = "registration"
RESET_SEAL: Final = "password_reset"
EMAIL_CHANGE_SEAL: Final = "email_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An account that is to be, once its address is proven.

    `ref` names the item, `id` (`reg_…`) the registration: its code follows from it, and the
    account gets its ULID. `mails` counts the mails asked for. `made` is the account, once it is
    there; then the password hash and who it was are gone from here.
    """

    ref: str
    id: str
    email: str
    handle: str
    display_name: str
    password_hash: str
    created_at: datetime
    expires_at: datetime
    mails: int = 1
    mailed_at: datetime
    made: UserId | None = None
    verify_key: str | None = None

    def was_mailed(self, now: datetime) -> bool:
        """Whether the last mail was asked for a moment ago, or enough of them were."""
        return self.mails >= MAX_MAILS or now - self.mailed_at < SAME_REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A password that somebody says they forgot."""

    ref: str
    id: str
    email: str
    created_at: datetime
    expires_at: datetime
    used: bool = False

    @property
    def subject(self) -> str:
        """What its link's token names."""
        return f"{self.id}:{self.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChange:
    """An address that an account is to have, once it is proven."""

    id: str
    user_id: UserId
    email: str
    created_at: datetime
    expires_at: datetime
    done: bool = False


def ref_of(*parts: str) -> str:
    """The name of an item that is one for these texts; it tells nobody which."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def registration_key(ref: str) -> dict[str, str]:
    return {"pk": f"PENDING#{ref}", "sk": "PENDING"}


def reset_key(ref: str) -> dict[str, str]:
    return {"pk": f"RESET#{ref}", "sk": "RESET"}


def email_change_key(user_id: UserId) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": "EMAIL_CHANGE"}


def registration_item(registration: Registration) -> Item:
    return registration_key(registration.ref) | {
        "kind": "registration",
        "ref": registration.ref,
        "id": registration.id,
        "email": registration.email,
        "handle": registration.handle,
        "display_name": registration.display_name,
        "password_hash": registration.password_hash,
        "created_at": to_rfc3339(registration.created_at),
        "expires_at": int(registration.expires_at.timestamp()),
        "mails": registration.mails,
        "mailed_at": to_rfc3339(registration.mailed_at),
    }


def registration_from(item: Item) -> Registration:
    """An item whose account was made has lost who it was."""
    return Registration(
        ref=item["ref"],
        id=item["id"],
        email=item.get("email", ""),
        handle=item.get("handle", ""),
        display_name=item.get("display_name", ""),
        password_hash=item.get("password_hash", ""),
        created_at=from_rfc3339(item["created_at"]),
        expires_at=_moment(item["expires_at"]),
        mails=item["mails"],
        mailed_at=from_rfc3339(item["mailed_at"]),
        made=UserId(item["made"]) if "made" in item else None,
        verify_key=item.get("verify_key"),
    )


def reset_item(reset: Reset) -> Item:
    return reset_key(reset.ref) | {
        "kind": "reset",
        "ref": reset.ref,
        "id": reset.id,
        "email": reset.email,
        "created_at": to_rfc3339(reset.created_at),
        "expires_at": int(reset.expires_at.timestamp()),
        "used": reset.used,
    }


def reset_from(item: Item) -> Reset:
    return Reset(
        ref=item["ref"],
        id=item["id"],
        email=item["email"],
        created_at=from_rfc3339(item["created_at"]),
        expires_at=_moment(item["expires_at"]),
        used=item["used"],
    )


def email_change_item(change: EmailChange) -> Item:
    return email_change_key(change.user_id) | {
        "kind": "email_change",
        "id": change.id,
        "user_id": change.user_id,
        "email": change.email,
        "created_at": to_rfc3339(change.created_at),
        "expires_at": int(change.expires_at.timestamp()),
        "done": change.done,
    }


def email_change_from(item: Item) -> EmailChange:
    return EmailChange(
        id=item["id"],
        user_id=UserId(item["user_id"]),
        email=item["email"],
        created_at=from_rfc3339(item["created_at"]),
        expires_at=_moment(item["expires_at"]),
        done=item["done"],
    )


def _moment(epoch_seconds: int) -> datetime:
    return datetime.fromtimestamp(epoch_seconds, UTC)
