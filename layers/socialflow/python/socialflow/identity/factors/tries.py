"""How often codes may be tried.

A code of an app has a million values, of which three are good at a time. Whoever knows a password
gets five tries for each sign-in, and from the sixth within a day on ever fewer for the account: in
the end one in a quarter of an hour, with which a day finds a code once in 3,500. Tries from a
device that the account knows are counted apart, so that a stranger's slow its owner down nowhere
but on a new device. A good code takes its own tries back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from socialflow.identity.factors.errors import ChallengeInvalid
from socialflow.identity.sessions.devices import Devices
from socialflow.platform.dynamodb import Write
from socialflow.platform.principal import UserId
from socialflow.platform.rate_limits import DelayPolicy, RateLimiter, TriesPolicy, TriesSpent

CHALLENGE_TRIES: Final = TriesPolicy("second_factor_challenge", limit=5, kept_seconds=600)
CODE_TRIES: Final = DelayPolicy("second_factor", free=5, first_seconds=1, ceiling_seconds=900)
STEP_UP_TRIES: Final = DelayPolicy("step_up", free=5, first_seconds=1, ceiling_seconds=900)


class Tries:
    """Counts each try before it is judged; returns the writes by which a good one is forgotten."""

    def __init__(self, limiter: RateLimiter, devices: Devices) -> None:
        self._limiter = limiter
        self._devices = devices

    def of_challenge(
        self, challenge_id: str, user_id: UserId, device_token: str | None
    ) -> Sequence[Write]:
        """A code for a sign-in; raises `ChallengeInvalid` or `TooManyAttempts`. One transaction."""
        device = self._devices.read(device_token)
        known = device is not None and device.knows(user_id)
        subject = f"{user_id}\n{device.id}" if device and known else user_id
        try:
            self._limiter.spend_all([(CHALLENGE_TRIES, challenge_id), (CODE_TRIES, subject)])
        except TriesSpent as spent:
            raise ChallengeInvalid from spent
        return [self._limiter.forget(CODE_TRIES, subject)]

    def of_step_up(self, user_id: UserId) -> Sequence[Write]:
        """A password or a code of who is signed in; raises `TooManyAttempts`. One write."""
        self._limiter.spend_all([(STEP_UP_TRIES, user_id)])
        return [self._limiter.forget(STEP_UP_TRIES, user_id)]
