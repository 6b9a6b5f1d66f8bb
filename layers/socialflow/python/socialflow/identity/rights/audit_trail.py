"""What the audit log says of somebody who leaves, made anonymous.

The log is only ever added to; this is its one exception, and it takes away nothing but who it
was: what was done, when, and by whom else, stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from socialflow.identity.staff.audit import SYSTEM
from socialflow.platform.dynamodb import ConditionFailed, Item, Table, Write
from socialflow.platform.erasure import Leaving
from socialflow.platform.partitions import first_items, key_of

TARGET: Final = "AUDIT#TARGET#"
ACTOR: Final = "AUDIT#ACTOR#"


class AuditTrail:
    """The entries of one person, as the one acted on and as the one acting."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def make_anonymous(self, leaving: Leaving, limit: int) -> int:
        """Puts the anonymous id in the person's place; it is in the same lists then."""
        targeted = self._found(TARGET, "gsi1", leaving, limit)
        for item in targeted:
            # Before and after tell what somebody was called, or where mail reached them.
            told = {"target": leaving.anonymous_id, "gsi1pk": f"{TARGET}{leaving.anonymous_id}"}
            # What we did ourselves followed from a request to their account, by them as a rule.
            from_where = {"address": "", "request_id": ""} if item["actor"] == SYSTEM else {}
            changes = {**told, **from_where, "before": {}, "after": {}}
            self._change(item, changes, "target", leaving)
        acted = self._found(ACTOR, "gsi2", leaving, limit)
        for item in acted:
            told = {"actor": leaving.anonymous_id, "gsi2pk": f"{ACTOR}{leaving.anonymous_id}"}
            self._change(item, {**told, "address": "", "request_id": ""}, "actor", leaving)
        return len(targeted) + len(acted)

    def left(self, leaving: Leaving) -> int:
        return len(self._found(TARGET, "gsi1", leaving, 1)) + len(
            self._found(ACTOR, "gsi2", leaving, 1)
        )

    def _found(self, list_: str, index: str, leaving: Leaving, limit: int) -> list[Item]:
        return first_items(self._table, f"{list_}{leaving.user_id}", limit, index=index)

    def _change(
        self, item: Item, changes: Mapping[str, object], attribute: str, leaving: Leaving
    ) -> None:
        try:
            self._table.write(
                Write(
                    key=key_of(item),
                    set=changes,
                    condition=f"#{attribute} = :left",
                    values={"left": leaving.user_id},
                )
            )
        except ConditionFailed:
            # Done already: the index was behind.
            return
