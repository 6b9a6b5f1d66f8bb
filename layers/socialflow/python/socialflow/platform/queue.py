"""SQS batches: each record on its own, failures reported one by one.

A record that raises goes back to the queue and, after its receives are spent, to the DLQ; the
others of its batch are done (`ReportBatchItemFailures`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from socialflow.platform.correlation import set_correlation_id
from socialflow.platform.observability import logger


def handle_each(
    batch: Mapping[str, Any], handle: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    """Runs `handle` on the EventBridge envelope in every record; returns Lambda's answer.

    The answer is `{"batchItemFailures": [{"itemIdentifier": …}]}`.
    """
    failures = []
    for record in batch["Records"]:
        try:
            envelope = json.loads(record["body"])
            set_correlation_id(_correlation_of(envelope))
            handle(envelope)
        except Exception:
            # Whatever it was, this record must come again and the rest must go on.
            logger().exception("record failed", extra={"message_id": record["messageId"]})
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _correlation_of(envelope: Mapping[str, Any]) -> str:
    detail = envelope.get("detail") or {}
    return str(detail.get("correlation_id") or envelope.get("id") or "")
