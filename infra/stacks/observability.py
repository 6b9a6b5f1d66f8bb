"""Who is told when something is wrong, and where to look.

Every function and handler of the app has its alarms without being listed here.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.alarms import (
    PERIOD,
    Threshold,
    function_metric,
    of_function,
    of_handler,
    of_mail,
    of_sign_ins,
    queue_metric,
    stuck,
)
from infra.constructs.function import Function
from infra.constructs.handlers import Handler, QueueHandler
from infra.constructs.stack import StageStack
from infra.stacks.api import ApiStack
from infra.stacks.data import DataStack
from infra.stage import Stage

API_ERROR_PERCENT = 1.0
API_P95_MS = 400


class ObservabilityStack(StageStack):
    """Alarms, the topic that they tell, and the dashboard."""

    def __init__(self, scope: Construct, *, stage: Stage, data: DataStack, api: ApiStack) -> None:
        super().__init__(scope, "observability", stage=stage)
        everything = scope.node.find_all()
        functions = [found for found in everything if isinstance(found, Function)]
        handlers = [found for found in everything if isinstance(found, Handler)]
        self._topic = self._make_topic(data)
        thresholds = [
            *(each for function in functions for each in of_function(function)),
            *(each for handler in handlers for each in of_handler(handler)),
            *self._of_api(api),
            *stuck(stage),
            *of_sign_ins(stage),
            *of_mail(stage),
        ]
        for threshold in thresholds:
            self._alarm(threshold)
        self._dashboard(functions, handlers, api)

    def _make_topic(self, data: DataStack) -> sns.Topic:
        stage = self.stage_data
        topic = sns.Topic(
            self,
            "Topic",
            topic_name=f"{stage.prefix}-alarms",
            master_key=data.key,
            enforce_ssl=stage.enforce_ssl,
        )
        if stage.alarm_email:
            topic.add_subscription(subscriptions.EmailSubscription(stage.alarm_email))
        if data.key is None:
            acknowledge(
                topic,
                "Alarms name metrics and hold nothing private; CloudWatch cannot publish to a "
                "topic under AWS's own key.",
                "AwsSolutions-SNS2",
            )
        return topic

    def _of_api(self, api: ApiStack) -> list[Threshold]:
        return [
            Threshold(
                name="api-errors",
                metric=cloudwatch.MathExpression(
                    expression="100 * failed / total",
                    using_metrics={
                        "failed": api.http_api.metric_server_error(period=PERIOD),
                        "total": api.http_api.metric_count(period=PERIOD),
                    },
                    period=PERIOD,
                    label="5xx, percent",
                ),
                limit=API_ERROR_PERCENT,
                periods=2,
                means="One request in a hundred is answered with a server error.",
            ),
            Threshold(
                name="api-p95",
                metric=api.http_api.metric_latency(period=PERIOD, statistic="p95"),
                limit=API_P95_MS,
                periods=3,
                means="The API is slow, whichever function it is.",
            ),
        ]

    def _alarm(self, threshold: Threshold) -> None:
        prefix = self.stage_data.prefix
        name = threshold.name
        alarm = cloudwatch.Alarm(
            self,
            name.removeprefix(f"{prefix}-"),
            alarm_name=name if name.startswith(prefix) else f"{prefix}-{name}",
            alarm_description=threshold.means,
            metric=threshold.metric,
            threshold=threshold.limit,
            evaluation_periods=threshold.periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        action = actions.SnsAction(self._topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)

    def _dashboard(
        self, functions: Sequence[Function], handlers: Sequence[Handler], api: ApiStack
    ) -> None:
        queues = [each.function.name for each in handlers if isinstance(each, QueueHandler)]
        names = [function.name for function in functions]
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=self.stage_data.prefix,
            widgets=[
                [
                    _graph("Stuck", [each.metric for each in stuck(self.stage_data)]),
                    _graph(
                        "Dead letters",
                        [
                            queue_metric(
                                each.dead_letters_name, "ApproximateNumberOfMessagesVisible"
                            )
                            for each in handlers
                        ],
                    ),
                    _graph(
                        "Oldest message, s",
                        [queue_metric(name, "ApproximateAgeOfOldestMessage") for name in queues],
                    ),
                ],
                [
                    _graph(
                        "API p95, ms", [api.http_api.metric_latency(period=PERIOD, statistic="p95")]
                    ),
                    _graph(
                        "API requests and errors",
                        [
                            api.http_api.metric_count(period=PERIOD),
                            api.http_api.metric_client_error(period=PERIOD),
                            api.http_api.metric_server_error(period=PERIOD),
                        ],
                    ),
                    _graph(
                        "Function errors",
                        [function_metric(name, "Errors", "Sum") for name in names],
                    ),
                ],
                [
                    _graph(
                        "Function p95, ms",
                        [function_metric(name, "Duration", "p95") for name in names],
                    ),
                    _graph(
                        "Throttles",
                        [function_metric(name, "Throttles", "Sum") for name in names],
                    ),
                    _graph(
                        "Concurrent executions",
                        [
                            function_metric(name, "ConcurrentExecutions", "Maximum")
                            for name in names
                        ],
                    ),
                ],
            ],
        )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8, height=6)
