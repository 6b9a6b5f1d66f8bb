"""What other contexts may use of social, all of it read-only.

    facade.follows().followed_at(follower_id, followee_id)  -> datetime | None

Needs `SF_SOCIAL_TABLE` and leave to get items of that table.
"""

from __future__ import annotations

from socialflow.social.directory import FollowDirectory

__all__ = ["FollowDirectory", "follows"]


def follows() -> FollowDirectory:
    """The process's directory of follows."""
    from socialflow.social import wiring

    return wiring.follow_directory()
