"""What staff may give, and what they see of an account beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from socialflow.identity.models import User


class Role(StrEnum):
    """What can be granted. Everybody is a viewer and a creator without a grant."""

    ADVERTISER = "advertiser"
    MODERATOR = "moderator"
    FINANCE = "finance"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerHandle:
    """What somebody was called, and for how long."""

    handle: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """An account as staff see it."""

    user: User
    former_handles: tuple[FormerHandle, ...]
