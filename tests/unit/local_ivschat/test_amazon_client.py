"""Amazon's own chat client, unmodified, against this service."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any, ClassVar

import pytest

from tests.unit.local_ivschat.clients import PATIENCE
from tests.unit.local_ivschat.conftest import Service

_HERE = Path(__file__).parent
WEB = _HERE.parents[2] / "web"


class AmazonClient:
    """A process of node with one `ChatRoom`."""

    def __init__(self, service: Service) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [
                *("node", "--no-warnings", "--experimental-websocket"),
                *(str(_HERE / "amazon_client.mjs"), str(WEB), f"ws://127.0.0.1:{service.port}"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._heard: Queue[dict[str, Any]] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def do(self, what: str, **fields: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **fields}) + "\n")
        self._process.stdin.flush()

    def connect(self, *tokens: str) -> None:
        """With the first token; the others are for when the client comes back by itself."""
        self.do("open", tokens=tokens)
        self.next("connect")

    def next(self, what: str) -> dict[str, Any]:
        """The next event, done or failed action of that name; others are passed over."""
        while True:
            try:
                heard = self._heard.get(timeout=PATIENCE)
            except Empty as silence:
                raise AssertionError(f"the client told no {what}") from silence
            if what in (heard.get("event"), heard.get("done"), heard.get("failed")):
                return heard

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard.put(json.loads(line))


@pytest.fixture
def ada(service: Service) -> Iterator[AmazonClient]:
    made = AmazonClient(service)
    yield made
    made.close()


@pytest.fixture
def bob(service: Service) -> Iterator[AmazonClient]:
    made = AmazonClient(service)
    yield made
    made.close()


class TestAmazonsClient:
    def test_talks_deletes_and_disconnects(
        self, service: Service, ada: AmazonClient, bob: AmazonClient
    ) -> None:
        room = service.room()
        ada.connect(service.token(room, "usr_ada", attributes={"handle": "ada"}))
        bob.connect(service.token(room, "usr_bob", capabilities=["SEND_MESSAGE"]))

        ada.do("send", content="hello", attributes={"colour": "red"})
        message = bob.next("message")["message"]
        assert message["content"] == "hello"
        assert message["attributes"] == {"colour": "red"}
        assert message["sender"] == {"userId": "usr_ada", "attributes": {"handle": "ada"}}
        assert ada.next("send")["answer"]["id"] == message["id"]

        bob.do("delete", id=message["id"])
        assert bob.next("delete")["code"] == 403
        ada.do("delete", id=message["id"], reason="rude")
        deletion = bob.next("messageDelete")["deletion"]
        assert (deletion["messageId"], deletion["reason"]) == (message["id"], "rude")
        assert ada.next("delete")["done"] == "delete"

        service.api.send_event(
            roomIdentifier=room, eventName="socialflow:poll", attributes={"poll": "{}"}
        )
        assert bob.next("event")["told"]["eventName"] == "socialflow:poll"

        ada.do("disconnectUser", userId="usr_bob", reason="rude")
        assert bob.next("userDisconnect")["told"]["userId"] == "usr_bob"
        assert bob.next("disconnect")["reason"] == "serverDisconnect"
        assert ada.next("disconnectUser")["done"] == "disconnectUser"

    def test_is_told_why_a_message_was_refused(self, service: Service, ada: AmazonClient) -> None:
        service.engine.review = lambda question: {
            "ReviewResult": "DENY",
            "Content": question["Content"],
            "Attributes": {"Reason": "slow_mode wait_seconds=7"},
        }
        ada.connect(service.token(service.reviewed_room()))
        ada.do("send", content="hello")
        refused = ada.next("send")
        assert refused["code"] == 406
        assert refused["message"] == "slow_mode wait_seconds=7"


class TestLongLivedTokens:
    SETTINGS: ClassVar = {"token_seconds": 600}

    def test_it_comes_back_by_itself_when_its_session_is_over(
        self, service: Service, ada: AmazonClient
    ) -> None:
        room = service.room()
        short = service.token(room, sessionDurationInMinutes=1)
        ada.connect(short, service.token(room))
        service.clock.move(61)
        ada.next("connecting")
        ada.next("connect")
        ada.do("send", content="again")
        assert ada.next("send")["answer"]["content"] == "again"
