"""Keeps the engine small: what ministack collects without end is cut to its newest part.

CloudWatch Logs keeps every line of every function in memory, CloudWatch every point of every
metric for two weeks, EventBridge every event ever put. The functions' log file has all lines; here
the newest stay for whoever looks through the API.
"""

import threading
import time
from typing import Any

from infra.local.engine import ministack

EVENTS_PER_STREAM = 300
STREAMS_PER_GROUP = 20
EVENTS_PER_BUS_LOG = 300
POINTS_PER_METRIC = 8_000
"""IVS writes a point every five seconds: half a day."""
POINTS_OF_FUNCTIONS = 300
"""Several at each call; nobody looks at them here."""
INTERVAL_SECONDS = 20.0


def bound_growth() -> None:
    """Cut regularly, for as long as the engine lives."""
    threading.Thread(target=_cut_for_ever, daemon=True).start()


def cut_log_group(group: dict[str, Any]) -> None:
    """Leave the newest streams of a log group, and of each the newest events."""
    streams: dict[str, dict[str, Any]] = group["streams"]
    by_age = sorted(streams, key=lambda name: streams[name].get("lastIngestionTime") or 0)
    for name in by_age[:-STREAMS_PER_GROUP]:
        del streams[name]
    for stream in streams.values():
        # A new list: a reader may hold the old one.
        if len(stream["events"]) > EVENTS_PER_STREAM:
            stream["events"] = stream["events"][-EVENTS_PER_STREAM:]


def cut_metric(namespace: str, points: list[dict[str, Any]]) -> None:
    """Leave the newest points of a metric."""
    del points[: -POINTS_OF_FUNCTIONS if namespace == "AWS/Lambda" else -POINTS_PER_METRIC]


def _cut_for_ever() -> None:
    logs = ministack.module("services.cloudwatch_logs")
    events = ministack.module("services.eventbridge")
    while True:
        time.sleep(INTERVAL_SECONDS)
        with logs._log_events_lock:
            for _, group in list(logs._log_groups.all_items()):
                cut_log_group(group)
        # Not at the start, which needs none of them.
        metrics = ministack.module("services.cloudwatch")
        for (*_, (namespace, _, _)), points in list(metrics._metrics.all_items()):
            cut_metric(namespace, points)
        for entries in list(events._events_log._data.values()):
            del entries[:-EVENTS_PER_BUS_LOG]
