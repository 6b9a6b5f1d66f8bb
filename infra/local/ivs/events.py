"""The EventBridge events of a stream.

Shapes: IVS low-latency user guide, "Using Amazon EventBridge with IVS".
"""

from __future__ import annotations

import json
from typing import Any

__all__ = [
    "HEALTH_CHANGE",
    "LIMIT_BREACH",
    "RECORDING_CHANGE",
    "STATE_CHANGE",
    "event_entry",
    "event_name",
]

STATE_CHANGE = "IVS Stream State Change"
HEALTH_CHANGE = "IVS Stream Health Change"
LIMIT_BREACH = "IVS Limit Breach"
RECORDING_CHANGE = "IVS Recording State Change"


def event_entry(
    detail_type: str,
    detail: dict[str, Any],
    *,
    channel_arn: str,
    channel_name: str,
    stream_id: str,
    now: float,
) -> dict[str, Any]:
    """A PutEvents entry; `detail` gains what every event of a stream says."""
    whole = {**detail, "channel_name": channel_name, "stream_id": stream_id}
    return {
        "Source": "aws.ivs",
        "DetailType": detail_type,
        "Detail": json.dumps(whole),
        "Resources": [channel_arn],
        "Time": now,
    }


def event_name(detail_type: str, detail: dict[str, Any]) -> str:
    """What a StreamEvent of GetStreamSession is called."""
    key = {RECORDING_CHANGE: "recording_status", LIMIT_BREACH: "limit_name"}
    return str(detail[key.get(detail_type, "event_name")])
