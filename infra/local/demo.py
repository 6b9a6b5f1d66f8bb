"""The demo accounts of `make run`, made through the public API like any other; one of them is given
the role of an admin as an operator gives it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from infra.local.grant import GrantFailed
from infra.local.mailbox.reading import Mailbox
from infra.local.registration import RegistrationRefused, register
from infra.local.supervisor.children import REPOSITORY

PASSWORD = "watch-me-stream-2026"  # noqa: S105 - printed on the terminal, for loopback only
GRANT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account of the demo; `role` is what it may do beside what everybody may."""

    handle: str
    display_name: str
    role: str = ""

    @property
    def email(self) -> str:
        return f"{self.handle}@example.com"


CREATOR = DemoAccount(handle="demo", display_name="Demo Creator")
ADMIN = DemoAccount(handle="robin", display_name="Robin at the Desk", role="admin")


class DemoAccountFailed(Exception):
    """The account is not there and could not be made."""


def ensure_demo_accounts(origin: str, *, mailbox_url: str, engine_url: str) -> list[DemoAccount]:
    """Register the demo accounts that are missing; returns those that were made.

    Raises DemoAccountFailed with the API's answer.
    """
    api = _Api(origin)
    accounts = (CREATOR, ADMIN)

    def ensure(account: DemoAccount) -> bool:
        return _ensure(account, api, Mailbox(mailbox_url), engine_url)

    # One after the other: side by side, they would keep twice as many functions started.
    made = [ensure(account) for account in accounts]
    return [account for account, is_new in zip(accounts, made, strict=True) if is_new]


def _ensure(account: DemoAccount, api: _Api, mailbox: Mailbox, engine_url: str) -> bool:
    # To sign in would leave a session at every start, and a mail about a new device.
    status, _ = api.ask(f"/v1/users/{account.handle}")
    if status == HTTPStatus.OK:
        return False
    wanted = {
        "email": account.email,
        "password": PASSWORD,
        "handle": account.handle,
        "display_name": account.display_name,
    }
    try:
        register(api.ask, mailbox, wanted)
        if account.role:
            _grant(engine_url, account)
    except (RegistrationRefused, GrantFailed) as error:
        raise DemoAccountFailed(f"{account.email}: {error}") from error
    return True


def _grant(engine_url: str, account: DemoAccount) -> None:
    """In a process of its own, whose AWS clients are gone afterwards; they take 27 MB."""
    finished = subprocess.run(  # noqa: S603 - our own module, no shell
        [
            *(sys.executable, "-m", "infra.local.grant", "--engine", engine_url),
            *("--handle", account.handle, "--role", account.role),
            *("--reason", "The demo's admin"),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=GRANT_SECONDS,
        check=False,
        # Ctrl-C is for the target.
        start_new_session=True,
    )
    if finished.returncode != 0:
        raise GrantFailed(finished.stderr.strip()[-500:])


class _Api:
    """The API of an origin, by the standard library alone."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def ask(
        self, path: str, document: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """POSTs the document, or GETs the path where there is none."""
        request = urllib.request.Request(  # noqa: S310 - an http URL of our own
            self._origin + path,
            None if document is None else json.dumps(dict(document)).encode(),
            {"content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, {"refused": error.read().decode(errors="replace")}
        except urllib.error.URLError as error:
            return 0, {"refused": str(error.reason)}
