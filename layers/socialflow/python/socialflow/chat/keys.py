"""Keys of the chat table, each beside the access pattern that it serves.

| who asks                             | index | partition                  | sort key            |
|--------------------------------------|-------|----------------------------|---------------------|
| a room and its rules                 | table | ROOM#<owner id>            | RULES               |
| may this person write; who is banned | table | ROOM#<owner id>            | BAN#<user id>       |
| is this person a moderator; who is   | table | ROOM#<owner id>            | MODERATOR#<user id> |
| the poll that is open                | table | ROOM#<owner id>            | POLL                |
| whose room has this IVS Chat id      | table | IVS#<room id>              | IVS                 |
| when did this person write last      | table | PACE#<owner id>#<user id>  | PACE                |
| acts of moderation, newest first     | table | AUDIT#<owner id>           | <act id>            |
| messages by id                       | table | MESSAGE#<owner id>#<id>    | MESSAGE             |
| is this message deleted              | table | MESSAGE#<owner id>#<id>    | DELETED             |
| messages of a day (UTC), in order    | gsi1  | LOG#<owner id>#<date>      | <sent at>#<id>      |
| messages a minute                    | table | ACTIVITY#<owner id>#<date> | <time>#<log file>   |
| a poll                               | table | POLL#<poll id>             | POLL                |
| a poll's counters                    | table | POLL#<poll id>#<n>         | SHARD               |
| what somebody voted                  | table | VOTE#<poll id>#<user id>   | VOTE                |
| a room whose owner is being erased   | table | ROOM#<owner id>            | ERASED              |
| a person's messages, votes, acts,    | gsi2  | BY#<user id>               | <kind>#<id>         |
| bans of others, polls                |       |                            |                     |
| bans, offices, acts about a person   | gsi1  | ABOUT#<user id>            | <kind>#<id>         |
| all polls of a room                  | gsi1  | POLLS#<owner id>           | <poll id>           |

`BY` and `ABOUT` are for exports and erasures: who leaves goes from every room. An item that stays
under the anonymous id of somebody who left is in neither.
"""

from datetime import datetime
from typing import Final

from socialflow.platform.clock import to_rfc3339

RULES_SK: Final = "RULES"
BAN_PREFIX: Final = "BAN#"
MODERATOR_PREFIX: Final = "MODERATOR#"
OPEN_POLL_SK: Final = "POLL"
DELETED_SK: Final = "DELETED"
POLL_SK: Final = "POLL"
SHARD_SK: Final = "SHARD"
ERASED_SK: Final = "ERASED"
BY_KEYS: Final = ("gsi2pk", "gsi2sk")
ABOUT_KEYS: Final = ("gsi1pk", "gsi1sk")


def room_partition(owner_id: str) -> str:
    return f"ROOM#{owner_id}"


def rules_key(owner_id: str) -> dict[str, str]:
    return {"pk": room_partition(owner_id), "sk": RULES_SK}


def ban_key(owner_id: str, user_id: str) -> dict[str, str]:
    return {"pk": room_partition(owner_id), "sk": f"{BAN_PREFIX}{user_id}"}


def moderator_key(owner_id: str, user_id: str) -> dict[str, str]:
    return {"pk": room_partition(owner_id), "sk": f"{MODERATOR_PREFIX}{user_id}"}


def open_poll_key(owner_id: str) -> dict[str, str]:
    return {"pk": room_partition(owner_id), "sk": OPEN_POLL_SK}


def ivs_key(room_id: str) -> dict[str, str]:
    return {"pk": f"IVS#{room_id}", "sk": "IVS"}


def pace_key(owner_id: str, user_id: str) -> dict[str, str]:
    return {"pk": f"PACE#{owner_id}#{user_id}", "sk": "PACE"}


def audit_partition(owner_id: str) -> str:
    return f"AUDIT#{owner_id}"


def audit_key(owner_id: str, act_id: str) -> dict[str, str]:
    return {"pk": audit_partition(owner_id), "sk": act_id}


def message_key(owner_id: str, message_id: str) -> dict[str, str]:
    return {"pk": f"MESSAGE#{owner_id}#{message_id}", "sk": "MESSAGE"}


def deleted_key(owner_id: str, message_id: str) -> dict[str, str]:
    return {"pk": f"MESSAGE#{owner_id}#{message_id}", "sk": DELETED_SK}


def log_partition(owner_id: str, date: str) -> str:
    """`date` is `2026-11-21`, in UTC."""
    return f"LOG#{owner_id}#{date}"


def log_keys(owner_id: str, sent_at: str, message_id: str) -> dict[str, str]:
    """Where a message stands in time; `sent_at` is RFC 3339 in UTC with nine digits."""
    return {
        "gsi1pk": log_partition(owner_id, sent_at[:10]),
        "gsi1sk": f"{sent_at}#{message_id}",
    }


def activity_partition(owner_id: str, date: str) -> str:
    return f"ACTIVITY#{owner_id}#{date}"


def activity_key(owner_id: str, minute: datetime, log_file: str) -> dict[str, str]:
    """One log file's share of a minute, so that the same file again counts once."""
    text = to_rfc3339(minute)
    return {"pk": activity_partition(owner_id, text[:10]), "sk": f"{text[11:16]}#{log_file}"}


def poll_key(poll_id: str) -> dict[str, str]:
    return {"pk": f"POLL#{poll_id}", "sk": POLL_SK}


def shard_key(poll_id: str, shard: int) -> dict[str, str]:
    """Each counter in a partition of its own, so that a popular poll is no hot one."""
    return {"pk": f"POLL#{poll_id}#{shard}", "sk": SHARD_SK}


def vote_key(poll_id: str, user_id: str) -> dict[str, str]:
    return {"pk": f"VOTE#{poll_id}#{user_id}", "sk": "VOTE"}


def erased_key(owner_id: str) -> dict[str, str]:
    return {"pk": room_partition(owner_id), "sk": ERASED_SK}


def polls_partition(owner_id: str) -> str:
    return f"POLLS#{owner_id}"


def poll_index_keys(owner_id: str, opened_by: str, poll_id: str) -> dict[str, str]:
    """Where a room's polls are found, and those that somebody opened."""
    return {
        "gsi1pk": polls_partition(owner_id),
        "gsi1sk": poll_id,
        **by_keys(opened_by, "POLL", poll_id),
    }


def by_partition(user_id: str) -> str:
    return f"BY#{user_id}"


def by_keys(user_id: str, kind: str, id: str) -> dict[str, str]:
    """Where what somebody did is found."""
    return {"gsi2pk": by_partition(user_id), "gsi2sk": f"{kind}#{id}"}


def about_partition(user_id: str) -> str:
    return f"ABOUT#{user_id}"


def about_keys(user_id: str, kind: str, id: str) -> dict[str, str]:
    """Where what was done about somebody is found."""
    return {"gsi1pk": about_partition(user_id), "gsi1sk": f"{kind}#{id}"}
