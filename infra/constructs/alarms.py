"""Metrics of functions, queues and the API, and when each of them is an alarm.

Names are those that the stage gives; no alarm needs an export of the stack that it watches.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.function import Function
from infra.constructs.handlers import Handler, QueueHandler, StreamHandler
from infra.constructs.mail import configuration_set_name
from infra.stage import Stage

PERIOD = Duration.minutes(5)
API_P95_MS = 500
"""The aim is 200 ms; a function that takes longer than this is in trouble."""

ERRORS = 5
MAX_STREAM_AGE_MS = 60_000
MAX_WAIT_IN_TIMEOUTS = 4
"""A message may wait as long as four runs of its function take at most, and 10 minutes."""

STUCK_PERIODS = 3
SIGN_INS_REFUSED = "SignInsRefused"
"""What the API's access log counts, in a namespace named after the stage."""

MAX_REFUSED_SIGN_INS = 1_000
"""In five minutes, by password or second factor."""

MAX_BOUNCE_RATE = 0.05
MAX_COMPLAINT_RATE = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """An alarm where `metric` is at least `limit` in each of `periods` periods."""

    name: str
    metric: cloudwatch.IMetric
    limit: float
    means: str
    periods: int = 1


def of_function(function: Function) -> list[Threshold]:
    """Errors and throttles; for an API function, how slow its slow requests are."""
    found = [
        Threshold(
            name=f"{function.name}-errors",
            metric=function_metric(function.name, "Errors", "Sum"),
            limit=ERRORS,
            means="The function fails again and again; see its log.",
        ),
        Threshold(
            name=f"{function.name}-throttles",
            metric=function_metric(function.name, "Throttles", "Sum"),
            limit=1,
            periods=2,
            means="The account's or the function's concurrency is spent.",
        ),
    ]
    if function.spec.name == "api":
        found.append(
            Threshold(
                name=f"{function.name}-p95",
                metric=function_metric(function.name, "Duration", "p95"),
                limit=API_P95_MS,
                periods=3,
                means="One request in twenty takes longer than half a second.",
            )
        )
    return found


def of_handler(handler: Handler) -> list[Threshold]:
    """Dead letters; how long messages wait; how far a stream is behind."""
    name = handler.function.name
    found = [
        Threshold(
            name=handler.dead_letters_name,
            metric=queue_metric(handler.dead_letters_name, "ApproximateNumberOfMessagesVisible"),
            limit=1,
            means="Something could not be handled and waits for somebody to look at it.",
        )
    ]
    if isinstance(handler, QueueHandler):
        wait_seconds = max(600, MAX_WAIT_IN_TIMEOUTS * handler.function.spec.timeout_seconds)
        found.append(
            Threshold(
                name=f"{name}-age",
                metric=queue_metric(name, "ApproximateAgeOfOldestMessage"),
                limit=wait_seconds,
                means="The oldest message waits too long: the handler fails or is too slow.",
            )
        )
    if isinstance(handler, StreamHandler):
        found.append(
            Threshold(
                name=f"{name}-age",
                metric=function_metric(name, "IteratorAge", "Maximum"),
                limit=MAX_STREAM_AGE_MS,
                means="Events are published late: a batch of the stream fails.",
            )
        )
    return found


def stuck(stage: Stage) -> list[Threshold]:
    """What is overdue and stays so, as the jobs that look after it count it."""
    return [
        Threshold(
            name="videos-stuck",
            metric=_counted(stage, "videos", "VideosStuck"),
            limit=1,
            periods=STUCK_PERIODS,
            means="Videos are overdue and the reconciler does not bring them home.",
        ),
        Threshold(
            name="channels-stuck",
            metric=_counted(stage, "live", "ChannelsStuck"),
            limit=1,
            periods=STUCK_PERIODS,
            means="Channels or their broadcasts are overdue and the minute job does not help.",
        ),
        Threshold(
            name="erasures-stuck",
            metric=_counted(stage, "identity", "ErasuresStuck", Duration.hours(1)),
            limit=1,
            means="An erased account's data is still there; the hourly job's log says whose turn "
            "it is, and that context's dead letters why.",
        ),
    ]


def of_sign_ins(stage: Stage) -> list[Threshold]:
    """Somebody tries passwords at many accounts, from however many addresses."""
    return [
        Threshold(
            name="sign-ins-refused",
            metric=cloudwatch.Metric(
                namespace=stage.prefix,
                metric_name=SIGN_INS_REFUSED,
                statistic="Sum",
                period=PERIOD,
            ),
            limit=MAX_REFUSED_SIGN_INS,
            means="Far more sign-ins are refused than people mistype: passwords are being tried. "
            "CloudFront's log has the addresses.",
        )
    ]


def of_mail(stage: Stage) -> list[Threshold]:
    """How much of what is sent comes back; SES looks into accounts from these rates on, and stops
    them at twice as much ("Monitoring your sender reputation", SES Developer Guide)."""
    if not stage.mail_from:
        return []
    return [
        Threshold(
            name=f"mail-{name}",
            metric=cloudwatch.Metric(
                namespace="AWS/SES",
                metric_name=metric,
                dimensions_map={"ses:configuration-set": configuration_set_name(stage)},
                statistic="Maximum",
                period=Duration.hours(1),
            ),
            limit=limit,
            means=means,
        )
        for name, metric, limit, means in (
            (
                "bounces",
                "Reputation.BounceRate",
                MAX_BOUNCE_RATE,
                "Mail comes back: somebody registers addresses that are not there.",
            ),
            (
                "complaints",
                "Reputation.ComplaintRate",
                MAX_COMPLAINT_RATE,
                "People mark our mail as spam.",
            ),
        )
    ]


def _counted(stage: Stage, service: str, name: str, period: Duration = PERIOD) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="SocialFlow",
        metric_name=name,
        dimensions_map={"service": service, "stage": stage.name},
        statistic="Maximum",
        period=period,
    )


def function_metric(name: str, metric: str, statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=metric,
        dimensions_map={"FunctionName": name},
        statistic=statistic,
        period=PERIOD,
        label=name,
    )


def queue_metric(name: str, metric: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/SQS",
        metric_name=metric,
        dimensions_map={"QueueName": name},
        statistic="Maximum",
        period=PERIOD,
        label=name,
    )
