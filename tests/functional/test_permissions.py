"""What a function's role may not do is refused by the engine, as the synthesized policies say.

(`dynamodb:LeadingKeys`, which keeps logins from the videos API, is a condition that the engine
does not evaluate; the template's tests hold the policy to it.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.supervisor import LocalTarget
from tests.functional.account import AwsAccount

Try = Callable[["Role"], Any]
API = "videos-api"
SOURCE_UPLOADED = "videos-on_source_uploaded"
TRANSCODE_CHANGED = "videos-on_transcode_changed"
KEY = {"pk": {"S": "VIDEO#vid_none"}, "sk": {"S": "VIDEO"}}


class Role:
    """Clients with the credentials that a function is given."""

    def __init__(self, account: AwsAccount, function: str) -> None:
        self._account = account
        self.outputs = account.outputs
        self.uploads, self.media = account.upload_bucket, account.media_bucket
        self.client = account.clients_of_function(f"socialflow-local-{function}")

    def queue(self, function: str) -> str:
        """The URL of a handler's own queue, as the administrator finds it."""
        name = f"socialflow-local-{function}"
        return str(self._account.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])

    def send(self, sender: str) -> Any:
        """A mail to nobody in particular."""
        words = {"Data": "A test"}
        return self.client("sesv2").send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": ["nobody@example.com"]},
            Content={"Simple": {"Subject": words, "Body": {"Text": words}}},
            ConfigurationSetName="socialflow-local",
        )

    def table(self, context: str) -> str:
        return self.outputs[f"{context.title()}TableName"]


