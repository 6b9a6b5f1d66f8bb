"""Mail as SES sends it: by the permission for the identity that sends, and never lost.

ministack asks for `ses:SendEmail` on `*`, so that a policy which names the identity grants nothing.
SES asks for it on the identity and, where the message names one, on the configuration set, and
knows who sends (`ses:FromAddress`; "Actions, resources, and condition keys for Amazon SES", Service
Authorization Reference).

What was sent ministack keeps in memory and forgets when it stops. Here each message is a file
before the caller is answered, for the mailbox to show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from infra.local.admin import ACCOUNT_ID, REGION
from infra.local.engine import ministack
from infra.local.mailbox.messages import Message, Messages

SEND_PATH = "/v2/email/outbound-emails"
ACTION = "ses:SendEmail"
REMEMBERED = 100
"""How many ministack itself goes on counting, for its statistics."""


def keep_mail(directory: Path) -> None:
    """Write what is sent to `directory`, and ask for the permissions that SES asks for."""
    sent = SentMail(Messages(directory))
    for name in ("services.ses", "services.ses_v2"):
        ministack.module(name)._sent_emails_list = lambda: sent
    app = ministack.module("app")
    enforce_others = app._enforce_ses_v2

    def enforce(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str
    ) -> Any:
        if (method, path.rstrip("/")) != ("POST", SEND_PATH):
            return enforce_others(method, path, headers, body, query, request_id)
        for resource, context in asked_for(body):
            denied = app._enforce_data_plane(
                *("sesv2", ACTION, headers, query, request_id),
                resource_arn=resource,
                service_context=context,
                named_resource=resource,
            )
            if denied:
                return denied
        return None

    app._enforce_ses_v2 = enforce


def asked_for(body: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """The resources on which sending needs a permission, and the condition keys of the request."""
    try:
        request = json.loads(body)
    except ValueError:
        request = {}
    display_name, address = parseaddr(str(request.get("FromEmailAddress") or ""))
    destination = request.get("Destination") or {}
    context = {
        "ses:FromAddress": address,
        "ses:FromDisplayName": display_name,
        "ses:Recipients": [
            parseaddr(recipient)[1] for addresses in destination.values() for recipient in addresses
        ],
    }
    identities = ministack.module("services.ses_v2")._identities
    identity = address if address in identities else address.rpartition("@")[2]
    yield _arn(f"identity/{identity}"), context
    if configuration_set := request.get("ConfigurationSetName"):
        yield _arn(f"configuration-set/{configuration_set}"), context


class SentMail(list[dict[str, Any]]):
    """ministack's list of what was sent. It appends to it last, before it answers."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self._messages = messages

    def append(self, record: dict[str, Any]) -> None:
        """Keep the message."""
        self._messages.keep(
            Message(
                id=record["MessageId"].partition("@")[0],
                sent_at=datetime.fromtimestamp(record["Timestamp"], UTC),
                sender=record["Source"],
                recipients=(*record["To"], *record["CC"], *record["BCC"]),
                subject=record["Subject"],
                text=record["BodyText"] or "",
                html=record["BodyHtml"] or "",
            )
        )
        super().append(record)
        del self[:-REMEMBERED]


def _arn(resource: str) -> str:
    return f"arn:aws:ses:{REGION}:{ACCOUNT_ID}:{resource}"
