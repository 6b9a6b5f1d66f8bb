"""Who is told: every function and queue is watched, and so is mail that comes back."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from infra.constructs.alarms import of_mail
from infra.stacks.api import ACCESS_LOG
from infra.stage import PROD
from tests.infra.assembly import Assembly, Resource, variables


class TestAlarms:
    def test_every_dead_letter_queue_and_function_has_one(self, prod: Assembly) -> None:
        watched = {
            (dimension["Name"], dimension["Value"], metric["MetricName"])
            for alarm in prod.resources("AWS::CloudWatch::Alarm")
            for metric in metrics_of(alarm)
            for dimension in metric.get("Dimensions", [])
            if isinstance(dimension["Value"], str)
        }
        for name in prod.queues():
            metric = (
                "ApproximateNumberOfMessagesVisible"
                if name.endswith("-dead")
                else "ApproximateAgeOfOldestMessage"
            )
            assert ("QueueName", name, metric) in watched
        for name in prod.functions():
            assert ("FunctionName", name, "Errors") in watched

    def test_stuck_videos_are_counted_under_the_name_the_reconciler_uses(
        self, prod: Assembly, capsys: Any, monkeypatch: Any
    ) -> None:
        from functions.videos import every_5_minutes_reconcile as reconcile

        alarm = alarm_on(prod, reconcile.STUCK_METRIC)
        function = prod.functions()["socialflow-prod-videos-every_5_minutes_reconcile"]
        for name in ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "SF_STAGE"):
            monkeypatch.setenv(name, variables(function)[name])
        monkeypatch.setattr(reconcile, "reconciler", lambda: SimpleNamespace(run=lambda: 1))
        reconcile.handler({}, None)
        assert_counted_for(alarm, capsys.readouterr().out)

    def test_stuck_erasures_are_counted_under_the_name_the_hourly_job_uses(
        self, prod: Assembly, capsys: Any, monkeypatch: Any
    ) -> None:
        from functions.identity import every_1_hour_settle_rights as settle

        alarm = alarm_on(prod, settle.STUCK_METRIC)
        assert alarm["Period"] == 3600, "it is told once an hour"
        function = prod.functions()["socialflow-prod-identity-every_1_hour_settle_rights"]
        for name in ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "SF_STAGE"):
            monkeypatch.setenv(name, variables(function)[name])
        done = SimpleNamespace(begun=0, passes=0, stuck=1)
        monkeypatch.setattr(settle, "settlement", lambda: SimpleNamespace(run=lambda: done))
        settle.handler({}, None)
        assert_counted_for(alarm, capsys.readouterr().out)

    def test_passwords_that_are_tried_are_told_of(self, prod: Assembly) -> None:
        (counted,) = prod.resources("AWS::Logs::MetricFilter")
        (metric,) = counted.properties["MetricTransformations"]
        alarm = alarm_on(prod, metric["MetricName"])
        assert alarm["Namespace"] == metric["MetricNamespace"] == "socialflow-prod"
        assert alarm["Statistic"] == "Sum"
        pattern = counted.properties["FilterPattern"]
        # The fields are those of the log, and the route is one that there is.
        assert {"route", "status"} <= set(ACCESS_LOG)
        assert re.findall(r"\$\.(\w+)", pattern) == ["route", "status", "status"]
        (route,) = re.findall(r'route = "(.+?)\*?"', pattern)
        keys = {each.properties["RouteKey"] for each in prod.resources("AWS::ApiGatewayV2::Route")}
        assert {key for key in keys if key.startswith(route)} == {
            "POST /v1/auth/login",
            "POST /v1/auth/login/second-factor",
        }

    def test_mail_that_comes_back_is_told_of(self) -> None:
        sends = replace(PROD, mail_from="Social Flow <hello@socialflow.example>")
        found = {each.name: (each.metric.to_metric_config(), each.limit) for each in of_mail(sends)}
        assert set(found) == {"mail-bounces", "mail-complaints"}
        for config, limit in found.values():
            assert config.metric_stat is not None
            assert config.metric_stat.namespace == "AWS/SES"
            dimensions = {each.name: each.value for each in config.metric_stat.dimensions or ()}
            assert dimensions == {"ses:configuration-set": "socialflow-prod"}
            assert 0 < limit <= 0.05
        assert of_mail(PROD) == []

    def test_all_tell_the_topic(self, prod: Assembly) -> None:
        alarms = list(prod.resources("AWS::CloudWatch::Alarm"))
        assert len(alarms) > 40
        for alarm in alarms:
            assert len(alarm.properties["AlarmActions"]) == 1
            assert alarm.properties["AlarmDescription"]


def alarm_on(assembly: Assembly, metric: str) -> dict[str, Any]:
    """The one alarm on a metric of ours."""
    (alarm,) = [
        alarm.properties
        for alarm in assembly.resources("AWS::CloudWatch::Alarm")
        if alarm.properties.get("MetricName") == metric
    ]
    return alarm


def assert_counted_for(alarm: dict[str, Any], emitted: str) -> None:
    """What a function wrote has the namespace and the dimensions that the alarm looks at."""
    assert f'"Namespace":"{alarm["Namespace"]}"' in emitted
    for dimension in alarm["Dimensions"]:
        assert f'"{dimension["Name"]}":"{dimension["Value"]}"' in emitted


def metrics_of(alarm: Resource) -> list[dict[str, Any]]:
    """What an alarm watches; a metric with a label is written as a query."""
    queries = [
        query["MetricStat"]["Metric"]
        for query in alarm.properties.get("Metrics", [])
        if "MetricStat" in query
    ]
    return queries or [alarm.properties]
