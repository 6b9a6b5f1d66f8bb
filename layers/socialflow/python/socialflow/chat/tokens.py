"""Tokens for IVS Chat: who one is in the room, and whether one may write.

What a token says stays true for its session (an hour at most) and the review handler looks at
what changes faster, so a ban holds also for tokens given out before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from socialflow.chat.entrance import Entrance
from socialflow.chat.errors import ChatBanned
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.models import (
    ANONYMOUS_PREFIX,
    ChatSettings,
    Role,
    Standing,
    followed_long_enough,
    session_length,
)
from socialflow.chat.reasons import followers_only, signed_out, timed_out
from socialflow.identity.facade import Profile
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.principal import Principal, UserId
from socialflow.social.facade import FollowDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTicket:
    """A token and what it is good for; `refused_because` says why it does not let one write."""

    token: str
    session_ends_at: datetime
    role: Role
    refused_because: str | None
    settings: ChatSettings


class TokenService:
    """Gives out tokens. `new_name` makes the random part of an anonymous viewer's id."""

    def __init__(
        self,
        entrance: Entrance,
        *,
        ivs_chat: IvsChat,
        follows: FollowDirectory,
        new_name: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._entrance = entrance
        self._ivs_chat = ivs_chat
        self._follows = follows
        self._new_name = new_name
        self._clock = clock

    def issue(self, caller: Principal | None, handle: str) -> ChatTicket:
        """A token for a channel's room.

        Raises `PersonNotFound`, `ChatNotReady`, and `ChatBanned` for those who are banned.
        """
        standing = self._entrance.standing(caller, handle)
        if standing.ban and standing.ban.until is None:
            raise ChatBanned
        profile = self._entrance.known(caller.user_id) if caller else None
        followed_at = self._followed_at(standing, profile)
        refused_because = self._refusal(standing, followed_at)
        issued = self._ivs_chat.create_token(
            standing.room.arn,
            user_id=profile.id if profile else f"{ANONYMOUS_PREFIX}{self._new_name()}",
            may_send=refused_because is None,
            attributes=_attributes(standing.role, profile, followed_at),
            session=session_length(standing.ban, self._clock()),
        )
        return ChatTicket(
            token=issued.token,
            session_ends_at=issued.session_ends_at,
            role=standing.role,
            refused_because=refused_because,
            settings=standing.room.settings,
        )

    def _followed_at(self, standing: Standing, profile: Profile | None) -> datetime | None:
        """Always looked up for members: followers-only may be switched on during the session."""
        if profile is None or standing.role is not Role.MEMBER:
            return None
        return self._follows.followed_at(UserId(profile.id), standing.room.owner_id)

    def _refusal(self, standing: Standing, followed_at: datetime | None) -> str | None:
        if standing.role is Role.VIEWER:
            return signed_out()
        if standing.ban and standing.ban.until:
            return timed_out(standing.ban.until)
        settings = standing.room.settings
        if standing.role is Role.MEMBER and not followed_long_enough(
            followed_at, settings, self._clock()
        ):
            return followers_only(settings)
        return None


def _attributes(
    role: Role, profile: Profile | None, followed_at: datetime | None
) -> dict[str, str]:
    """Public data only: everybody in the room gets it with each message."""
    return {
        "handle": profile.handle if profile else "",
        "display_name": profile.display_name if profile else "",
        "role": role,
        "followed_at": to_rfc3339(followed_at) if followed_at else "",
    }