ALLOWED: dict[str, tuple[str, Try]] = {
    "the videos API reads a video": (
        API,
        lambda role: role.client("dynamodb").get_item(TableName=role.table("videos"), Key=KEY),
    ),
    "the videos API reads the media signing key": (
        API,
        lambda role: role.client("secretsmanager").get_secret_value(
            SecretId=role.outputs["MediaSigningSecretArn"]
        ),
    ),
    "on_source_uploaded deletes a source": (
        SOURCE_UPLOADED,
        lambda role: role.client("s3").delete_object(
            Bucket=role.uploads, Key="uploads/vid_none/source"
        ),
    ),
    "on_transcode_changed writes a storyboard": (
        TRANSCODE_CHANGED,
        lambda role: role.client("s3").put_object(
            Bucket=role.media, Key="media/public/vid_none/a1/storyboard.vtt", Body=b"WEBVTT"
        ),
    ),
    "the identity API reads its signing keys": (
        "identity-api",
        lambda role: role.client("secretsmanager").get_secret_value(
            SecretId=role.outputs["SigningKeysSecretArn"]
        ),
    ),
    "the function that sends mail sends in its own name": (
        "identity-on_mail_requested",
        lambda role: role.send("Social Flow <no-reply@socialflow.test>"),
    ),
    "the live API reads the key of live playback": (
        "live-api",
        lambda role: role.client("secretsmanager").get_secret_value(
            SecretId=role.outputs["LiveSigningSecretArn"]
        ),
    ),
    "live's stream function sends messages for later, in batches": (
        "live-stream",
        lambda role: role.client("sqs").send_message_batch(
            QueueUrl=role.queue("live-on_audience_due"),
            Entries=[{"Id": "1", "MessageBody": "{}", "DelaySeconds": 900}],
        ),
    ),
}
REFUSED: dict[str, tuple[str, Try]] = {
    "the live API reads the key of videos that are not public": (
        "live-api",
        lambda role: role.client("secretsmanager").get_secret_value(
            SecretId=role.outputs["MediaSigningSecretArn"]
        ),
    ),
    "the live API writes a video's source": (
        "live-api",
        lambda role: role.client("s3").put_object(
            Bucket=role.uploads, Key="uploads/vid_none/source", Body=b""
        ),
    ),
    "live's stream function sends to the queue of polls": (
        "live-stream",
        lambda role: role.client("sqs").send_message_batch(
            QueueUrl=role.queue("chat-on_poll_changed"),
            Entries=[{"Id": "1", "MessageBody": "{}"}],
        ),
    ),
    "the review of messages queries the chat's table": (
        "chat-on_message_review",
        lambda role: role.client("dynamodb").query(
            TableName=role.table("chat"),
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "ROOM#none"}},
        ),
    ),
    "on_broadcast_recorded changes a recording": (
        "videos-on_broadcast_recorded",
        lambda role: role.client("s3").put_object(
            Bucket=role.outputs["RecordingBucketName"], Key="ivs/v1/x", Body=b""
        ),
    ),
    "on_thumbnail_uploaded reads a video's source": (
        "live-on_thumbnail_uploaded",
        lambda role: role.client("s3").get_object(
            Bucket=role.uploads, Key="uploads/vid_none/source"
        ),
    ),
    "the videos API deletes its table": (
        API,
        lambda role: role.client("dynamodb").delete_table(TableName=role.table("videos")),
    ),
    "the videos API scans its table": (
        API,
        lambda role: role.client("dynamodb").scan(TableName=role.table("videos")),
    ),
    "the videos API writes to identity's table": (
        API,
        lambda role: role.client("dynamodb").put_item(TableName=role.table("identity"), Item=KEY),
    ),
    "the videos API reads the signing keys": (
        API,
        lambda role: role.client("secretsmanager").get_secret_value(
            SecretId=role.outputs["SigningKeysSecretArn"]
        ),
    ),
    "the videos API reads media": (
        API,
        lambda role: role.client("s3").get_object(Bucket=role.media, Key="media/public/any"),
    ),
    "the videos API writes outside of the uploads": (
        API,
        lambda role: role.client("s3").put_object(Bucket=role.uploads, Key="other", Body=b""),
    ),
    "the videos API publishes events itself": (
        API,
        lambda role: role.client("events").put_events(
            Entries=[
                {
                    "Source": "socialflow.videos",
                    "DetailType": "VideoDeleted.v1",
                    "Detail": "{}",
                    "EventBusName": role.outputs["EventBusName"],
                }
            ]
        ),
    ),
    "the identity API reads videos": (
        "identity-api",
        lambda role: role.client("dynamodb").get_item(TableName=role.table("videos"), Key=KEY),
    ),
    "the identity API sends mail": (
        "identity-api",
        lambda role: role.send("no-reply@socialflow.test"),
    ),
    "the function that sends mail sends in another name": (
        "identity-on_mail_requested",
        lambda role: role.send("ceo@socialflow.test"),
    ),
    "the function that sends mail reads the signing keys": (
        "identity-on_mail_requested",
        lambda role: role.client("secretsmanager").get_secret_value(
            SecretId=role.outputs["SigningKeysSecretArn"]
        ),
    ),
    "the identity API changes the sealing keys": (
        "identity-api",
        lambda role: role.client("secretsmanager").put_secret_value(
            SecretId=role.outputs["SealingKeysSecretArn"], SecretString="{}"
        ),
    ),
    "the videos API reads what people exported": (
        API,
        lambda role: role.client("s3").get_object(
            Bucket=role.outputs["RecordsBucketName"], Key="exports/any"
        ),
    ),
    "the platform API reads accounts": (
        "platform-api",
        lambda role: role.client("dynamodb").get_item(TableName=role.table("identity"), Key=KEY),
    ),
    "on_source_uploaded deletes media": (
        SOURCE_UPLOADED,
        lambda role: role.client("s3").delete_object(Bucket=role.media, Key="media/public/any"),
    ),
    "on_source_uploaded deletes a video's row": (
        SOURCE_UPLOADED,
        lambda role: role.client("dynamodb").delete_item(TableName=role.table("videos"), Key=KEY),
    ),
    "on_transcode_changed deletes a source": (
        TRANSCODE_CHANGED,
        lambda role: role.client("s3").delete_object(
            Bucket=role.uploads, Key="uploads/vid_none/source"
        ),
    ),
    "the stream's function reads the table": (
        "videos-stream",
        lambda role: role.client("dynamodb").get_item(TableName=role.table("videos"), Key=KEY),
    ),
    "a function makes itself another role": (
        API,
        lambda role: role.client("iam").create_role(
            RoleName="escalated", AssumeRolePolicyDocument="{}"
        ),
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_it_needs_is_allowed(name: str, account: AwsAccount) -> None:
    function, attempt = ALLOWED[name]

    answer = attempt(Role(account, function))

    assert answer["ResponseMetadata"]["HTTPStatusCode"] in (200, 204)


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_does_not_need_is_refused(name: str, account: AwsAccount) -> None:
    function, attempt = REFUSED[name]

    with pytest.raises(ClientError) as refused:
        attempt(Role(account, function))

    assert refused.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")


def test_nobody_unsigned_gets_at_the_buckets(target: LocalTarget, account: AwsAccount) -> None:
    unsigned = account.unsigned_client("s3")

    for bucket in (account.upload_bucket, account.media_bucket):
        with pytest.raises(ClientError, match="AccessDenied"):
            unsigned.list_objects_v2(Bucket=bucket)
