"""Table streams are read side by side: a slow or failing reader holds up nobody else.

ministack's poller runs a stream's function itself and looks at no other event source meanwhile:
with one function starting cold, every queue and every other table's stream waited for it. Here
each mapping that has something to read gets a thread, and is read by one at a time, in order.
"""

from __future__ import annotations

import contextvars
import time
from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.engine import ministack
from infra.local.engine.stream_records import Scope

PAUSE_SECONDS = 1.0
"""Between two attempts at the same records."""

_only: contextvars.ContextVar[str] = contextvars.ContextVar("only", default="")
"""The one mapping that ministack's own code may look at in this thread."""


def read_streams_side_by_side() -> None:
    """Change ministack's poller as described above."""
    lambdas = ministack.module("services.lambda_svc")
    dynamodb = ministack.module("services.dynamodb")
    poll_all, every = lambdas._poll_dynamodb_streams, lambdas._iter_all_esms

    def those_to_look_at() -> Iterator[tuple[str, str, dict[str, Any]]]:
        only = _only.get()
        return (each for each in every() if not only or each[2]["UUID"] == only)

    positions, paused = lambdas._dynamodb_stream_positions._data, lambdas._esm_backoff_until._data

    def read(scope: Scope) -> None:
        _only.set(scope[2])
        before = positions.get(scope)
        poll_all()
        if positions.get(scope) == before:
            # Its function failed or is gone; asking again at once would go on without end.
            paused.setdefault(scope, time.time() + PAUSE_SECONDS)

    def start_reading() -> bool:
        started = False
        for account, region, mapping in list(every()):
            scope = (account, region, mapping["UUID"])
            if (
                scope[2] in lambdas._esm_inflight
                or paused.get(scope, 0) > time.time()
                or not has_unread(
                    scope,
                    mapping,
                    positions,
                    dynamodb._stream_records._data,
                    dynamodb._stream_trimmed._data,
                )
            ):
                continue
            paused.pop(scope, None)
            started = True
            lambdas._dispatch_esm_batch(scope[2], read, scope)
        return started

    lambdas._iter_all_esms = those_to_look_at
    lambdas._poll_dynamodb_streams = start_reading


def has_unread(
    scope: Scope,
    mapping: Mapping[str, Any],
    positions: Mapping[Scope, int],
    records: Mapping[Scope, list[Any]],
    trimmed: Mapping[Scope, int],
) -> bool:
    """Whether a mapping's table has changes beyond where it has read; no other source has."""
    account, region, _ = scope
    # arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>
    service, _, resource = str(mapping.get("EventSourceArn", "")).partition(":table/")
    if ":dynamodb:" not in service or not mapping.get("Enabled", True):
        return False
    table = (account, region, resource.partition("/")[0])
    held, first = len(records.get(table, ())), trimmed.get(table, 0)
    return held > 0 and first + held > max(first, positions.get(scope, first))
