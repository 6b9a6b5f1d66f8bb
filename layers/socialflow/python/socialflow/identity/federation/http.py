"""Asking providers over HTTP, with bounds: nothing they answer may hold or fill a process.

No redirects, no retries (a code is good once), no proxies of the environment, no compressed bodies,
3 seconds to connect, 5 for each piece and 8 in all, at most 256 KB of JSON.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 8.0
MAX_BYTES: Final = 256 * 1024
_PIECE_BYTES: Final = 16 * 1024
_ALWAYS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    # GitHub answers nobody who does not say who it is.
    "User-Agent": "SocialFlow",
}


class NoAnswer(Exception):
    """The provider did not answer, or not within the bounds; the message holds no secret."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A status and the JSON that came with it (None where it was none)."""

    status: int
    body: Any


class ProviderHttp:
    """One pool of connections a process."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic

    def post_form(
        self, url: str, fields: Mapping[str, str], *, headers: Mapping[str, str] = {}
    ) -> Answered:
        """POSTs a form. Raises `NoAnswer`."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", url, urlencode(fields), {**form, **headers})

    def get(self, url: str, *, headers: Mapping[str, str] = {}) -> Answered:
        """GETs a document. Raises `NoAnswer`."""
        return self._ask("GET", url, None, headers)

    def _ask(self, method: str, url: str, body: str | None, headers: Mapping[str, str]) -> Answered:
        from urllib3.exceptions import HTTPError

        deadline = self._monotonic() + TOTAL_SECONDS
        try:
            answer = _pool().request(
                method,
                url,
                body=body,
                headers={**_ALWAYS, **headers},
                preload_content=False,
                decode_content=False,
                redirect=False,
            )
            try:
                text = self._read(answer, deadline)
            finally:
                # What was not read to its end is not used again.
                answer.close()
        except HTTPError as error:
            raise NoAnswer(type(error).__name__) from error
        return Answered(answer.status, _parsed(text))

    def _read(self, answer: BaseHTTPResponse, deadline: float) -> bytes:
        text = b""
        while piece := answer.read1(_PIECE_BYTES):
            text += piece
            if len(text) > MAX_BYTES:
                raise NoAnswer("answer too large")
            if self._monotonic() > deadline:
                raise NoAnswer("answer too slow")
        return text


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@functools.cache
def _pool() -> PoolManager:
    from botocore.httpsession import get_cert_path
    from urllib3 import PoolManager, Timeout

    return PoolManager(
        num_pools=16,
        maxsize=2,
        retries=False,
        timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        cert_reqs="CERT_REQUIRED",
        # The authorities that the AWS clients trust.
        ca_certs=get_cert_path(True),
    )
