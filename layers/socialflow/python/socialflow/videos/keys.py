"""Keys of the videos table, each beside the access pattern that it serves.

| who asks                                  | index | partition            | sort key            |
|-------------------------------------------|-------|----------------------|---------------------|
| one video                                 | table | VIDEO#<id>           | VIDEO               |
| may this person watch; who may            | table | VIDEO#<id>           | VIEWER#<user id>    |
| which videos somebody was named for       | gsi1  | VIEWER#<user id>     | <video id>          |
| an owner's own videos, newest first       | gsi1  | OWNER#<user id>      | <video id>          |
| an owner's deleted ones, until purged     | gsi1  | DELETED#<user id>    | <video id>          |
| a channel's public videos, newest first   | gsi2  | CHANNEL#<user id>    | <published at>#<id> |
| what the reconciler should look at by now | gsi3  | CHECK#<shard>        | <check at>#<id>     |

A replay that its owner deleted leaves a tombstone in its row's place.
"""

from datetime import datetime
from typing import Final

from socialflow.platform.clock import to_rfc3339
from socialflow.videos.models import shard_of

CHECK_SHARDS: Final = 4
VIDEO_SK: Final = "VIDEO"
VIEWER_PREFIX: Final = "VIEWER#"


def video_key(video_id: str) -> dict[str, str]:
    return {"pk": f"VIDEO#{video_id}", "sk": VIDEO_SK}


def viewer_key(video_id: str, user_id: str) -> dict[str, str]:
    return {"pk": f"VIDEO#{video_id}", "sk": f"{VIEWER_PREFIX}{user_id}"}


def owner_partition(user_id: str) -> str:
    return f"OWNER#{user_id}"


def deleted_partition(user_id: str) -> str:
    return f"DELETED#{user_id}"


def viewer_partition(user_id: str) -> str:
    return f"VIEWER#{user_id}"


def channel_partition(user_id: str) -> str:
    return f"CHANNEL#{user_id}"


def check_partition(shard: int) -> str:
    return f"CHECK#{shard}"


def check_keys(video_id: str, check_at: datetime) -> dict[str, str]:
    """Where the reconciler finds a video from `check_at` on."""
    return {
        "gsi3pk": check_partition(shard_of(video_id, CHECK_SHARDS)),
        "gsi3sk": f"{to_rfc3339(check_at)}#{video_id}",
    }


def channel_keys(owner_id: str, video_id: str, published_at: datetime) -> dict[str, str]:
    """Where a channel's visitors find a public video."""
    return {
        "gsi2pk": channel_partition(owner_id),
        "gsi2sk": f"{to_rfc3339(published_at)}#{video_id}",
    }
