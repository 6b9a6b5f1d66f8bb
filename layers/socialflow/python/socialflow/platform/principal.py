"""Who is calling, as a verified access token says. Every context reads it; identity makes it."""

from dataclasses import dataclass
from typing import NewType

UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)

USER_ID_PREFIX = "usr"
SESSION_ID_PREFIX = "ses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A signed-in caller. `roles` and `handle` are as they were when the token was issued."""

    user_id: UserId
    handle: str
    roles: frozenset[str]
    session_id: SessionId
