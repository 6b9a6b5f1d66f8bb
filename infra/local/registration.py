"""Making an account through the API as people do: ask for it, read the mail, type in the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.mailbox.reading import Mailbox, NoMail

Post = Callable[[str, Mapping[str, Any]], tuple[int, Mapping[str, Any]]]
"""POSTs JSON to a path of the API; answers the status and the JSON."""


class RegistrationRefused(Exception):
    """The API refused, or no code came; the message says which."""


def register(post: Post, mailbox: Mailbox, account: Mapping[str, str]) -> dict[str, Any]:
    """The tokens of a new account (`email`, `password`, `handle`, `display_name`).

    Raises RegistrationRefused.
    """
    address = account["email"]
    before = frozenset(message["id"] for message in mailbox.messages(address))
    asked = _answered(202, *post("/v1/auth/register", account))
    try:
        code = mailbox.code(address, but=before)
    except NoMail as missing:
        raise RegistrationRefused(str(missing)) from missing
    typed = {"registration_token": asked["registration_token"], "code": code}
    return dict(_answered(201, *post("/v1/auth/register/verify", typed)))


def _answered(wanted: int, status: int, document: Mapping[str, Any]) -> Mapping[str, Any]:
    if status != wanted:
        raise RegistrationRefused(f"{status}: {str(document)[:300]}")
    return document
