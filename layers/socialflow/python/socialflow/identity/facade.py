"""What other contexts may use of identity, all of it read-only.

    facade.access_tokens().verify(token)      -> Principal
    facade.session_states().check(caller, …)  -> SessionState, or SessionEnded
    facade.user_directory().by_handle("ann")  -> Profile | None
    facade.user_directory().profiles(ids)     -> {id: Profile}

Needs `SF_STAGE`, `SF_IDENTITY_TABLE` and leave to read that table; never the signing keys.
"""

from __future__ import annotations

from socialflow.identity.directory import UserDirectory
from socialflow.identity.models import Profile
from socialflow.identity.sessions.states import SessionState, SessionStates
from socialflow.identity.tokens.access_tokens import AccessTokens
from socialflow.platform.principal import Principal

__all__ = [
    "AccessTokens",
    "Principal",
    "Profile",
    "SessionState",
    "SessionStates",
    "UserDirectory",
    "access_tokens",
    "session_states",
    "user_directory",
]


def access_tokens() -> AccessTokens:
    """The process's verifier of access tokens."""
    from socialflow.identity import wiring

    return wiring.access_tokens()


def session_states() -> SessionStates:
    """The process's view of which sessions are open."""
    from socialflow.identity import wiring

    return wiring.session_states()


def user_directory() -> UserDirectory:
    """The process's directory of profiles."""
    from socialflow.identity import wiring

    return wiring.user_directory()
