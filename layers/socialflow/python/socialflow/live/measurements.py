"""What CloudWatch has measured of a channel's ingest ("Monitor Amazon IVS", User Guide).

`AWS/IVS` with the dimension `Channel`, the last part of the channel's ARN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from socialflow.live.errors import LiveUnavailable

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

NAMESPACE: Final = "AWS/IVS"
METRICS: Final = {
    "video_bitrate_bps": "IngestVideoBitrate",
    "audio_bitrate_bps": "IngestAudioBitrate",
    "frame_rate": "IngestFramerate",
    "keyframe_interval_s": "KeyframeInterval",
}
MAX_POINTS: Final = 360
# How long CloudWatch keeps samples of a period, the finest first ("Metrics retention").
KEPT: Final = ((5, timedelta(hours=3)), (60, timedelta(days=15)), (300, timedelta(days=63)))
_FINE_PERIODS: Final = (5, 10, 30)
_MINUTE: Final = 60
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A measured value, the average over the period that begins at `at`."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A channel's ingest over a time, in samples of `period_seconds`."""

    period_seconds: int
    series: Mapping[str, tuple[Sample, ...]]


def period_for(began: datetime, ended: datetime, now: datetime) -> int:
    """The shortest period of which at most `MAX_POINTS` cover the time, in seconds.

    One that CloudWatch still has: 5, 10 and 30 seconds are kept for three hours, a minute for
    fifteen days, five minutes for 63 days, an hour for 455 days.
    """
    needed = math.ceil(max(1.0, (ended - began).total_seconds()) / MAX_POINTS)
    finest = next((period for period, kept in KEPT if now - began < kept), _HOUR)
    for period in _FINE_PERIODS:
        if finest <= period and needed <= period:
            return period
    whole = max(finest, _MINUTE)
    return -(-max(needed, whole) // whole) * whole


class Measurements:
    """Reads CloudWatch. One call, at most `MAX_POINTS` samples of each series."""

    def __init__(self, client: Callable[[], CloudWatchClient]) -> None:
        self._client = client

    def health(self, channel_arn: str, began: datetime, ended: datetime, now: datetime) -> Health:
        """The series of a time. Raises `LiveUnavailable`."""
        from botocore.exceptions import BotoCoreError, ClientError

        period = period_for(began, ended, now)
        channel = channel_arn.rpartition("/")[2]
        try:
            answer = self._client().get_metric_data(
                MetricDataQueries=[
                    _query(name, metric, channel, period) for name, metric in METRICS.items()
                ],
                StartTime=began,
                EndTime=max(ended, began + timedelta(seconds=period)),
                ScanBy="TimestampAscending",
            )
        except (BotoCoreError, ClientError) as error:
            raise LiveUnavailable("CloudWatch does not answer just now; try again.") from error
        series = {
            each["Id"]: tuple(
                Sample(at=at, value=value)
                for at, value in zip(each["Timestamps"], each["Values"], strict=True)
            )[-MAX_POINTS:]
            for each in answer["MetricDataResults"]
        }
        return Health(
            period_seconds=period, series={name: series.get(name, ()) for name in METRICS}
        )


def _query(name: str, metric: str, channel: str, period: int) -> Any:
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": NAMESPACE,
                "MetricName": metric,
                "Dimensions": [{"Name": "Channel", "Value": channel}],
            },
            "Period": period,
            "Stat": "Average",
        },
    }
