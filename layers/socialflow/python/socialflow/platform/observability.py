"""Structured logs and EMF metrics through Powertools, one logger and one metrics per function.

The tracer is left out on purpose: its import alone costs half a second of cold start. X-Ray
still draws the function and its place in the request from Lambda's own active tracing.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger, Metrics


@functools.cache
def logger() -> Logger:
    """The function's JSON logger; the service name comes from POWERTOOLS_SERVICE_NAME."""
    from aws_lambda_powertools import Logger

    return Logger()


@functools.cache
def metrics() -> Metrics:
    """The function's metrics, written as EMF log lines when flushed."""
    from aws_lambda_powertools import Metrics

    return Metrics()


def count(name: str, value: int = 1, **dimensions: str) -> None:
    """Emits one count metric at once."""
    from aws_lambda_powertools import single_metric
    from aws_lambda_powertools.metrics import MetricUnit

    with single_metric(name=name, unit=MetricUnit.Count, value=value) as metric:
        for key, dimension in dimensions.items():
            metric.add_dimension(name=key, value=dimension)
