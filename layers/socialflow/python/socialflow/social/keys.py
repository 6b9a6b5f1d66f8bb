"""Keys of the social table, each beside the access pattern that it serves.

| who asks                         | index | partition              | sort key          |
|----------------------------------|-------|------------------------|-------------------|
| does A follow B, and since when  | table | FOLLOWER#<A>           | FOLLOWS#<B>       |
| whom A follows, newest first     | gsi1  | FOLLOWING#<A>          | <followed at>#<B> |
| who follows B, a shard at a time | gsi2  | FOLLOWERS#<B>#<shard>  | <A>               |

One item serves all three. The followers of one person are spread over shards, so that somebody
popular is no hot partition, for readers who go through all of them.
"""

from datetime import datetime
from typing import Final

from socialflow.platform.clock import to_rfc3339
from socialflow.platform.principal import UserId
from socialflow.social.models import Follow, shard_of

FOLLOWER_SHARDS: Final = 16


def follow_key(follower_id: UserId, followee_id: UserId) -> dict[str, str]:
    return {"pk": f"FOLLOWER#{follower_id}", "sk": f"FOLLOWS#{followee_id}"}


def following_partition(follower_id: UserId) -> str:
    return f"FOLLOWING#{follower_id}"


def following_position(followed_at: datetime, followee_id: UserId) -> str:
    return f"{to_rfc3339(followed_at)}#{followee_id}"


def followers_partition(followee_id: UserId, shard: int) -> str:
    return f"FOLLOWERS#{followee_id}#{shard}"


def index_keys(follow: Follow) -> dict[str, str]:
    """Where both people's lists find the item."""
    shard = shard_of(follow.follower_id, FOLLOWER_SHARDS)
    return {
        "gsi1pk": following_partition(follow.follower_id),
        "gsi1sk": following_position(follow.followed_at, follow.followee_id),
        "gsi2pk": followers_partition(follow.followee_id, shard),
        "gsi2sk": follow.follower_id,
    }
