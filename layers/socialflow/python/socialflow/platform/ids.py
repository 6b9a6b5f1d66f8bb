"""Typed, sortable identifiers: a prefix that names the kind, then a ULID.

A ULID is 48 bits of milliseconds and 80 random bits in Crockford's base 32, 26 characters, so
ids sort by the time they were made (https://github.com/ulid/spec).
"""

import re
import secrets
from collections.abc import Callable
from datetime import datetime

from socialflow.platform.clock import Clock, from_epoch_seconds, utc_now

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80

IdFactory = Callable[[str], str]


def ulid(moment: datetime, randomness: int) -> str:
    """The 26 characters for a moment and 80 bits of randomness."""
    value = (int(moment.timestamp() * 1000) << _RANDOM_BITS) | randomness
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def id_factory(clock: Clock = utc_now) -> IdFactory:
    """A maker of new ids: `id_factory()("vid")` → `vid_01K…`."""

    def new_id(prefix: str) -> str:
        return f"{prefix}_{ulid(clock(), secrets.randbits(_RANDOM_BITS))}"

    return new_id


def id_pattern(prefix: str) -> str:
    """The regular expression that ids of one kind match, for validation at the edge."""
    return rf"^{re.escape(prefix)}_[{_ALPHABET}]{{26}}$"


def same_ulid(id: str, prefix: str) -> str:
    """The id of what belongs to a thing one to one: `same_ulid("usr_01K…", "chn")` → `chn_01K…`.

    So either can be found from the other without a read.
    """
    _, _, suffix = id.partition("_")
    return f"{prefix}_{suffix}"


def moment_of(id: str) -> datetime:
    """When an id was made, to the millisecond; raises `ValueError` where it ends in no ULID."""
    text = id[-26:]
    if len(text) != 26 or not all(character in _ALPHABET for character in text):
        raise ValueError(f"{id!r} does not end in a ULID")
    value = 0
    for character in text[:10]:
        value = value << 5 | _ALPHABET.index(character)
    return from_epoch_seconds(value / 1000)
