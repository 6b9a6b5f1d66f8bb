"""Table streams that survive: records nobody has read yet, in the checkpoints with the positions.

ministack saves how far each event source mapping has read a stream and forgets the stream. After
a restart the position would lie beyond the end until as many changes were made as before, and
nobody would be told of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.engine import ministack

RECORDS_STATE_KEY = "unread_stream_records"
TRIMMED_STATE_KEY = "read_stream_records"
Scope = tuple[str, str, str]
"""Account, region and name."""


def keep_stream_records() -> None:
    """Make ministack's DynamoDB save the unread records of its streams, and load them."""
    dynamodb, lambdas = (
        ministack.module("services.dynamodb"),
        ministack.module("services.lambda_svc"),
    )
    get_state, restore = dynamodb.get_state, dynamodb.load_persisted_state

    def with_streams() -> dict[str, Any]:
        records, trimmed = dynamodb.AccountRegionScopedDict(), dynamodb.AccountRegionScopedDict()
        positions = positions_by_table(
            lambdas._esms._data, lambdas._dynamodb_stream_positions._data
        )
        for scope, held in dynamodb._stream_records.all_items():
            first = dynamodb._stream_trimmed._data.get(scope, 0)
            skipped = read_by_all(positions.get(scope, []), first, len(held))
            records._data[scope] = held[skipped:]
            trimmed._data[scope] = first + skipped
        return {**get_state(), RECORDS_STATE_KEY: records, TRIMMED_STATE_KEY: trimmed}

    def load_with_streams(data: dict[str, Any]) -> None:
        restore(data)
        for key, store in (
            (RECORDS_STATE_KEY, dynamodb._stream_records),
            (TRIMMED_STATE_KEY, dynamodb._stream_trimmed),
        ):
            if key in data:
                store._data.update(data[key]._data)

    dynamodb.get_state = with_streams
    dynamodb.load_persisted_state = load_with_streams


def positions_by_table(
    mappings: Mapping[Scope, Mapping[str, Any]], positions: Mapping[Scope, int]
) -> dict[Scope, list[int]]:
    """How far each mapping of a table's stream has read it, by the table's scope."""
    found: dict[Scope, list[int]] = {}
    for (account, region, mapping_id), mapping in mappings.items():
        # arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>
        service, _, resource = str(mapping.get("EventSourceArn", "")).partition(":table/")
        if ":dynamodb:" in service:
            table = (account, region, resource.partition("/")[0])
            found.setdefault(table, []).append(positions.get((account, region, mapping_id), 0))
    return found


def read_by_all(positions: list[int], first: int, held: int) -> int:
    """How many of `held` records, the first at position `first`, every mapping has read.

    All of them where nothing reads the stream: a new mapping begins at its end.
    """
    return max(0, min([held, *(position - first for position in positions)]))
