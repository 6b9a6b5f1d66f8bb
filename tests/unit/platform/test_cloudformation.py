"""Answering CloudFormation, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from socialflow.platform import cloudformation
from socialflow.platform.cloudformation import AnswerNotDelivered, Resource


class Receiver:
    """A server that takes PUT answers like CloudFormation's presigned URLs."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.content_types: list[str | None] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                length = int(self.headers["Content-Length"])
                receiver.answers.append(json.loads(self.rfile.read(length)))
                receiver.paths.append(self.path)
                receiver.content_types.append(self.headers["Content-Type"])
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/answer?X-Amz-Signature=a%2Fb"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A listening `Receiver`."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join(timeout=10)


def request(url: str, **changes: Any) -> dict[str, Any]:
    return {
        "RequestType": "Create",
        "RequestId": "request-1",
        "ResponseURL": url,
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/s/1",
        "LogicalResourceId": "Keys",
        "ResourceType": "Custom::Keys",
        "ResourceProperties": {"ServiceToken": "arn", "Size": "2048"},
        **changes,
    }


class TestRecognising:
    def test_a_schedule_is_no_request(self) -> None:
        assert not cloudformation.is_request({"source": "aws.events", "detail": {}})

    def test_a_request_is(self) -> None:
        assert cloudformation.is_request(request("http://localhost"))


class TestFailing:
    def test_a_failure_is_told(self, receiver: Receiver) -> None:
        def fail(_kind: str, _properties: Mapping[str, Any]) -> Resource:
            raise LookupError("no such secret " + "x" * 5000)

        cloudformation.answer(request(receiver.url), fail)
        (answer,) = receiver.answers
        assert answer["Status"] == "FAILED"
        assert answer["Reason"].startswith("LookupError: no such secret")
        assert answer["PhysicalResourceId"] == "Keys"
        assert len(json.dumps(answer)) <= 4096

    def test_a_failed_update_keeps_the_resource(self, receiver: Receiver) -> None:
        def fail(_kind: str, _properties: Mapping[str, Any]) -> Resource:
            raise LookupError

        event = request(receiver.url, RequestType="Update", PhysicalResourceId="keys-1")
        cloudformation.answer(event, fail)
        assert receiver.answers[0]["PhysicalResourceId"] == "keys-1"

    def test_an_answer_that_is_refused_raises(self, receiver: Receiver) -> None:
        receiver.status = 403
        with pytest.raises(AnswerNotDelivered, match="403"):
            cloudformation.answer(request(receiver.url), lambda *_: Resource(physical_id="k"))

    def test_nobody_listening_raises(self, receiver: Receiver) -> None:
        receiver.server.shutdown()
        receiver.server.server_close()
        with pytest.raises(AnswerNotDelivered):
            cloudformation.answer(request(receiver.url), lambda *_: Resource(physical_id="k"))


class TestSucceeding:
    def test_the_answer_names_what_was_made(self, receiver: Receiver) -> None:
        seen: list[Any] = []

        def work(kind: str, properties: Mapping[str, Any]) -> Resource:
            seen.append((kind, properties["Size"]))
            return Resource(physical_id="keys-1", data={"KeyId": "k1"})

        cloudformation.answer(request(receiver.url), work)
        assert seen == [("Create", "2048")]
        assert receiver.answers == [
            {
                "Status": "SUCCESS",
                "PhysicalResourceId": "keys-1",
                "Data": {"KeyId": "k1"},
                "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/s/1",
                "RequestId": "request-1",
                "LogicalResourceId": "Keys",
            }
        ]
        assert receiver.paths == ["/answer?X-Amz-Signature=a%2Fb"]
        assert receiver.content_types == [""]
