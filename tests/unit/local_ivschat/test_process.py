"""The service as a process against a real engine: a function, a bucket, and kills."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.unit.local_ivschat.clients import ChatSocket, Refused, ivschat_client, wait_until
from tests.unit.local_ivschat.engine import logged_lines
from tests.unit.local_mediaconvert.engine import KEYS, ministack, s3_client
from tests.unit.server_process import ServerProcess

CAPABILITIES: Any = ["SEND_MESSAGE"]
REVIEW = """
def handler(event, context):
    if event["Content"] == "rude":
        return {"ReviewResult": "DENY", "Content": "rude", "Attributes": {"Reason": "be kind"}}
    content = event["Content"] + " (" + event["Sender"]["UserId"] + ")"
    return {"ReviewResult": "ALLOW", "Content": content, "Attributes": {}}
"""


@pytest.fixture(scope="module")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ministack(tmp_path_factory.mktemp("engine")) as url:
        yield url


@pytest.fixture
def server(tmp_path: Path, engine_url: str) -> Iterator[ServerProcess]:
    process = ServerProcess(
        "ivschat",
        tmp_path / "state",
        engine_url,
        # More than the service's 200: the machine of the tests may have other things to do.
        SF_CHAT_REVIEW_TIMEOUT_MS="5000",
    )
    process.start()
    yield process
    process.kill()


def review_function(engine_url: str) -> str:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", REVIEW)
    functions = boto3.client("lambda", endpoint_url=engine_url, **KEYS)  # type: ignore[call-overload]
    made = functions.create_function(
        FunctionName="review",
        Runtime="python3.13",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/review",
        Code={"ZipFile": code.getvalue()},
    )
    functions.close()
    arn: str = made["FunctionArn"]
    return arn


class TestWithTheEngine:
    def test_a_function_reviews_and_a_bucket_gets_the_log(
        self, engine_url: str, server: ServerProcess
    ) -> None:
        s3 = s3_client(engine_url)
        s3.create_bucket(Bucket="chat-logs")
        api = ivschat_client(server.url)
        logging = api.create_logging_configuration(
            destinationConfiguration={"s3": {"bucketName": "chat-logs"}}
        )
        room = api.create_room(
            messageReviewHandler={"uri": review_function(engine_url), "fallbackResult": "DENY"},
            loggingConfigurationIdentifiers=[logging["arn"]],
        )["arn"]
        token = api.create_chat_token(
            roomIdentifier=room, userId="usr_ada", capabilities=CAPABILITIES
        )["token"]
        with ChatSocket(server.ports[0], token) as viewer:
            viewer.say("hello")
            assert viewer.next()["Content"] == "hello (usr_ada)"
            viewer.say("rude")
            error = viewer.next()
            assert (error["ErrorCode"], error["ErrorMessage"]) == (406, "be kind")

        def logged() -> list[dict[str, Any]]:
            listed = s3.list_objects_v2(Bucket="chat-logs").get("Contents", [])
            bodies = [
                s3.get_object(Bucket="chat-logs", Key=each["Key"])["Body"].read() for each in listed
            ]
            return logged_lines(bodies)

        wait_until(lambda: len(logged()) == 1)
        assert logged()[0]["payload"]["Content"] == "hello (usr_ada)"
        s3.close()
        api.close()


class TestKilled:
    def test_rooms_tokens_and_their_use_outlive_it(self, server: ServerProcess) -> None:
        api = ivschat_client(server.url)
        room = api.create_room(name="chn_1", tags={"a": "1"})["arn"]
        used, unused = (
            api.create_chat_token(roomIdentifier=room, userId="usr_ada")["token"] for _ in range(2)
        )
        ChatSocket(server.ports[0], used).close()
        before = api.get_room(identifier=room)
        server.kill()
        server.start()
        after = api.get_room(identifier=room)
        assert {**before, "ResponseMetadata": 0} == {**after, "ResponseMetadata": 0}
        with pytest.raises(Refused, match="used before"):
            ChatSocket(server.ports[0], used)
        ChatSocket(server.ports[0], unused).close()
        api.close()

    def test_what_was_delivered_is_logged_by_the_next(
        self, engine_url: str, server: ServerProcess
    ) -> None:
        s3 = s3_client(engine_url)
        api = ivschat_client(server.url)
        # The bucket is missing, so nothing can be logged before the kill.
        logging = api.create_logging_configuration(
            destinationConfiguration={"s3": {"bucketName": "late-logs"}}
        )
        room = api.create_room(loggingConfigurationIdentifiers=[logging["arn"]])["arn"]
        token = api.create_chat_token(
            roomIdentifier=room, userId="usr_ada", capabilities=CAPABILITIES
        )["token"]
        with ChatSocket(server.ports[0], token) as viewer:
            viewer.say("hello")
            delivered = viewer.next()
        server.kill()
        s3.create_bucket(Bucket="late-logs")
        server.start()

        def logged() -> list[dict[str, Any]]:
            listed = s3.list_objects_v2(Bucket="late-logs").get("Contents", [])
            bodies = [
                s3.get_object(Bucket="late-logs", Key=each["Key"])["Body"].read() for each in listed
            ]
            return logged_lines(bodies)

        wait_until(lambda: len(logged()) == 1)
        assert logged()[0]["payload"] == json.loads(json.dumps(delivered))
        s3.close()
        api.close()

    def test_stopping_is_graceful(self, server: ServerProcess) -> None:
        api = ivschat_client(server.url)
        room = api.create_room()["arn"]
        token = api.create_chat_token(roomIdentifier=room, userId="usr_ada")["token"]
        with ChatSocket(server.ports[0], token) as viewer:
            assert server.terminate() == 0
            assert viewer.closed().code == 1001
        api.close()
