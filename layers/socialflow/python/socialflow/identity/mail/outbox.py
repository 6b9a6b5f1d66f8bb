"""Asking for a mail: an item that another change's own transaction writes, and its event.

    Write(put={USER#<id>, MAIL#<mail id>, kind: "mail", …}) ── stream ──▶ MailRequested.v1
        ── queue ──▶ functions/identity/on_mail_requested ── SES ──▶ sent_at on the item

So a mail is asked for exactly if the change was made. `details` are short texts for the letter;
never a token, a code or a password. The item goes a week later by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from socialflow.identity.mail.kinds import Notice as Notice
from socialflow.identity.models import User
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import Write
from socialflow.platform.ids import moment_of

MAIL_ID_PREFIX: Final = "eml"
KEPT: Final = timedelta(days=7)
MAX_DETAILS: Final = 8
MAX_DETAIL_CHARACTERS: Final = 500


def mail_wanted(item: Mapping[str, Any]) -> str | None:
    """The name of the mail that an item asks for, None where it asks for none.

    Another name is another mail: a registration's resent one, a newer reset's. Noted on the item
    as `mail_sent` once it is out.
    """
    match item.get("kind"):
        case "registration":
            return f"{item['id']}-{item['mails']}"
        case "reset" | "email_change":
            return str(item["id"])
        case "mail":
            return str(item["sk"])
    return None


def mail_requested(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any] | None:
    """The data of `MailRequested.v1` for a change of an item, None where it asks for no mail."""
    wanted = mail_wanted(new)
    if wanted is None or wanted == mail_wanted(old):
        return None
    return {"kind": new["kind"], "key": {"pk": new["pk"], "sk": new["sk"]}}


def notice(
    user: User, kind: Notice, details: Mapping[str, str], *, id: str, to: str | None = None
) -> Write:
    """The write that has a user told; `id` is a new `eml_…`, whose moment is the mail's.

    It goes to the account's address, or to `to` (the address before a change). An account
    without any address is written to by nobody: the item is put and sent nowhere.
    """
    if len(details) > MAX_DETAILS:
        raise ValueError("a notice has a few details")
    asked_at = moment_of(id)
    return Write(
        put={
            "pk": f"USER#{user.id}",
            "sk": f"MAIL#{id}",
            "kind": "mail",
            "notice": kind,
            "user_id": user.id,
            "email": to or user.email,
            "display_name": user.display_name,
            "details": {name: text[:MAX_DETAIL_CHARACTERS] for name, text in details.items()},
            "created_at": to_rfc3339(asked_at),
            "expires_at": int((asked_at + KEPT).timestamp()),
        },
        condition="attribute_not_exists(pk)",
    )
