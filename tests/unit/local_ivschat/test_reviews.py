"""Messages that the room's function reviews: asked as documented, believed when it answers so."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

import pytest

from tests.unit.local_ivschat.clients import wait_until
from tests.unit.local_ivschat.conftest import Service
from tests.unit.local_ivschat.engine import FunctionError, allow

Question = dict[str, Any]


def deny(reason: str | None = None) -> Any:
    attributes = {} if reason is None else {"Reason": reason}
    return lambda question: {
        "ReviewResult": "DENY",
        "Content": question["Content"],
        "Attributes": attributes,
    }


class TestAsking:
    def test_the_question_is_the_documented_one(self, service: Service) -> None:
        room = service.reviewed_room()
        viewer = service.connect(room, "usr_ada", attributes={"handle": "ada"})
        viewer.say("hello", "r1", Attributes={"colour": "red"})
        message = viewer.next()
        assert service.engine.asked == [
            {
                "Content": "hello",
                "MessageId": message["Id"],
                "RoomArn": room,
                "Attributes": {"colour": "red"},
                "Sender": {
                    "Attributes": {"handle": "ada"},
                    "UserId": "usr_ada",
                    "Ip": "127.0.0.1",
                },
            }
        ]
        headers = service.engine.headers[-1]
        assert headers["x-amz-invocation-type"] == "RequestResponse"
        assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=test/")
        assert service.engine.functions[-1] == service.function

    def test_the_function_is_called_before_anybody_waits_for_it(self, service: Service) -> None:
        room = service.reviewed_room()
        service.connect(room)
        wait_until(lambda: len(service.engine.warm_ups) == 1)
        service.connect(room)
        viewer = service.connect(room)
        viewer.say("hello")
        viewer.next()
        assert len(service.engine.warm_ups) == 1
        assert [each["Content"] for each in service.engine.asked] == ["hello"]

    def test_a_message_waits_for_the_function_to_be_warm(self, service: Service) -> None:
        # Without that, the first message would fall back on what the room says: DENY.
        warm, order = threading.Event(), []

        def warm_up(question: Question) -> None:
            order.append("warming")
            warm.wait(5)
            order.append("warm")

        def review(question: Question) -> Any:
            order.append("asked")
            return allow(question)

        service.engine.warm = warm_up
        service.engine.review = review
        viewer = service.connect(service.reviewed_room("DENY"))
        wait_until(lambda: order == ["warming"])
        viewer.say("hello")
        warm.set()
        assert viewer.next()["Content"] == "hello"
        assert order == ["warming", "warm", "asked"]

    def test_a_room_without_a_handler_asks_nobody(self, service: Service) -> None:
        room = service.reviewed_room()
        service.api.update_room(identifier=room, messageReviewHandler={"uri": ""})
        viewer = service.connect(room)
        viewer.say("hello")
        assert viewer.next()["Content"] == "hello"
        assert service.engine.functions == []


class TestWarmingUpSeveral:
    SETTINGS: ClassVar = {"warm_up_calls": 3}

    def test_the_calls_are_made_at_once(self, service: Service) -> None:
        # One process of the function takes one call, so only calls at once start several.
        together = threading.Barrier(3)
        service.engine.warm = lambda question: together.wait(5)
        service.connect(service.reviewed_room())
        wait_until(lambda: len(service.engine.warm_ups) == 3)
        assert not together.broken


class TestKeepingWarm:
    SETTINGS: ClassVar = {"warm_up_every_s": 0.05}

    def test_as_long_as_somebody_is_in_the_room(self, service: Service) -> None:
        viewer = service.connect(service.reviewed_room())
        wait_until(lambda: len(service.engine.warm_ups) >= 3)
        viewer.say("hello")
        assert viewer.next()["Content"] == "hello"


class TestBelieving:
    def test_a_refusal_tells_the_sender_alone(self, service: Service) -> None:
        service.engine.review = deny("links")
        room = service.reviewed_room()
        sender, viewer = service.connect(room), service.connect(room, "usr_bob")
        sender.say("buy this", "r1")
        error = sender.next()
        assert (error["Type"], error["ErrorCode"], error["RequestId"]) == ("ERROR", 406, "r1")
        assert error["ErrorMessage"] == "links"
        assert error["Id"] == service.engine.asked[0]["MessageId"]
        service.engine.review = allow
        sender.say("hello")
        assert viewer.next()["Content"] == "hello"

    def test_a_refusal_without_a_reason(self, service: Service) -> None:
        service.engine.review = deny()
        sender = service.connect(service.reviewed_room())
        sender.say("hello")
        assert "review" in sender.next()["ErrorMessage"]

    def test_a_message_is_delivered_as_the_function_changed_it(self, service: Service) -> None:
        service.engine.review = lambda question: {
            "ReviewResult": "ALLOW",
            "Content": "****",
            "Attributes": {"masked": "true"},
        }
        sender = service.connect(service.reviewed_room())
        sender.say("rude")
        message = sender.next()
        assert (message["Content"], message["Attributes"]) == ("****", {"masked": "true"})


def fails(question: Question) -> Any:
    raise FunctionError("a bug")


MALFORMED: dict[str, Any] = {
    "not JSON": lambda question: b"{",
    "null": lambda question: None,
    "a list": lambda question: [],
    "no result": lambda question: {"Content": "a", "Attributes": {}},
    "another result": lambda question: {"ReviewResult": "MAYBE", "Content": "a"},
    "no content": lambda question: {"ReviewResult": "ALLOW", "Attributes": {}},
    "empty content": lambda question: {"ReviewResult": "ALLOW", "Content": ""},
    "too much content": lambda question: {"ReviewResult": "ALLOW", "Content": "x" * 501},
    "numbers as attributes": lambda question: {**allow(question), "Attributes": {"a": 1}},
    "too many attributes": lambda question: {**allow(question), "Attributes": {"a": "x" * 1024}},
    "half a character": lambda question: b'{"ReviewResult": "ALLOW", "Content": "\\ud83d"}',
    "an exception": fails,
}


class TestFallingBack:
    @pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED.keys())
    def test_on_what_is_no_answer(self, service: Service, answer: Any) -> None:
        service.engine.review = answer
        kept = service.connect(service.reviewed_room("ALLOW"))
        kept.say("hello", Attributes={"colour": "red"})
        message = kept.next()
        assert (message["Content"], message["Attributes"]) == ("hello", {"colour": "red"})
        refused = service.connect(service.reviewed_room("DENY"))
        refused.say("hello", "r1")
        error = refused.next()
        assert (error["ErrorCode"], error["RequestId"]) == (406, "r1")


class TestWithoutAnEngine:
    SETTINGS: ClassVar = {"engine_url": "http://127.0.0.1:9"}

    def test_the_room_falls_back(self, service: Service) -> None:
        sender = service.connect(service.reviewed_room("DENY"))
        sender.say("hello")
        assert sender.next()["ErrorCode"] == 406


class TestInTime:
    SETTINGS: ClassVar = {"review_timeout_ms": 100}

    def test_a_function_that_takes_too_long(self, service: Service) -> None:
        late = threading.Event()

        def slow(question: Question) -> Any:
            late.wait(5)
            return deny()(question)

        service.engine.review = slow
        sender = service.connect(service.reviewed_room("ALLOW"))
        sender.say("hello")
        assert sender.next()["Content"] == "hello"
        late.set()
