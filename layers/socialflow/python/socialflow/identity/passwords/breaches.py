"""Whether a password is known from breaches, asked so that nobody learns which one (a port).

By k-anonymity: the service is sent the first five hexadecimal digits of the password's SHA-1 and
answers every suffix it knows under them, several hundred, padded so that the length of the answer
says nothing (https://haveibeenpwned.com/API/v3#PwnedPasswords). Off until a stage names a service.

A service that is away never keeps anybody out: the check fails open and is logged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from socialflow.platform.observability import logger

if TYPE_CHECKING:
    from urllib3 import PoolManager

TIMEOUT_SECONDS: Final = 1.0
MAX_ANSWER_BYTES: Final = 256 * 1024
_PREFIX_DIGITS: Final = 5


class BreachedPasswords(Protocol):
    """Tells whether a password was seen in a breach."""

    def holds(self, password: str) -> bool:
        """True where it is known to be out; False also where nobody can say."""
        ...


class NoBreachCheck:
    """What a stage without a service has."""

    def holds(self, password: str) -> bool:
        return False


class PwnedPasswords:
    """The range API of Have I Been Pwned, or anything that speaks it at `url`."""

    def __init__(self, url: str, *, pool: Callable[[], PoolManager] | None = None) -> None:
        if not url.startswith(("https://", "http://")):
            raise ValueError("the breach check needs an address")
        self._url = url.rstrip("/")
        self._pool = pool or _pool
        self._made: PoolManager | None = None

    def holds(self, password: str) -> bool:
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        prefix, suffix = digest[:_PREFIX_DIGITS], digest[_PREFIX_DIGITS:]
        answer = self._range(prefix)
        for line in answer.splitlines():
            known, _, times = line.strip().partition(":")
            # Padding has the count 0.
            if known == suffix and times.strip().isdecimal() and int(times) > 0:
                return True
        return False

    def _range(self, prefix: str) -> str:
        from urllib3.exceptions import HTTPError

        if self._made is None:
            self._made = self._pool()
        try:
            response: Any = self._made.request(
                "GET",
                f"{self._url}/{prefix}",
                headers={"Add-Padding": "true", "User-Agent": "SocialFlow"},
                redirect=False,
                preload_content=False,
            )
            try:
                text: bytes = response.read(MAX_ANSWER_BYTES)
                status: int = response.status
            finally:
                response.release_conn()
        except HTTPError as error:
            logger().warning("breach check unavailable", extra={"error": type(error).__name__})
            return ""
        if status != 200:
            logger().warning("breach check unavailable", extra={"status": status})
            return ""
        return text.decode("ascii", "replace")


def _pool() -> PoolManager:
    from urllib3 import PoolManager, Timeout

    return PoolManager(timeout=Timeout(total=TIMEOUT_SECONDS), retries=False, maxsize=2)
