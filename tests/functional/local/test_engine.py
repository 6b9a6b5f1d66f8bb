"""The engine as the project starts it: closed where ministack is open, open to AWS's own events."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.supervisor import LocalTarget
from tests.functional.local.polling import eventually

EVENT = {
    "Source": "aws.mediaconvert",
    "DetailType": "MediaConvert Job State Change",
    "Detail": json.dumps({"status": "COMPLETE", "userMetadata": {"app": "of-this-test"}}),
}


@pytest.fixture(scope="module")
def queue_url(target: LocalTarget) -> Iterator[str]:
    """A queue behind a rule for the event above."""
    sqs, events = target.admin_client("sqs"), target.admin_client("events")
    url = sqs.create_queue(QueueName="engine-test")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {
        "source": ["aws.mediaconvert"],
        "detail": {"userMetadata": {"app": ["of-this-test"]}},
    }
    events.put_rule(Name="engine-test", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="engine-test", Targets=[{"Id": "1", "Arn": arn["QueueArn"]}])
    yield url
    events.remove_targets(Rule="engine-test", Ids=["1"])
    events.delete_rule(Name="engine-test")
    sqs.delete_queue(QueueUrl=url)


def received(target: LocalTarget, queue_url: str) -> list[dict[str, Any]]:
    """The bodies of the messages that are in the queue now."""
    sqs = target.admin_client("sqs")
    answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


class TestEventsOfAwsServices:
    def test_are_delivered_with_the_token(self, target: LocalTarget, queue_url: str) -> None:
        answer = httpx.post(
            f"{target.engine_url}/_socialflow/events",
            json={"Entries": [EVENT]},
            headers={"x-socialflow-token": target.token},
        )
        assert answer.status_code == 200
        assert answer.json()["FailedEntryCount"] == 0
        (message,) = eventually(lambda: received(target, queue_url) or None, what="the event")
        assert message["source"] == "aws.mediaconvert"
        assert message["detail"]["status"] == "COMPLETE"

    @pytest.mark.parametrize("token", ["", "wrong"])
    def test_are_refused_without_it(self, target: LocalTarget, queue_url: str, token: str) -> None:
        answer = httpx.post(
            f"{target.engine_url}/_socialflow/events",
            json={"Entries": [EVENT]},
            headers={"x-socialflow-token": token},
        )
        assert answer.status_code == 403
        assert received(target, queue_url) == []

    def test_are_refused_by_put_events_as_on_aws(self, target: LocalTarget) -> None:
        answer = target.admin_client("events").put_events(Entries=[EVENT])
        assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"

    def test_other_sources_go_through_put_events(self, target: LocalTarget) -> None:
        answer = httpx.post(
            f"{target.engine_url}/_socialflow/events",
            json={"Entries": [{**EVENT, "Source": "socialflow.videos"}]},
            headers={"x-socialflow-token": target.token},
        )
        assert answer.status_code == 400

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"Entries": [1]}'])
    def test_malformed_bodies(self, target: LocalTarget, body: bytes) -> None:
        answer = httpx.post(
            f"{target.engine_url}/_socialflow/events",
            content=body,
            headers={"x-socialflow-token": target.token},
        )
        assert answer.status_code == 400


class TestAdministrationIsClosed:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/_ministack/reset"),
            ("POST", "/_ministack/config"),
            ("GET", "/_ministack/sqs/messages"),
            ("GET", "/_ministack/ses/messages"),
        ],
    )
    def test_to_pages_and_functions(self, target: LocalTarget, method: str, path: str) -> None:
        assert httpx.request(method, f"{target.engine_url}{path}").status_code == 403

    def test_objects_are_not_read_past_the_edge(self, target: LocalTarget) -> None:
        url = f"{target.engine_url}/_socialflow/objects/some-bucket/some-key"
        assert httpx.get(url).status_code == 403

    def test_unsigned_requests_are_refused(self, target: LocalTarget) -> None:
        bucket = output(target, "media", "UploadBucketName")
        assert httpx.get(f"{target.engine_url}/{bucket}/uploads/x/source").status_code == 403
        put = httpx.put(f"{target.engine_url}/{bucket}/uploads/x/source", content=b"x")
        assert put.status_code == 403


class TestUploadsFromThePage:
    """A browser PUTs parts from another origin: http://localhost:<edge> to the engine's S3."""

    def test_preflight_and_etag(self, target: LocalTarget) -> None:
        s3 = target.admin_client("s3")
        bucket = output(target, "media", "UploadBucketName")
        upload = s3.create_multipart_upload(Bucket=bucket, Key="uploads/cors/source")["UploadId"]
        part = {"Bucket": bucket, "Key": "uploads/cors/source", "UploadId": upload, "PartNumber": 1}
        url = s3.generate_presigned_url("upload_part", Params=part)
        preflight = httpx.options(
            url,
            headers={
                "origin": target.origin,
                "access-control-request-method": "PUT",
                "access-control-request-headers": "content-type",
            },
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] in ("*", target.origin)
        assert "PUT" in preflight.headers["access-control-allow-methods"]
        put = httpx.put(url, content=b"part", headers={"origin": target.origin})
        assert put.status_code == 200
        assert put.headers["access-control-allow-origin"] in ("*", target.origin)
        assert "etag" in put.headers["access-control-expose-headers"].lower()
        tampered = httpx.put(url.replace("partNumber=1", "partNumber=2"), content=b"part")
        assert tampered.status_code == 403
        s3.abort_multipart_upload(Bucket=bucket, Key=part["Key"], UploadId=upload)


def test_functions_hold_only_their_roles_session(target: LocalTarget) -> None:
    """The platform's function may describe tables and nothing else; its environment proves it."""
    functions = target.admin_client("lambda")
    configuration = functions.get_function_configuration(
        FunctionName="socialflow-local-platform-api"
    )
    variables = configuration["Environment"]["Variables"]
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SF_ENGINE_TOKEN"} & variables.keys()
    workers = list(_environments_of_workers(target))
    assert workers, "no function has run"
    for environment in workers:
        assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
        assert "SF_ENGINE_TOKEN" not in environment


def _environments_of_workers(target: LocalTarget) -> Iterator[dict[str, str]]:
    """What the kernel says of the processes whose program is a function of this target."""
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            command = (process / "cmdline").read_text()
            if str(target.state_dir) not in command or "_worker.py" not in command:
                continue
            entries = (process / "environ").read_text().split("\0")
        except OSError:
            continue
        yield dict(entry.split("=", 1) for entry in entries if "=" in entry)


def output(target: LocalTarget, stack: str, name: str) -> str:
    """An output of a deployed stack."""
    cloudformation = target.admin_client("cloudformation")
    (found,) = cloudformation.describe_stacks(StackName=f"socialflow-local-{stack}")["Stacks"]
    return str({o["OutputKey"]: o["OutputValue"] for o in found["Outputs"]}[name])
