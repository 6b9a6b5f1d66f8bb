"""Why somebody may not write, in words that the page takes apart: a code, then its numbers.

They come with a token (`refused_because`) and with a message that the review refused (its error's
text, which IVS Chat takes from the attribute `Reason`).
"""

from __future__ import annotations

from datetime import datetime

from socialflow.chat.models import ChatSettings
from socialflow.platform.clock import to_rfc3339


def banned() -> str:
    return "banned"


def signed_out() -> str:
    return "signed_out"


def timed_out(until: datetime) -> str:
    return f"timed_out until={to_rfc3339(until)}"


def followers_only(settings: ChatSettings) -> str:
    return f"followers_only minutes={settings.followers_only_minutes or 0}"


def slow_mode(wait_seconds: int) -> str:
    return f"slow_mode wait_seconds={wait_seconds}"


def links() -> str:
    return "links"


def blocked_term() -> str:
    return "blocked_term"


def too_long() -> str:
    return "too_long"


def empty() -> str:
    return "empty"
