"""What wakes functions: nothing is lost, everything that fails is kept and somebody is told."""

from __future__ import annotations

import json

from tests.infra.assembly import Assembly, Resource, variables
from tests.infra.handlers import BATCHES, CONTEXTS, SENT_DIRECTLY, SLOWLY, SOURCES


class TestEvents:
    def test_each_event_reaches_its_handler(self, assembly: Assembly) -> None:
        found = {}
        for rule in assembly.resources("AWS::Events::Rule"):
            pattern = rule.properties.get("EventPattern")
            if pattern:
                (source,) = pattern["source"]
                name = assembly.short(rule.properties["Name"])
                found[name] = (source, set(pattern["detail-type"]))
                assert len(rule.properties["Targets"]) == 1
                assert "DeadLetterConfig" in rule.properties["Targets"][0]
        assert found == SOURCES

    def test_handlers_of_objects_leave_each_others_alone(self, assembly: Assembly) -> None:
        keys = {
            assembly.short(rule.properties["Name"]): rule.properties["EventPattern"]["detail"][
                "object"
            ]["key"]
            for rule in assembly.resources("AWS::Events::Rule")
            if "aws.s3" in str(rule.properties.get("EventPattern"))
        }
        assert keys == {
            "identity-on_picture_uploaded": [{"prefix": "profiles/"}],
            "identity-on_record_written": [{"suffix": ".json"}],
            "videos-on_source_uploaded": [{"prefix": "uploads/"}],
            "live-on_thumbnail_uploaded": [{"prefix": "thumbnails/"}],
            "live-on_thumbnail_captured": [{"suffix": "/media/latest_thumbnail/thumb.jpg"}],
            "chat-on_chat_logged": [{"suffix": ".log.gz"}],
        }

    def test_what_is_written_most_wakes_no_stream(self, assembly: Assembly) -> None:
        """Limits, heartbeats of viewers, votes and what is said change nothing that is told."""
        filters = {
            str(mapping.properties["EventSourceArn"]): [
                json.loads(each["Pattern"])["dynamodb"]["Keys"]
                for each in mapping.properties["FilterCriteria"]["Filters"]
            ]
            for mapping in assembly.resources("AWS::Lambda::EventSourceMapping")
            if "FilterCriteria" in mapping.properties
        }
        (identity,) = [keys for arn, keys in filters.items() if "IdentityTable" in arn]
        (live,) = [keys for arn, keys in filters.items() if "LiveTable" in arn]
        (chat,) = [keys for arn, keys in filters.items() if "ChatTable" in arn]
        told = ("USER#", "PENDING#", "RESET#", "ERASURE#", "REVOCATION#")
        assert identity == [{"pk": {"S": [{"prefix": prefix} for prefix in told]}}]
        assert live == [{"sk": {"S": ["CHANNEL", "BROADCAST"]}}]
        assert chat == [
            {"pk": {"S": [{"prefix": "ROOM#"}, {"prefix": "POLL#"}]}},
            {"pk": {"S": [{"prefix": "MESSAGE#"}]}, "sk": {"S": ["DELETED"]}},
        ]

    def test_who_is_woken_later_knows_the_queue(self, assembly: Assembly) -> None:
        functions = assembly.functions()
        for name, setting, queue in (
            ("chat-on_poll_changed", "SF_POLL_QUEUE", "chat-on_poll_changed"),
            *(
                (
                    f"{context}-on_account_deleted",
                    "SF_ERASURE_QUEUE",
                    f"{context}-on_account_deleted",
                )
                for context in CONTEXTS
            ),
            ("live-stream", "SF_AUDIENCE_QUEUE", "live-on_audience_due"),
            ("live-every_1_minute_follow_broadcasts", "SF_AUDIENCE_QUEUE", "live-on_audience_due"),
        ):
            found = variables(functions[f"{assembly.stage.prefix}-{name}"])[setting]
            named = assembly.queues()[f"{assembly.stage.prefix}-{queue}"]
            assert found == {"Ref": named.logical_id}

    def test_who_wakes_itself_is_not_stopped_as_a_loop(self, assembly: Assembly) -> None:
        """An erasure goes on by as many messages as there is to erase; Lambda stops at 16."""
        queues = assembly.queues()
        wakes_itself = {
            assembly.short(name)
            for name, function in assembly.functions().items()
            if name in queues and {"Ref": queues[name].logical_id} in variables(function).values()
        }
        assert wakes_itself == {
            "chat-on_poll_changed",
            *(f"{context}-on_account_deleted" for context in CONTEXTS),
        }
        allowed = {
            assembly.short(name)
            for name, function in assembly.functions().items()
            if function.properties.get("RecursiveLoop") == "Allow"
        }
        assert allowed == wakes_itself

    def test_jobs_of_other_stages_are_not_ours(self, assembly: Assembly) -> None:
        (rule,) = [
            rule
            for rule in assembly.resources("AWS::Events::Rule")
            if "aws.mediaconvert" in str(rule.properties.get("EventPattern"))
        ]
        detail = rule.properties["EventPattern"]["detail"]
        assert detail["userMetadata"] == {"app": [f"socialflow-{assembly.stage.name}"]}
        assert set(detail["status"]) == {
            "PROGRESSING",
            "STATUS_UPDATE",
            "COMPLETE",
            "ERROR",
            "CANCELED",
        }

    def test_queues_report_what_failed_and_give_up_after_five(self, assembly: Assembly) -> None:
        queues = assembly.queues()
        handled = [name for name in queues if not name.endswith("-dead")]
        assert {assembly.short(name) for name in handled} == set(SOURCES) | SENT_DIRECTLY
        for name in handled:
            redrive = queues[name].properties["RedrivePolicy"]
            assert redrive["maxReceiveCount"] == 5
            assert f"{name}-dead" in queues
            timeout = assembly.functions()[name].properties["Timeout"]
            assert queues[name].properties["VisibilityTimeout"] >= timeout
        mappings = [
            mapping
            for mapping in assembly.resources("AWS::Lambda::EventSourceMapping")
            if "FunctionResponseTypes" in mapping.properties
        ]
        assert len(mappings) == len(handled)
        for each in mappings:
            name, mapping = handler_of(assembly, each), each.properties
            assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert mapping["BatchSize"] == BATCHES.get(name, 10), name
            assert mapping["ScalingConfig"] == {
                "MaximumConcurrency": SLOWLY.get(name, assembly.stage.handler_concurrency)
            }, name

    def test_streams_isolate_and_keep_what_fails(self, assembly: Assembly) -> None:
        mappings = [
            mapping.properties
            for mapping in assembly.resources("AWS::Lambda::EventSourceMapping")
            if "StartingPosition" in mapping.properties
        ]
        assert len(mappings) == 4
        for mapping in mappings:
            assert mapping["BisectBatchOnFunctionError"] is True
            assert 1 <= mapping["MaximumRetryAttempts"] <= 100
            assert mapping["StartingPosition"] == "TRIM_HORIZON"
            assert "OnFailure" in mapping["DestinationConfig"]

    def test_a_secret_that_is_new_is_filled_by_its_deployment(self, assembly: Assembly) -> None:
        """CloudFormation asks again only where a property has changed."""
        (tended,) = assembly.resources("Custom::SigningKeys")
        filled = str(tended.properties["Secrets"])
        for secret in ("SigningKeys", "SealingKeys"):
            assert secret in filled
        (name,) = [name for name in assembly.functions() if name.endswith("rotate_signing_keys")]
        assert assembly.functions()[name].logical_id in str(tended.properties["ServiceToken"])

    def test_schedules_keep_runs_that_never_came(self, assembly: Assembly) -> None:
        scheduled = {
            assembly.short(rule.properties["Name"]): rule.properties
            for rule in assembly.resources("AWS::Events::Rule")
            if "ScheduleExpression" in rule.properties
        }
        assert {name: rule["ScheduleExpression"] for name, rule in scheduled.items()} == {
            "identity-every_day_rotate_signing_keys": "rate(1 day)",
            "identity-every_1_hour_settle_rights": "rate(1 hour)",
            "videos-every_5_minutes_reconcile": "rate(5 minutes)",
            "live-every_1_minute_follow_broadcasts": "rate(1 minute)",
        }
        for rule in scheduled.values():
            assert "DeadLetterConfig" in rule["Targets"][0]

    def test_queues_are_encrypted(self, assembly: Assembly) -> None:
        for queue in assembly.resources("AWS::SQS::Queue"):
            assert queue.properties["SqsManagedSseEnabled"] is True


def handler_of(assembly: Assembly, mapping: Resource) -> str:
    """The handler behind a queue's event source mapping, by its short name."""
    queue = mapping.properties["EventSourceArn"]["Fn::GetAtt"][0]
    named = assembly.templates[mapping.stack]["Resources"][queue]["Properties"]["QueueName"]
    return assembly.short(named)
