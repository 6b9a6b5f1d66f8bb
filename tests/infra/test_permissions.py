"""Least privilege: what each function may do, exactly, and on what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.assembly import Assembly, listed

LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
READ = {f"dynamodb:{name}" for name in ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem")}
WRITE = {"dynamodb:PutItem", "dynamodb:UpdateItem"}
DELETE = {"dynamodb:DeleteItem"}
STREAM = {
    f"dynamodb:{name}"
    for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
} | {"events:PutEvents", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"}
CONSUME = {
    f"sqs:{name}"
    for name in (
        "ReceiveMessage",
        "ChangeMessageVisibility",
        "GetQueueUrl",
        "DeleteMessage",
        "GetQueueAttributes",
    )
}
MAKE_JOBS = {"mediaconvert:Probe", "mediaconvert:CreateJob", "iam:PassRole", "s3:GetObject"}
CLEAN_UP = {
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "mediaconvert:GetJob",
    "mediaconvert:CancelJob",
    "cloudfront:CreateInvalidation",
}
GET_UPDATE = {"dynamodb:GetItem", "dynamodb:UpdateItem"}
MAKE_CHANNELS = {
    f"ivs:{name}"
    for name in ("CreateChannel", "CreateStreamKey", "GetChannel", "ListChannels", "ListStreamKeys")
}
ROTATE_KEYS = {
    f"ivs:{name}"
    for name in ("CreateStreamKey", "DeleteStreamKey", "ListStreamKeys", "TagResource")
}
SEND_AWAY = {"ivs:GetStream", "ivs:StopStream"}
ALLOWED = {
    "platform-api": {"dynamodb:DescribeTable"},
    "platform-on_key_pair_requested": {
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
    },
    "identity-api": READ | WRITE | DELETE | {"secretsmanager:GetSecretValue"},
    "identity-every_day_rotate_signing_keys": READ
    | WRITE
    | {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"},
    "identity-stream": STREAM,
    "videos-api": READ
    | WRITE
    | DELETE
    | {
        "s3:PutObject",
        "s3:GetObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucket",
        "secretsmanager:GetSecretValue",
    },
    "videos-on_source_uploaded": READ
    | WRITE
    | CONSUME
    | MAKE_JOBS
    | {"s3:DeleteObject", "s3:ListBucket"},
    "videos-on_transcode_changed": READ
    | WRITE
    | CONSUME
    | MAKE_JOBS
    | {"s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
    "videos-on_video_discarded": READ | WRITE | DELETE | CONSUME | CLEAN_UP,
    "videos-on_media_misplaced": READ
    | WRITE
    | CONSUME
    | {
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:ListBucket",
        "cloudfront:CreateInvalidation",
    },
    "videos-on_broadcast_recorded": READ
    | WRITE
    | DELETE
    | CONSUME
    | {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
    "videos-stream": STREAM,
    "videos-every_5_minutes_reconcile": READ
    | WRITE
    | DELETE
    | MAKE_JOBS
    | CLEAN_UP
    | {"s3:GetObject", "s3:PutObject"},
    "live-api": READ
    | WRITE
    | DELETE
    | {
        "secretsmanager:GetSecretValue",
        "s3:PutObject",
        "ivs:GetStreamKey",
        "ivs:GetStreamSession",
        "cloudwatch:GetMetricData",
    },
    "live-on_channel_requested": CONSUME | GET_UPDATE | MAKE_CHANNELS,
    "live-on_stream_key_rotation_requested": CONSUME
    | GET_UPDATE
    | ROTATE_KEYS
    | {"ivs:StopStream"},
    "live-on_stream_changed": CONSUME | READ | WRITE | SEND_AWAY,
    "live-on_recording_changed": CONSUME | READ | WRITE | SEND_AWAY | {"s3:GetObject"},
    "live-on_broadcast_stop_requested": CONSUME | SEND_AWAY | {"dynamodb:GetItem"},
    "live-on_broadcast_hidden": CONSUME | {"dynamodb:GetItem", "s3:DeleteObject"},
    "live-on_thumbnail_uploaded": CONSUME
    | GET_UPDATE
    | {"dynamodb:PutItem", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
    "live-on_thumbnail_captured": CONSUME
    | GET_UPDATE
    | {"dynamodb:Query", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"},
    "live-on_audience_due": CONSUME | GET_UPDATE | {"dynamodb:PutItem", "dynamodb:Query"},
    "live-every_1_minute_follow_broadcasts": READ
    | WRITE
    | MAKE_CHANNELS
    | ROTATE_KEYS
    | {
        "ivs:ListStreams",
        "ivs:GetStream",
        "ivs:GetStreamSession",
        "ivs:StopStream",
        "sqs:SendMessage",
    },
    "live-stream": STREAM,
    "social-api": READ | WRITE | DELETE,
    "chat-api": READ | WRITE | DELETE | {"ivschat:CreateChatToken"},
    "chat-on_message_review": {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    },
    "chat-on_channel_requested": CONSUME
    | {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "ivschat:CreateRoom",
        "ivschat:DeleteRoom",
        "ivschat:ListRooms",
    },
    "chat-on_sender_silenced": CONSUME
    | {"dynamodb:BatchGetItem", "dynamodb:GetItem", "ivschat:DisconnectUser"},
    "chat-on_message_deleted": CONSUME | {"dynamodb:GetItem", "ivschat:DeleteMessage"},
    "chat-on_poll_changed": CONSUME
    | {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "ivschat:SendEvent",
        "sqs:SendMessage",
    },
    "chat-on_chat_logged": CONSUME
    | {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:BatchWriteItem", "s3:GetObject"},
    "chat-stream": STREAM,
}
TRACES = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
KNOW_NO_RESOURCES = {
    "mediaconvert:Probe",
    "dynamodb:ListStreams",
    "cloudwatch:GetMetricData",
} | TRACES
"""Actions that IAM grants on `*` only (Service Authorization Reference)."""

PREFIXES = (
    "/uploads/*",
    "/media/*",
    "/ivs/*",
    "/ivs/*/media/latest_thumbnail/*",
    "/thumbnails/*",
    "/media/public/live/*",
    "/AWSLogs/*",
    ":jobs/*",
    ":room/*",
    ":channel/*",
    ":stream-key/*",
)


class TestActions:
    def test_each_function_may_do_this_and_nothing_else(self, assembly: Assembly) -> None:
        traces = TRACES if assembly.stage.tracing else set()
        found = {
            name.removeprefix(f"{assembly.stage.prefix}-"): {
                action
                for statement in assembly.statements_of(assembly.role_of(function))
                for action in listed(statement["Action"])
            }
            for name, function in assembly.functions().items()
        }
        assert found == {name: actions | LOGS | traces for name, actions in ALLOWED.items()}

    def test_mediaconvert_reads_sources_and_writes_media(self, assembly: Assembly) -> None:
        (role,) = [
            role
            for role in assembly.resources("AWS::IAM::Role")
            if "mediaconvert.amazonaws.com" in str(role.properties["AssumeRolePolicyDocument"])
        ]
        found = {
            (action, text_of(resource).rsplit("-arn", 1)[-1])
            for statement in assembly.statements_of(role)
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
        assert found == {("s3:GetObject", "/uploads/*"), ("s3:PutObject", "/media/*")}
        (trust,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        }


class TestResources:
    def test_no_role_of_ours_has_a_wildcard_action(self, assembly: Assembly) -> None:
        for function in assembly.functions().values():
            for statement in assembly.statements_of(assembly.role_of(function)):
                assert not [action for action in listed(statement["Action"]) if "*" in action]

    def test_wildcard_resources_are_prefixes_or_cannot_be_narrower(
        self, assembly: Assembly
    ) -> None:
        for name, function in assembly.functions().items():
            for statement in assembly.statements_of(assembly.role_of(function)):
                for resource in map(text_of, listed(statement["Resource"])):
                    if resource == "*":
                        assert set(listed(statement["Action"])) <= KNOW_NO_RESOURCES, name
                    else:
                        assert "*" not in resource or resource.endswith(PREFIXES), name

    def test_roles_of_ours_have_no_managed_policies(self, assembly: Assembly) -> None:
        for function in assembly.functions().values():
            role = assembly.role_of(function)
            assert "ManagedPolicyArns" not in role.properties
            assert "Policies" not in role.properties

    def test_only_identity_reads_logins(self, assembly: Assembly) -> None:
        function = assembly.functions()[f"{assembly.stage.prefix}-videos-api"]
        (statement,) = [
            statement
            for statement in assembly.statements_of(assembly.role_of(function))
            if "IdentityTable" in str(statement["Resource"])
        ]
        assert set(listed(statement["Action"])) == READ
        assert statement["Condition"] == {
            "ForAllValues:StringLike": {
                "dynamodb:LeadingKeys": ["USER#*", "HANDLE#*", "PUBLIC_KEYS"]
            }
        }

    def test_jobs_are_given_one_role_and_only_to_mediaconvert(self, prod: Assembly) -> None:
        passed = [
            statement
            for policy in prod.resources("AWS::IAM::Policy")
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if "iam:PassRole" in listed(statement["Action"])
        ]
        assert len(passed) == 3
        for statement in passed:
            assert "JobRole" in str(statement["Resource"])
            assert statement["Condition"] == {
                "StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}
            }


class TestReviewOfMessages:
    def test_is_called_by_rooms_of_this_account_alone(self, assembly: Assembly) -> None:
        (permission,) = [
            each.properties
            for each in assembly.resources("AWS::Lambda::Permission")
            if each.properties["Principal"] == "ivschat.amazonaws.com"
        ]
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
        assert text_of(permission["SourceArn"]).endswith("AWS::AccountId:room/*")

    def test_is_kept_started_where_the_stage_says(self, assembly: Assembly) -> None:
        kept = {
            alias.logical_id: alias.properties["ProvisionedConcurrencyConfig"]
            for alias in assembly.resources("AWS::Lambda::Alias")
            if "ProvisionedConcurrencyConfig" in alias.properties
        }
        if not assembly.stage.review_environments:
            assert kept == {}
            return
        ((name, environments),) = kept.items()
        assert name.startswith("Review")
        assert environments == {
            "ProvisionedConcurrentExecutions": assembly.stage.review_environments
        }


class TestKey:
    def test_encrypts_tables_and_secrets_of_production(self, prod: Assembly) -> None:
        for table in prod.resources("AWS::DynamoDB::GlobalTable"):
            assert table.properties["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
            assert "KMSMasterKeyId" in str(table.properties["Replicas"])
        for secret in prod.resources("AWS::SecretsManager::Secret"):
            assert "KmsKeyId" in secret.properties

    def test_is_used_only_through_the_services(self, prod: Assembly) -> None:
        (key,) = prod.resources("AWS::KMS::Key")
        assert key.properties["EnableKeyRotation"] is True
        by_sid = {
            statement.get("Sid", "root"): statement
            for statement in key.properties["KeyPolicy"]["Statement"]
        }
        anyone = [
            statement
            for statement in by_sid.values()
            if statement["Principal"] in ("*", {"AWS": "*"})
        ]
        assert len(anyone) == 1
        assert anyone[0]["Condition"]["StringEquals"] == {
            "kms:CallerAccount": {"Ref": "AWS::AccountId"},
            "kms:ViaService": [
                "dynamodb.us-east-1.amazonaws.com",
                "secretsmanager.us-east-1.amazonaws.com",
            ],
        }


def text_of(value: Any) -> str:
    """An ARN of a template as text: references by their names."""
    if isinstance(value, dict):
        ((function, argument),) = value.items()
        if function == "Fn::Join":
            return str(argument[0]).join(text_of(part) for part in argument[1])
        return text_of(argument) if isinstance(argument, str) else ".".join(argument)
    return str(value)


class TestTextOf:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("*", "*"),
            ({"Fn::ImportValue": "a-arn"}, "a-arn"),
            ({"Fn::Join": ["", [{"Fn::GetAtt": ["A", "Arn"]}, "/uploads/*"]]}, "A.Arn/uploads/*"),
        ],
    )
    def test_keeps_what_is_compared(self, value: Any, text: str) -> None:
        assert text_of(value) == text
