"""What staff are refused.

Refused
├── Malformed (422): GrantExpired, AuditRangeInvalid
├── NotFound (404): PersonNotFound
└── Conflict (409): OwnAdminRole
"""

from __future__ import annotations

from socialflow.platform.errors import Conflict, Malformed, NotFound


class GrantExpired(Malformed):
    """A role would be over before it begins: its expiry lies in the past."""

    code = "grant_expired"

    def __init__(self) -> None:
        super().__init__("The expiry of a role lies in the future.")


class AuditRangeInvalid(Malformed):
    """The range ends before it begins, or is longer than one list may search."""

    code = "audit_range_invalid"


class PersonNotFound(NotFound):
    """There is no account of this id or handle."""

    code = "user_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such account.")


class OwnAdminRole(Conflict):
    """Nobody gives or takes their own role of admin: another admin has to."""

    code = "own_admin_role"

    def __init__(self) -> None:
        super().__init__("Ask another admin to change your own admin role.")
