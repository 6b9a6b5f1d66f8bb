"""Recovery codes: ten of them, shown once, each good once, for people without their phone.

    7K3M-9QXA-2FHT-WZ0P

Sixteen characters of Crockford's base 32 are 80 random bits, so a SHA-256 is all that has to be
kept: nobody can try them out. The user's id is hashed with them, so that equal codes of two
accounts, or a hash moved from one to another, are worth nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Final

from socialflow.platform.principal import UserId

COUNT: Final = 10
BITS: Final = 80
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS: Final = BITS // 5
_GROUP: Final = 4
# What Crockford's base 32 takes for a digit, because people write it so.
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_CODE: Final = rf"[{_ALPHABET}]{{{_CHARACTERS}}}"

CodeFactory = Callable[[], tuple[str, ...]]


def new_codes() -> tuple[str, ...]:
    """Ten new codes, as they are shown."""
    return tuple(_shown(secrets.randbits(BITS)) for _ in range(COUNT))


def normal_code(text: str) -> str | None:
    """The code in what somebody typed, None where it cannot be one."""
    code = re.sub(r"[\s-]", "", text).upper().translate(_LOOK_ALIKES)
    return code if re.fullmatch(_CODE, code) else None


def code_hash(user_id: UserId, code: str) -> str:
    """What is kept of a code (in normal form) of a user."""
    return hashlib.sha256(f"recovery\n{user_id}\n{code}".encode()).hexdigest()


def hashes_of(user_id: UserId, codes: tuple[str, ...]) -> tuple[str, ...]:
    """What is kept of codes as they are shown."""
    return tuple(code_hash(user_id, code.replace("-", "")) for code in codes)


def _shown(bits: int) -> str:
    code = "".join(_ALPHABET[(bits >> shift) & 31] for shift in range(BITS - 5, -1, -5))
    return "-".join(code[start : start + _GROUP] for start in range(0, _CHARACTERS, _GROUP))
