"""Whether a message may be delivered: the rules that need no I/O, in the order they are asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from socialflow.chat import reasons
from socialflow.chat.models import (
    ANONYMOUS_PREFIX,
    MAX_MESSAGE_CHARACTERS,
    Role,
    Standing,
    followed_long_enough,
)
from socialflow.chat.terms import BlockedTerms
from socialflow.platform.clock import from_rfc3339

_UNSEEN: Final = frozenset({"Cf", "Cc", "Cn", "Co", "Zs", "Zl", "Zp"})
# Names with an ending that people link to; others are more often a full stop without a space.
_ENDINGS: Final = (
    "com net org info biz edu gov io co tv gg me ly app dev live link site online shop store xyz "
    "club top vip icu fun ai cc ws pro page blog news video chat game games cam porn xxx "
    "uk de fr es nl pl ru ua cz se fi dk pt br mx ar jp cn kr au nz ca eu ch"
)
_NAME: Final = r"\b(?:[^\W_][\w-]{0,62}\.){1,4}"
_LINK: Final = re.compile(
    r"[a-z][a-z0-9+.-]{1,10}://\S"
    r"|\bwww\.\w"
    rf"|{_NAME}(?:{'|'.join(_ENDINGS.split())})(?![\w-])"
    rf"|{_NAME}[a-z]{{2,24}}/"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d|/)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message before it is delivered. `attributes` are those that we put into the token."""

    message_id: str
    content: str
    sender_id: str
    attributes: Mapping[str, str]


def refusal(draft: Draft, standing: Standing, terms: BlockedTerms, now: datetime) -> str | None:
    """Why a message is refused, whatever was written before it; None where nothing is wrong.

    A ban counts for everybody but the owner; the room's rules count for members alone.
    """
    if draft.sender_id.startswith(ANONYMOUS_PREFIX):
        return reasons.signed_out()
    if standing.ban:
        until = standing.ban.until
        return reasons.timed_out(until) if until else reasons.banned()
    if len(draft.content) > MAX_MESSAGE_CHARACTERS:
        return reasons.too_long()
    if all(unicodedata.category(character) in _UNSEEN for character in draft.content):
        return reasons.empty()
    if standing.role is not Role.MEMBER:
        return None
    settings = standing.room.settings
    if not followed_long_enough(_followed_at(draft), settings, now):
        return reasons.followers_only(settings)
    if not settings.links_allowed and has_link(draft.content):
        return reasons.links()
    if terms.found_in(draft.content):
        return reasons.blocked_term()
    return None


def is_paced(standing: Standing) -> bool:
    """Whether slow mode counts for this person."""
    return standing.role is Role.MEMBER and standing.room.settings.slow_mode_seconds > 0


def has_link(text: str) -> bool:
    """Whether a text has an address in it: with a scheme, with `www.`, or a name that one opens."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return _LINK.search(seen.replace("\u3002", ".")) is not None


def _followed_at(draft: Draft) -> datetime | None:
    text = draft.attributes.get("followed_at", "")
    return from_rfc3339(text) if text else None
