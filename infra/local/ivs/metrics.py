"""A stream's metrics in CloudWatch, as IVS publishes them: one point every few seconds.

Names and units: IVS user guide, "Monitoring with CloudWatch". Points that cannot be sent are lost.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.ivs.rtmp.publisher import IngestFacts
from infra.local.service.config import ServiceConfig

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

__all__ = ["Metrics", "cloudwatch_client", "points_of"]

_LOG = logging.getLogger(__name__)
_NAMESPACE = "AWS/IVS"


def cloudwatch_client(config: ServiceConfig) -> CloudWatchClient:
    """Gives up soon: the next points are never far."""
    return boto3.client(
        "cloudwatch",
        endpoint_url=config.engine_url,
        region_name=config.region,
        aws_access_key_id=config.access_key,
        aws_secret_access_key=config.secret_key,
        config=ClientConfig(
            connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1, "mode": "standard"}
        ),
    )


def points_of(
    channel_id: str, facts: IngestFacts, viewers: int, now: float
) -> list[dict[str, Any]]:
    """PutMetricData's MetricData for one stream."""
    values: list[tuple[str, float | None, str]] = [
        ("IngestVideoBitrate", facts.video_bits_per_s, "Bits/Second"),
        ("IngestAudioBitrate", facts.audio_bits_per_s, "Bits/Second"),
        ("IngestFramerate", facts.frames_per_s, "Count/Second"),
        ("KeyframeInterval", facts.keyframe_interval_s, "Seconds"),
        ("ConcurrentViews", viewers, "Count"),
    ]
    return [
        {
            "MetricName": name,
            "Dimensions": [{"Name": "Channel", "Value": channel_id}],
            "Timestamp": now,
            "Value": value,
            "Unit": unit,
            "StorageResolution": 1,
        }
        for name, value, unit in values
        if value is not None
    ]


class Metrics:
    """Blocks: to be called from a thread."""

    def __init__(self, client: CloudWatchClient) -> None:
        self._client = client

    def send(self, points: list[Any]) -> None:
        try:
            self._client.put_metric_data(Namespace=_NAMESPACE, MetricData=points)
        except (ClientError, BotoCoreError) as failed:
            _LOG.warning("%d metric points are lost: %s", len(points), failed)
