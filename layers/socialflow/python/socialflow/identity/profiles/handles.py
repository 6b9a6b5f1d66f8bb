"""What becomes of handles when one is changed.

    ann ──▶ ann_bell      HANDLE#ann_bell    hers
                          HANDLE#ann         given up: hers alone for 90 days, then anybody's
                          SKELETON#…         alike, for all that looks like either
                          USER#…/HANDLE#…    what she was called until now, for staff

So nobody can take over a name at once that others still know her by, and links to it lead to
nobody rather than to a stranger.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from socialflow.identity import keys
from socialflow.identity.models import User
from socialflow.identity.profiles.look_alikes import handle_skeleton
from socialflow.identity.records import handle_item, skeleton_item
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import Item, Write

CHANGES_APART: Final = timedelta(days=14)
RESERVED_FOR: Final = timedelta(days=90)
# Of the writes below, those whose refusal means that somebody else has the name.
CLAIMS: Final = frozenset({0, 1})

_MINE_OR_FREE: Final = "attribute_not_exists(pk) OR #user_id = :user OR #expires_at <= :now"
_MINE: Final = "#user_id = :user"


def change_after(user: User) -> datetime | None:
    """From when on the handle can be changed; None where it was never changed."""
    return user.handle_changed_at + CHANGES_APART if user.handle_changed_at else None


def move_writes(old: User, new: User, *, now: datetime) -> list[Write]:
    """The writes that go with a change of the handle: first the claims, then what is given up."""
    claim: dict[str, object] = {"user": new.id, "now": int(now.timestamp())}
    former = old.profile
    writes = [
        Write(put=handle_item(new.profile), condition=_MINE_OR_FREE, values=claim),
        Write(put=skeleton_item(new.profile), condition=_MINE_OR_FREE, values=claim),
        Write(put=_given_up(handle_item(former), now), condition=_MINE, values={"user": new.id}),
        Write(put=_former(old, now)),
    ]
    # The very same item cannot be claimed and given up: two names may look alike to each other.
    if handle_skeleton(old.handle) != handle_skeleton(new.handle):
        given_up = _given_up(skeleton_item(former), now)
        writes.append(
            # Accounts of before skeletons have none to give up.
            Write(
                put=given_up,
                condition=f"attribute_not_exists(pk) OR {_MINE}",
                values={"user": new.id},
            )
        )
    return writes


def _given_up(item: Item, now: datetime) -> Item:
    """Hers alone for a while: nobody else's, and not shown any more."""
    kept = {name: item[name] for name in ("pk", "sk", "gsi1pk", "gsi1sk", "user_id", "handle")}
    return kept | {
        "kind": f"former_{item['kind']}",
        "given_up_at": to_rfc3339(now),
        "expires_at": int((now + RESERVED_FOR).timestamp()),
    }


def _former(old: User, now: datetime) -> Item:
    until = to_rfc3339(now)
    return keys.former_handle_key(old.id, until) | {
        "kind": "former_name",
        "user_id": old.id,
        "handle": old.handle,
        "since": to_rfc3339(old.handle_changed_at or old.created_at),
        "until": until,
    }
