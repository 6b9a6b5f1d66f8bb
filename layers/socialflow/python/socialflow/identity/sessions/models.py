"""A session, and the rules for how long it lasts and what it forgives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from socialflow.platform.principal import SessionId, UserId

if TYPE_CHECKING:
    from socialflow.identity.models import User

MAX_DEVICE_CHARACTERS = 256
SESSION_IDLE = timedelta(days=30)
SESSION_LIFETIME = timedelta(days=365)
REFRESH_GRACE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One device that signed in: a family of refresh tokens, of which one is good at a time.

    `generation` counts the rotations; the good token carries the same number. `root_hash` is
    the SHA-256 of the family's secret, which the tokens carry and nobody stores. `device` is
    what the client called itself (its User-Agent), `address` the network that it was last used
    from, `device_id` the device that it named itself by. `method` is how its owner proved who
    they are and `verified_at` when they last did. It belongs to one `epoch` of the account's
    sessions. `refreshes` counts those of `refresh_window`. It is over 30 days after its last use
    (`expires_at`), and a year after it began at the latest (`ends_by`).
    """

    id: SessionId
    user_id: UserId
    root_hash: str
    generation: int
    device: str
    created_at: datetime
    rotated_at: datetime
    expires_at: datetime
    ends_by: datetime
    verified_at: datetime
    method: str = "password"
    epoch: int = 0
    address: str = ""
    device_id: str | None = None
    ended_at: datetime | None = None
    refresh_window: int = 0
    refreshes: int = 0

    def is_of(self, user: User) -> bool:
        """Whether the account still has this session: its sessions were not ended since."""
        return self.epoch == user.sessions_epoch or self.id == user.kept_session

    def rotated(self, *, now: datetime, address: str, window: int) -> Session:
        """The session after a refresh, counted in a window of the rate limit."""
        return replace(
            self,
            generation=self.generation + 1,
            rotated_at=now,
            expires_at=now + SESSION_IDLE,
            address=address,
            refresh_window=window,
            refreshes=self.refreshes_in(window) + 1,
        )

    def refreshes_in(self, window: int) -> int:
        """How often it was refreshed in a window of the rate limit."""
        return self.refreshes if self.refresh_window == window else 0

    def is_open(self, now: datetime) -> bool:
        """Whether the session still takes refresh tokens."""
        return self.ended_at is None and now < min(self.expires_at, self.ends_by)

    def is_unused(self, now: datetime) -> bool:
        """Whether the session still waits for its first refresh."""
        return self.generation == 0 and self.is_open(now)

    def forgives(self, generation: int, *, device: str, now: datetime) -> bool:
        """Whether a token spent just now may be answered again.

        A phone that lost the answer sends the same token once more. That is forgiven for
        `REFRESH_GRACE`, to the same device, and only while the token that the lost answer held
        has not been used: once it has, nobody honest still needs the older one.
        """
        return (
            generation == self.generation - 1
            and device == self.device
            and now - self.rotated_at <= REFRESH_GRACE
        )


def clean_device(text: str) -> str:
    """What the client calls itself, printable and at most 256 characters."""
    return "".join(c for c in text if c.isprintable())[:MAX_DEVICE_CHARACTERS]
