"""Messages to ourselves: that a broadcast is to be looked at, now or in a while.

They lie in one queue with delays. Losing one costs little: the follower sends more each minute.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from socialflow.platform.correlation import correlation_id

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

NAME: Final = "AudienceDue.v1"
FOLDS_A_MINUTE: Final = (0, 15, 30, 45)
BATCH: Final = 10
MAX_DELAY_SECONDS: Final = 900


class MessagesNotSent(Exception):
    """SQS took only some of the messages."""


@dataclass(frozen=True, slots=True)
class Due:
    """That a broadcast is to be looked at in some seconds."""

    broadcast_id: str
    delay_seconds: int


class DueMessages:
    """Sends to the audience queue."""

    def __init__(self, client: Callable[[], SQSClient], queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, messages: Iterable[Due]) -> None:
        """Sends all messages, ten a call; raises `MessagesNotSent`."""
        pending = list(messages)
        for start in range(0, len(pending), BATCH):
            self._send(pending[start : start + BATCH])

    def _send(self, batch: Sequence[Due]) -> None:
        answer = self._client().send_message_batch(
            QueueUrl=self._queue_url,
            Entries=[
                {
                    "Id": str(place),
                    "MessageBody": _body(each),
                    "DelaySeconds": min(each.delay_seconds, MAX_DELAY_SECONDS),
                }
                for place, each in enumerate(batch)
            ],
        )
        if refused := answer.get("Failed"):
            raise MessagesNotSent(f"{len(refused)} of {len(batch)}")


def _body(due: Due) -> str:
    """In the form of an EventBridge envelope, as all queue handlers read."""
    detail = {"broadcast_id": due.broadcast_id, "correlation_id": correlation_id()}
    return json.dumps({"detail-type": NAME, "detail": detail}, separators=(",", ":"))
