"""Keys of the live table, each beside the access pattern that it serves.

| who asks                                    | index | partition                | sort key        |
|---------------------------------------------|-------|--------------------------|-----------------|
| a creator's channel                         | table | CHANNEL#<id>             | CHANNEL         |
| one broadcast                               | table | BROADCAST#<id>           | BROADCAST       |
| a broadcast with all that was counted       | table | BROADCAST#<id>           | (all of them)   |
| how many watched in a half minute           | table | BROADCAST#<id>           | POINT#<slot>    |
| who has ever watched, as a sketch           | table | BROADCAST#<id>           | UNIQUES         |
| which broadcast a stream belongs to         | table | STREAM#<stream id>       | STREAM          |
| who watched in the half minutes since one   | table | PRESENT#<id>#<shard>     | <slot>#<viewer> |
| a channel whose owner is being erased       | table | CHANNEL#<id>             | ERASED          |
| an owner's own broadcasts, newest first     | gsi1  | OWNER#<user id>          | <broadcast id>  |
| the streams of a channel, for erasures      | gsi1  | STREAMS#<channel id>     | <stream id>     |
| the channel of an IVS channel               | gsi1  | ARN#<channel arn>        | <channel id>    |
| a channel's public scheduled ones, soonest  | gsi2  | SCHEDULED#<user id>      | <for>#<id>      |
| a channel's public ended ones, newest first | gsi2  | ENDED#<user id>          | <ended at>#<id> |
| who is live in public, most viewers first   | gsi2  | LIVE                     | <viewers>#<id>  |
| the same in one category                    | gsi3  | LIVE#<category>          | <viewers>#<id>  |
| channels that the follower looks after      | gsi3  | CHECK#<shard>            | <check at>#<id> |

The directory is one partition on purpose: it takes a write for each live broadcast and quarter of
a minute, so 1,000 writes a second are 15,000 public broadcasts at once.
"""

from datetime import datetime
from typing import Final

from socialflow.live.models import shard_of
from socialflow.platform.clock import to_rfc3339

CHECK_SHARDS: Final = 4
PRESENCE_SHARDS: Final = 4
CHANNEL_SK: Final = "CHANNEL"
ERASED_SK: Final = "ERASED"
BROADCAST_SK: Final = "BROADCAST"
UNIQUES_SK: Final = "UNIQUES"
POINT_PREFIX: Final = "POINT#"
DIRECTORY: Final = "LIVE"
_VIEWER_DIGITS: Final = 9


def channel_key(channel_id: str) -> dict[str, str]:
    return {"pk": f"CHANNEL#{channel_id}", "sk": CHANNEL_SK}


def broadcast_partition(broadcast_id: str) -> str:
    return f"BROADCAST#{broadcast_id}"


def broadcast_key(broadcast_id: str) -> dict[str, str]:
    return {"pk": broadcast_partition(broadcast_id), "sk": BROADCAST_SK}


def point_key(broadcast_id: str, slot: int) -> dict[str, str]:
    return {"pk": broadcast_partition(broadcast_id), "sk": f"{POINT_PREFIX}{slot:012d}"}


def uniques_key(broadcast_id: str) -> dict[str, str]:
    return {"pk": broadcast_partition(broadcast_id), "sk": UNIQUES_SK}


def stream_key(stream_id: str) -> dict[str, str]:
    return {"pk": f"STREAM#{stream_id}", "sk": "STREAM"}


def streams_partition(channel_id: str) -> str:
    return f"STREAMS#{channel_id}"


def erased_key(channel_id: str) -> dict[str, str]:
    return {"pk": f"CHANNEL#{channel_id}", "sk": ERASED_SK}


def presence_partition(broadcast_id: str, shard: int) -> str:
    return f"PRESENT#{broadcast_id}#{shard}"


def presence_position(slot: int) -> str:
    """What the sort keys of a slot begin with."""
    return f"{slot:012d}#"


def presence_key(broadcast_id: str, slot: int, viewer: str) -> dict[str, str]:
    shard = shard_of(viewer, PRESENCE_SHARDS)
    return {
        "pk": presence_partition(broadcast_id, shard),
        "sk": f"{presence_position(slot)}{viewer}",
    }


def owner_partition(user_id: str) -> str:
    return f"OWNER#{user_id}"


def arn_partition(arn: str) -> str:
    return f"ARN#{arn}"


def scheduled_partition(user_id: str) -> str:
    return f"SCHEDULED#{user_id}"


def ended_partition(user_id: str) -> str:
    return f"ENDED#{user_id}"


def category_partition(category: str) -> str:
    return f"LIVE#{category}"


def timed(at: datetime, id: str) -> str:
    """A sort key by time."""
    return f"{to_rfc3339(at)}#{id}"


def ranked(viewers: int, id: str) -> str:
    """A sort key by viewers."""
    return f"{viewers:0{_VIEWER_DIGITS}d}#{id}"


def check_partition(shard: int) -> str:
    return f"CHECK#{shard}"


def check_keys(channel_id: str, check_at: datetime) -> dict[str, str]:
    """Where the follower finds a channel from `check_at` on."""
    return {
        "gsi3pk": check_partition(shard_of(channel_id, CHECK_SHARDS)),
        "gsi3sk": timed(check_at, channel_id),
    }
