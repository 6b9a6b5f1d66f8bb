"""Identifiers in IVS's forms. Randomness is passed in."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable

__all__ = ["Ids"]

_ALPHABET = string.ascii_letters + string.digits


class Ids:
    """`choose` picks one character of a string."""

    def __init__(self, choose: Callable[[str], str] = secrets.choice) -> None:
        self._choose = choose

    def resource_id(self) -> str:
        """The last part of an ARN, and of recordings' prefixes."""
        return self._some(12)

    def stream_id(self) -> str:
        return f"st-{self._some(23)}"

    def recording_session_id(self) -> str:
        return self._some(16)

    def stream_key(self, region: str) -> str:
        """Secret: 30 characters of 62 are 178 bits."""
        return f"sk_{region}_{self._some(12)}_{self._some(30)}"

    def viewer_id(self) -> str:
        """Secret: whoever has it may watch."""
        return self._some(24)

    def _some(self, length: int) -> str:
        return "".join(self._choose(_ALPHABET) for _ in range(length))
