"""What brings events to functions: queues with their dead-letter queues, streams, schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.function import Function, FunctionSpec
from infra.constructs.grants import Grant, allow, send_messages
from infra.stage import Stage

MAX_RECEIVES = 5
BATCH = 10
STREAM_BATCH = 100
STREAM_RETRIES = 50
KEEP_DEAD = Duration.days(14)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """Which events of a bus: CDK's `EventPattern` by its own fields."""

    bus: events.IEventBus
    source: str
    detail_types: Sequence[str]
    detail: Mapping[str, Any] | None = None

    def pattern(self) -> events.EventPattern:
        return events.EventPattern(
            source=[self.source], detail_type=list(self.detail_types), detail=self.detail
        )


class Handler(Construct):
    """A function that something else than a request wakes, and where its failures end."""

    def __init__(self, scope: Construct, id: str, *, stage: Stage, spec: FunctionSpec) -> None:
        super().__init__(scope, id)
        self.function = Function(self, "Handler", stage=stage, spec=spec)
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            queue_name=f"{self.function.name}-dead",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=stage.enforce_ssl,
            retention_period=KEEP_DEAD,
        )
        acknowledge(self.dead_letters, "This is the dead-letter queue itself.", "AwsSolutions-SQS3")

    @property
    def dead_letters_name(self) -> str:
        """The dead-letter queue's name, known before deployment."""
        return f"{self.function.name}-dead"


class QueueHandler(Handler):
    """Queue → function; what fails five times waits in the dead-letter queue.

    A message that failed comes back after twice the function's time-out: the queue's own batch
    cannot be running any more by then. `address_as` is the function's variable for the queue's
    URL where it sends itself messages, to be woken later.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        spec: FunctionSpec,
        batch: int = BATCH,
        concurrency: int | None = None,
        address_as: str = "",
    ) -> None:
        super().__init__(scope, id, stage=stage, spec=spec)
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=self.function.name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=stage.enforce_ssl,
            visibility_timeout=Duration.seconds(2 * spec.timeout_seconds),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=MAX_RECEIVES
            ),
        )
        self.queue.grant_consume_messages(self.function.role)
        if address_as:
            self.function.function.add_environment(address_as, self.queue.queue_url)
            self.function.may_wake_itself()
            allow(self.function.role, send_messages(self.queue))
        lambda_.EventSourceMapping(
            self,
            "Source",
            target=self.function.target,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch,
            report_batch_item_failures=True,
            max_concurrency=concurrency or stage.handler_concurrency,
        )


class EventHandler(QueueHandler):
    """Bus → rule → queue → function.

    Undeliverable events end in the same dead-letter queue, so there is one place to look.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        spec: FunctionSpec,
        source: EventSource,
        batch: int = BATCH,
        concurrency: int | None = None,
        address_as: str = "",
    ) -> None:
        super().__init__(
            scope,
            id,
            stage=stage,
            spec=spec,
            batch=batch,
            concurrency=concurrency,
            address_as=address_as,
        )
        events.Rule(
            self,
            "Rule",
            rule_name=self.function.name,
            event_bus=source.bus,
            event_pattern=source.pattern(),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=self.dead_letters)],
        )


class StreamHandler(Handler):
    """Table stream → function, in order for each item.

    The function raises when it cannot go on: a batch that fails is halved until the record at
    fault is alone, tried again `STREAM_RETRIES` times, and then its place in the stream is
    written to the dead-letter queue and the stream goes on. With `keys`, only changes of items
    whose keys match one of those patterns wake it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        spec: FunctionSpec,
        stream_arn: str,
        keys: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(scope, id, stage=stage, spec=spec)
        allow(
            self.function.role,
            Grant(
                actions=[
                    "dynamodb:DescribeStream",
                    "dynamodb:GetRecords",
                    "dynamodb:GetShardIterator",
                ],
                resources=[stream_arn],
            ),
            Grant(
                actions=["dynamodb:ListStreams"],
                resources=["*"],
                because="ListStreams, which Lambda's poller asks for, knows no resources.",
            ),
        )
        lambda_.EventSourceMapping(
            self,
            "Source",
            target=self.function.target,
            event_source_arn=stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=STREAM_BATCH,
            bisect_batch_on_error=True,
            retry_attempts=STREAM_RETRIES,
            on_failure=event_sources.SqsDlq(self.dead_letters),
            filters=[
                lambda_.FilterCriteria.filter({"dynamodb": {"Keys": pattern}}) for pattern in keys
            ]
            or None,
        )


def begins_with(name: str, *prefixes: str) -> dict[str, Any]:
    """The pattern of a key, for `StreamHandler`."""
    return {name: {"S": [{"prefix": prefix} for prefix in prefixes]}}


class ScheduledHandler(Handler):
    """Schedule → function; a run that fails twice more is left to the next, and is noted."""

    def __init__(
        self, scope: Construct, id: str, *, stage: Stage, spec: FunctionSpec, every: Duration
    ) -> None:
        super().__init__(scope, id, stage=stage, spec=spec)
        events.Rule(
            self,
            "Rule",
            rule_name=self.function.name,
            schedule=events.Schedule.rate(every),
            targets=[
                targets.LambdaFunction(
                    self.function.target,
                    dead_letter_queue=self.dead_letters,
                    retry_attempts=2,
                    max_event_age=every,
                )
            ],
        )
