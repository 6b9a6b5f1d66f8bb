"""Public profiles by id and by handle, for every context that shows a name.

Profiles are kept in the process for a minute: a page of a feed names the same few people again
and again, and a new display name may take that long to show.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from socialflow.identity.models import Profile
from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.principal import UserId

if TYPE_CHECKING:
    from socialflow.identity.repository import IdentityRepository

KEEP = timedelta(seconds=60)
MAX_KEPT = 4096


class UserDirectory:
    """Read-only. Unknown people are asked for again each time, so that new ones show at once."""

    def __init__(self, repository: IdentityRepository, *, clock: Clock = utc_now) -> None:
        self._repository = repository
        self._clock = clock
        self._by_id = _Recent()
        self._by_handle = _Recent()

    def by_handle(self, handle: str) -> Profile | None:
        """The profile under a handle (case ignored), or None. At most one read."""
        wanted, now = handle.lower(), self._clock()
        profile = self._by_handle.get(wanted, now)
        if profile is None:
            profile = self._repository.profile_by_handle(wanted)
            if profile is not None:
                self._keep(profile, now)
        return profile

    def profiles(self, ids: Iterable[UserId]) -> dict[UserId, Profile]:
        """The profiles of those ids that exist. One read for every 100 that are not at hand."""
        wanted, now = dict.fromkeys(ids), self._clock()
        found = {
            id_: profile for id_ in wanted if (profile := self._by_id.get(id_, now)) is not None
        }
        for profile in self._repository.profiles([id_ for id_ in wanted if id_ not in found]):
            self._keep(profile, now)
            found[profile.id] = profile
        return found

    def _keep(self, profile: Profile, now: datetime) -> None:
        self._by_id.put(profile.id, profile, now)
        # Whoever is about to leave is named where they are known, and found by nobody else.
        if not profile.hidden:
            self._by_handle.put(profile.handle, profile, now)


class _Recent:
    """The profiles used last, each for `KEEP` and `MAX_KEPT` of them at most."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Profile, datetime]] = OrderedDict()

    def get(self, key: str, now: datetime) -> Profile | None:
        kept = self._kept.get(key)
        if kept is None or now - kept[1] >= KEEP:
            return None
        self._kept.move_to_end(key)
        return kept[0]

    def put(self, key: str, profile: Profile, now: datetime) -> None:
        self._kept[key] = profile, now
        self._kept.move_to_end(key)
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
