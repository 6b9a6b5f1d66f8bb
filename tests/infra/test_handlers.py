"""What wakes functions: nothing is lost, everything that fails is kept and somebody is told."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

from infra.constructs.code import ROOT
from infra.stacks.data import INDEXES
from tests.infra.assembly import Assembly, Resource

SETTINGS = re.compile(r'setting\("(SF_[A-Z_]+)"')
EVERY = {
    "SF_STAGE",
    "SF_CONTEXT",
    "SF_EVENT_BUS",
    "SF_PUBLIC_ORIGIN",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "LOG_LEVEL",
}
CONTEXTS = ("identity", "videos", "live", "chat", "social")
SOURCES = {
    "identity-on_mail_requested": ("socialflow.identity", {"MailRequested.v1"}),
    "identity-on_picture_uploaded": ("aws.s3", {"Object Created"}),
    "identity-on_picture_replaced": ("socialflow.identity", {"PictureReplaced.v1"}),
    "identity-on_record_written": ("aws.s3", {"Object Created"}),
    **{
        f"{context}-on_export_requested": ("socialflow.identity", {"ExportRequested.v1"})
        for context in CONTEXTS
    },
    **{
        f"{context}-on_account_deleted": ("socialflow.identity", {"AccountDeleted.v1"})
        for context in CONTEXTS
    },
    "videos-on_source_uploaded": ("aws.s3", {"Object Created"}),
    "videos-on_transcode_changed": ("aws.mediaconvert", {"MediaConvert Job State Change"}),
    "videos-on_video_discarded": ("socialflow.videos", {"VideoDeleted.v1", "VideoFailed.v1"}),
    "videos-on_media_misplaced": ("socialflow.videos", {"VideoMediaMisplaced.v1"}),
    "videos-on_broadcast_recorded": ("socialflow.live", {"BroadcastRecorded.v1"}),
    "live-on_channel_requested": ("socialflow.live", {"ChannelRequested.v1"}),
    "live-on_stream_key_rotation_requested": (
        "socialflow.live",
        {"StreamKeyRotationRequested.v1"},
    ),
    "live-on_stream_changed": (
        "aws.ivs",
        {"IVS Stream State Change", "IVS Stream Health Change", "IVS Limit Breach"},
    ),
    "live-on_recording_changed": ("aws.ivs", {"IVS Recording State Change"}),
    "live-on_broadcast_stop_requested": ("socialflow.live", {"BroadcastStopRequested.v1"}),
    "live-on_broadcast_hidden": ("socialflow.live", {"BroadcastHidden.v1"}),
    "live-on_thumbnail_uploaded": ("aws.s3", {"Object Created"}),
    "live-on_thumbnail_captured": ("aws.s3", {"Object Created"}),
    "chat-on_channel_requested": ("socialflow.live", {"ChannelRequested.v1"}),
    "chat-on_sender_silenced": ("socialflow.chat", {"SenderSilenced.v1"}),
    "chat-on_message_deleted": ("socialflow.chat", {"MessageDeleted.v1"}),
    "chat-on_poll_changed": ("socialflow.chat", {"PollChanged.v1"}),
    "chat-on_chat_logged": ("aws.s3", {"Object Created"}),
}
SENT_DIRECTLY = {"live-on_audience_due"}
"""Handlers whose queue no rule fills: functions send it messages for later."""

SLOWLY = dict.fromkeys(
    (
        "identity-on_mail_requested",
        "live-on_channel_requested",
        "live-on_stream_key_rotation_requested",
        "chat-on_channel_requested",
        *(f"{context}-on_account_deleted" for context in CONTEXTS),
    ),
    2,
)
"""How many run at a time where it is not the stage's number: SES takes so many letters a second,
IVS 5 control calls, and nobody waits for an erasure."""

BATCHES = {
    "identity-on_mail_requested": 5,
    "identity-on_picture_uploaded": 1,
    "identity-on_record_written": 1,
    "videos-on_broadcast_recorded": 1,
    "live-on_channel_requested": 1,
    "live-on_stream_key_rotation_requested": 1,
    **{
        f"{context}-{name}": 1
        for context in CONTEXTS
        for name in ("on_export_requested", "on_account_deleted")
    },
}
"""Batches smaller than ten: where work is long or slow, the next message must not wait for it."""


SETTINGS_OF_THEIR_OWN = {"videos-on_export_requested", "videos-on_account_deleted"}
"""Handlers of videos that know nothing of media."""


def variables(function: Resource) -> dict[str, Any]:
    found: dict[str, Any] = function.properties["Environment"]["Variables"]
    return found


def short(assembly: Assembly, name: str) -> str:
    return name.removeprefix(f"{assembly.stage.prefix}-")


class TestFunctions:
    def test_every_handler_there_is_is_deployed_and_every_deployed_one_is_there(
        self, assembly: Assembly
    ) -> None:
        modules = {
            f"{path.parent.name}-{path.stem}"
            for path in (ROOT / "functions").glob("*/*.py")
            if path.stem != "__init__"
        }
        deployed = {short(assembly, name) for name in assembly.functions()}
        assert {name for name in deployed if not name.endswith("-api")} == modules

    def test_their_handlers_exist(self, local: Assembly) -> None:
        for function in local.functions().values():
            module, _, name = function.properties["Handler"].rpartition(".")
            if module != "api.handler":
                assert callable(getattr(importlib.import_module(module), name))

    def test_run_on_arm_with_python_3_13(self, assembly: Assembly) -> None:
        for function in assembly.functions().values():
            assert function.properties["Architectures"] == ["arm64"]
            assert function.properties["Runtime"] == "python3.13"

    def test_have_a_log_that_ends(self, assembly: Assembly) -> None:
        kept = {
            group.properties["LogGroupName"]: group.properties["RetentionInDays"]
            for group in assembly.resources("AWS::Logs::LogGroup")
        }
        for name in assembly.functions():
            assert kept[f"/aws/lambda/{name}"] == assembly.stage.log_retention_days


class TestSettings:
    def test_everyone_has_the_common_ones(self, assembly: Assembly) -> None:
        for name, function in assembly.functions().items():
            context = short(assembly, name).partition("-")[0]
            assert set(variables(function)) >= EVERY
            assert variables(function)["SF_CONTEXT"] == context
            assert variables(function)["POWERTOOLS_SERVICE_NAME"] == context
            assert variables(function)["SF_EVENT_BUS"] == assembly.stage.prefix

    def test_the_videos_context_has_what_it_reads(self, assembly: Assembly) -> None:
        source = (ROOT / "layers/socialflow/python/socialflow/videos/settings.py").read_text()
        api, _, handlers = source.partition("class HandlerSettings")
        for name, function in assembly.functions().items():
            if short(assembly, name) in SETTINGS_OF_THEIR_OWN:
                continue
            if short(assembly, name).startswith("videos-"):
                wanted = set(SETTINGS.findall(api if name.endswith("-api") else handlers))
                assert len(wanted) >= 6
                assert wanted <= set(variables(function)), name

    def test_the_identity_context_has_what_it_reads(self, assembly: Assembly) -> None:
        functions = assembly.functions()
        for name in ("identity-api", "identity-every_day_rotate_signing_keys"):
            found = variables(functions[f"{assembly.stage.prefix}-{name}"])
            assert {"SF_IDENTITY_TABLE", "SF_SIGNING_KEYS_SECRET"} <= set(found)
            assert "SF_SEALING_KEYS_SECRET" in found
        mail = variables(functions[f"{assembly.stage.prefix}-identity-on_mail_requested"])
        if assembly.stage.mail_from:
            assert mail["SF_MAIL_FROM"] == assembly.stage.mail_from
        assert ("SF_MAIL_CONFIGURATION_SET" in mail) is bool(assembly.stage.mail_from)

    def test_an_export_waits_for_every_context(self, assembly: Assembly) -> None:
        for name in ("on_record_written", "every_1_hour_settle_rights"):
            found = variables(assembly.functions()[f"{assembly.stage.prefix}-identity-{name}"])
            assert set(found["SF_CONTEXTS"].split(",")) == set(CONTEXTS) == set(INDEXES)

    def test_readiness_sees_every_table(self, assembly: Assembly) -> None:
        found = variables(assembly.functions()[f"{assembly.stage.prefix}-platform-api"])
        assert {f"SF_{context.upper()}_TABLE" for context in INDEXES} <= set(found)

    def test_one_machine_tells_them_at_deployment(self, local: Assembly) -> None:
        for function in local.functions().values():
            found = variables(function)
            assert found["AWS_ENDPOINT_URL_MEDIACONVERT"] == {"Ref": "AwsEndpointUrlMediaconvert"}
            assert found["SF_PUBLIC_ORIGIN"] == {"Ref": "SfPublicOrigin"}
            defaults = local.templates[function.stack]["Parameters"]
            assert defaults["SfPublicOrigin"]["Default"] == "http://localhost:8080"

    def test_no_other_stage_has_endpoints(self, prod: Assembly, dev: Assembly) -> None:
        for assembly in (prod, dev):
            for function in assembly.functions().values():
                assert not [name for name in variables(function) if "ENDPOINT" in name]


class TestEvents:
    def test_each_event_reaches_its_handler(self, assembly: Assembly) -> None:
        found = {}
        for rule in assembly.resources("AWS::Events::Rule"):
            pattern = rule.properties.get("EventPattern")
            if pattern:
                (source,) = pattern["source"]
                name = short(assembly, rule.properties["Name"])
                found[name] = (source, set(pattern["detail-type"]))
                assert len(rule.properties["Targets"]) == 1
                assert "DeadLetterConfig" in rule.properties["Targets"][0]
        assert found == SOURCES

    def test_handlers_of_objects_leave_each_others_alone(self, assembly: Assembly) -> None:
        keys = {
            short(assembly, rule.properties["Name"]): rule.properties["EventPattern"]["detail"][
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
        told = ("USER#", "PENDING#", "RESET#", "ERASURE#")
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
            named = queues_by_name(assembly)[f"{assembly.stage.prefix}-{queue}"]
            assert found == {"Ref": named.logical_id}

    def test_who_wakes_itself_is_not_stopped_as_a_loop(self, assembly: Assembly) -> None:
        """An erasure goes on by as many messages as there is to erase; Lambda stops at 16."""
        queues = queues_by_name(assembly)
        wakes_itself = {
            short(assembly, name)
            for name, function in assembly.functions().items()
            if name in queues and {"Ref": queues[name].logical_id} in variables(function).values()
        }
        assert wakes_itself == {
            "chat-on_poll_changed",
            *(f"{context}-on_account_deleted" for context in CONTEXTS),
        }
        allowed = {
            short(assembly, name)
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
        queues = queues_by_name(assembly)
        handled = [name for name in queues if not name.endswith("-dead")]
        assert {short(assembly, name) for name in handled} == set(SOURCES) | SENT_DIRECTLY
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
            short(assembly, rule.properties["Name"]): rule.properties
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
    return short(assembly, named)


def queues_by_name(assembly: Assembly) -> dict[str, Resource]:
    return {queue.properties["QueueName"]: queue for queue in assembly.resources("AWS::SQS::Queue")}
