"""What a context's export and erasure are put together with; built on first use."""

from __future__ import annotations

import functools

from socialflow.platform.aws import client
from socialflow.platform.erasure import Eraser, ErasurePlan, OwnQueue
from socialflow.platform.records import Records
from socialflow.platform.settings import setting


def eraser_of(plan: ErasurePlan) -> Eraser:
    """Follows a context's plan, woken by the queue that is its function's own."""
    queue = OwnQueue(lambda: client("sqs"), setting("SF_ERASURE_QUEUE"))
    return Eraser(plan, records=records(), queue=queue)


@functools.cache
def records() -> Records:
    """Where every context puts its part of an export, and the receipt of an erasure."""
    return Records(lambda: client("s3"), setting("SF_RECORDS_BUCKET"))
