"""Reading the mailbox from a program: tests, benches and the demo's registrations."""

from __future__ import annotations

import http.client
import json
import re
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

LOOK_EVERY_SECONDS = 0.1
ASK_TIMEOUT_SECONDS = 5.0
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")


class NoMail(AssertionError):
    """What was waited for did not come in time."""


class Mailbox:
    """The mailbox at an address like `http://127.0.0.1:4584`."""

    def __init__(self, url: str) -> None:
        self._place = urlsplit(url).netloc

    def messages(self, to: str, *, limit: int = 20) -> list[dict[str, Any]]:
        """What was sent to an address, the newest first, as the API has it."""
        connection = http.client.HTTPConnection(self._place, timeout=ASK_TIMEOUT_SECONDS)
        try:
            query = urlencode({"to": to, "limit": limit})
            connection.request("GET", f"/api/messages?{query}")
            found: list[dict[str, Any]] = json.loads(connection.getresponse().read())["items"]
        finally:
            connection.close()
        return found

    def wait_for(
        self,
        to: str,
        *,
        containing: str = "",
        seconds: float = 30,
        but: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        """The newest message to an address with `containing` in its subject or text, as soon as
        there is one whose id is not among `but`.

        Raises NoMail.
        """
        deadline = time.monotonic() + seconds
        while True:
            for message in self.messages(to):
                told = f"{message['subject']}\n{message['text']}"
                if message["id"] not in but and containing in told:
                    return message
            if time.monotonic() > deadline:
                raise NoMail(f"no mail {containing!r} came to {to} within {seconds:.0f} s")
            time.sleep(LOOK_EVERY_SECONDS)

    def code(self, to: str, *, seconds: float = 30, but: frozenset[str] = frozenset()) -> str:
        """The six digits of the newest message that has such a code."""
        deadline = time.monotonic() + seconds
        while True:
            message = self.wait_for(to, seconds=max(0.0, deadline - time.monotonic()), but=but)
            if code := code_in(message):
                return code
            but |= {message["id"]}


def code_in(message: dict[str, Any]) -> str:
    """The first six digits that stand alone in the text; empty where there are none."""
    found = _CODE.search(message["text"])
    return found[0] if found else ""


def link_in(message: dict[str, Any], containing: str = "") -> str:
    """The first link of the text with `containing` in it; empty where there is none."""
    return next((link for link in _LINK.findall(message["text"]) if containing in link), "")
