"""Domain events: what a context publishes, and how it reaches the bus.

Delivery is at least once and unordered. An event's `id` is deterministic (the stream record it
came from), so a consumer that sees it twice can tell.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from socialflow.platform.clock import from_epoch_seconds, from_rfc3339, to_rfc3339

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

MAX_ENTRIES = 10
MAX_ROUNDS = 3


class EventsNotPublished(Exception):
    """The bus took only some of the events; the caller must run again (ids make that safe)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`name` carries the version, as in `VideoReady.v1`; `data` is plain JSON."""

    id: str
    source: str
    name: str
    occurred_at: datetime
    correlation_id: str
    data: Mapping[str, Any]

    @classmethod
    def of_record(
        cls, record: Mapping[str, Any], *, source: str, name: str, data: Mapping[str, Any]
    ) -> Event:
        """What a DynamoDB stream record tells; a record read twice makes the same event."""
        written_at = record["dynamodb"]["ApproximateCreationDateTime"]
        return cls(
            id=f"{record['eventID']}-{name}",
            source=source,
            name=name,
            occurred_at=from_epoch_seconds(written_at),
            correlation_id=str(record["eventID"]),
            data=data,
        )


class EventBus:
    """Publishes to one EventBridge bus."""

    def __init__(self, client: Callable[[], EventBridgeClient], bus_name: str) -> None:
        self._client = client
        self._bus_name = bus_name

    def publish(self, events: Sequence[Event]) -> None:
        """Puts all events, ten a call, those refused again; raises `EventsNotPublished`."""
        pending = [self._entry(event) for event in events]
        for attempt in range(MAX_ROUNDS):
            if attempt:
                time.sleep(0.1 * 2**attempt)
            pending = [
                entry
                for start in range(0, len(pending), MAX_ENTRIES)
                for entry in self._put(pending[start : start + MAX_ENTRIES])
            ]
            if not pending:
                return
        raise EventsNotPublished(f"{len(pending)} events were refused by bus {self._bus_name}")

    def _put(self, entries: list[Any]) -> list[Any]:
        answer = self._client().put_events(Entries=entries)
        if not answer["FailedEntryCount"]:
            return []
        return [
            entry
            for entry, result in zip(entries, answer["Entries"], strict=True)
            if "ErrorCode" in result
        ]

    def _entry(self, event: Event) -> dict[str, Any]:
        detail = {
            "id": event.id,
            "occurred_at": to_rfc3339(event.occurred_at),
            "correlation_id": event.correlation_id,
            "data": event.data,
        }
        return {
            "EventBusName": self._bus_name,
            "Source": event.source,
            "DetailType": event.name,
            "Detail": json.dumps(detail, separators=(",", ":")),
            "Time": event.occurred_at,
        }


def parse_event(envelope: Mapping[str, Any]) -> Event:
    """Reads one of our events from an EventBridge envelope, as SQS delivers it."""
    detail = envelope["detail"]
    return Event(
        id=detail["id"],
        source=envelope["source"],
        name=envelope["detail-type"],
        occurred_at=from_rfc3339(detail["occurred_at"]),
        correlation_id=detail["correlation_id"],
        data=detail["data"],
    )
