"""What wakes the code under test: requests, events from queues, stream batches, schedules.

Shapes are AWS's own: an SQS record whose body is an EventBridge envelope, DynamoDB stream
records with typed images, the scheduler's event.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

REGION: Final = "eu-west-1"
ACCOUNT: Final = "123456789012"


# Functions that send messages to the queue that wakes them, and where it is.
OWN_QUEUES: Final = {
    f"{context}.on_account_deleted": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/erase-{context}"
    for context in ("chat", "identity", "live", "social", "videos")
}


class NotHandled(AssertionError):
    """A handler gave its record back where nothing stood in its way."""


@dataclass(frozen=True, slots=True)
class Event:
    """One or more EventBridge events for a queue's function, `functions.<handler>`."""

    handler: str
    envelopes: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        what = "+".join(_describe(envelope) for envelope in self.envelopes)
        return f"{self.handler}({what})"

    def deliver(self) -> None:
        """Invokes the function; raises `NotHandled` where it reports a failure."""
        batch = {
            "Records": [
                {
                    "messageId": f"{place}-{envelope['id']}",
                    "body": json.dumps(envelope),
                    "eventSource": "aws:sqs",
                    "awsRegion": REGION,
                    "attributes": {"ApproximateReceiveCount": "1"},
                }
                for place, envelope in enumerate(self.envelopes)
            ]
        }
        answer = invoke(self.handler, batch)
        if answer["batchItemFailures"]:
            raise NotHandled(f"{self.name}: {answer}")


@dataclass(frozen=True, slots=True)
class StreamBatch:
    """Records of a table's stream, in order."""

    handler: str
    records: tuple[Mapping[str, Any], ...] = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.handler}({len(self.records)} records)"

    def deliver(self) -> None:
        invoke(self.handler, {"Records": [dict(record) for record in self.records]})


@dataclass(frozen=True, slots=True)
class Wake:
    """Any other invocation, such as a schedule's."""

    handler: str
    event: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.handler

    def deliver(self) -> None:
        invoke(self.handler, dict(self.event))


Delivery = Event | StreamBatch | Wake


def invoke(handler: str, event: Mapping[str, Any]) -> Any:
    """Calls `functions.<handler>.handler` as Lambda does."""
    own = {"SF_ERASURE_QUEUE": OWN_QUEUES[handler]} if handler in OWN_QUEUES else {}
    with patch.dict("os.environ", own):
        return importlib.import_module(f"functions.{handler}").handler(event, None)


def envelope(
    event_id: str, source: str, detail_type: str, detail: Mapping[str, Any]
) -> dict[str, Any]:
    """An EventBridge event."""
    return {
        "version": "0",
        "id": event_id,
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": "2026-11-21T09:30:00Z",
        "region": REGION,
        "resources": [],
        "detail": dict(detail),
    }


def _describe(found: Mapping[str, Any]) -> str:
    detail = found["detail"]
    if found["source"] == "aws.mediaconvert":
        metadata = detail["userMetadata"]
        return f"{metadata['kind']} {metadata['attempt']} {detail['status']}"
    return str(found["detail-type"])
