"""Messages in review: each sender's in order, no sender behind another, none of who was put out."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

import pytest

from tests.unit.local_ivschat.clients import Closed, wait_until
from tests.unit.local_ivschat.conftest import Service
from tests.unit.local_ivschat.engine import allow

Question = dict[str, Any]


def held_reviews(service: Service) -> threading.Event:
    """Every review waits for the event, and then allows."""
    may_end = threading.Event()

    def review(question: Question) -> Any:
        may_end.wait(5)
        return allow(question)

    service.engine.review = review
    return may_end


class TestOrder:
    def test_of_one_sender_whatever_each_review_takes(self, service: Service) -> None:
        first_may_end = threading.Event()

        def review(question: Question) -> Any:
            if question["Content"] == "first":
                first_may_end.wait(5)
            return allow(question)

        service.engine.review = review
        room = service.reviewed_room()
        slow, quick = service.connect(room, "usr_slow"), service.connect(room, "usr_quick")
        viewer = service.connect(room, "usr_viewer")
        slow.say("first")
        wait_until(lambda: len(service.engine.asked) == 1)
        slow.say("second")
        # Another sender is not held up.
        quick.say("meanwhile")
        assert viewer.next()["Content"] == "meanwhile"
        first_may_end.set()
        assert [viewer.next()["Content"] for _ in range(2)] == ["first", "second"]

    def test_what_was_sent_before_the_handler_was_taken_away_comes_first(
        self, service: Service
    ) -> None:
        may_end = held_reviews(service)
        room = service.reviewed_room()
        sender = service.connect(room)
        sender.say("first")
        wait_until(lambda: len(service.engine.asked) == 1)
        service.api.update_room(identifier=room, messageReviewHandler={"uri": ""})
        sender.say("second")
        sender.ping(b"the server has met both")
        sender.next_pong()
        may_end.set()
        assert [sender.next()["Content"] for _ in range(2)] == ["first", "second"]


class TestWaiting:
    SETTINGS: ClassVar = {"max_waiting_messages": 2, "max_parallel_reviews": 2}

    def test_more_than_may_wait_is_refused(self, service: Service) -> None:
        may_end = held_reviews(service)
        sender = service.connect(service.reviewed_room())
        for number in range(3):
            sender.say(str(number), f"r{number}")
        error = sender.next()
        assert (error["ErrorCode"], error["RequestId"]) == (429, "r2")
        may_end.set()
        assert [sender.next()["Content"] for _ in range(2)] == ["0", "1"]

    def test_nothing_of_a_user_who_was_disconnected_is_delivered(self, service: Service) -> None:
        may_end = threading.Event()

        def review(question: Question) -> Any:
            if question["Sender"]["UserId"] == "usr_rude":
                may_end.wait(5)
            return allow(question)

        service.engine.review = review
        room = service.reviewed_room()
        rude, viewer = service.connect(room, "usr_rude"), service.connect(room, "usr_bob")
        rude.say("in review")
        wait_until(lambda: len(service.engine.asked) == 1)
        rude.say("behind it")
        rude.ping(b"met")
        rude.next_pong()
        service.api.disconnect_user(roomIdentifier=room, userId="usr_rude")
        assert rude.closed().code == 1000
        may_end.set()
        assert viewer.next()["EventName"] == "aws:DISCONNECT_USER"
        viewer.say("calm")
        assert viewer.next()["Content"] == "calm"

    def test_what_was_sent_before_its_sender_left_is_delivered(self, service: Service) -> None:
        may_end = held_reviews(service)
        room = service.reviewed_room()
        sender, viewer = service.connect(room), service.connect(room, "usr_bob")
        sender.say("goodbye")
        wait_until(lambda: len(service.engine.asked) == 1)
        sender.close()
        may_end.set()
        assert viewer.next()["Content"] == "goodbye"

    def test_a_room_deleted_during_a_review_hears_nothing(self, service: Service) -> None:
        may_end = held_reviews(service)
        room = service.reviewed_room()
        sender = service.connect(room)
        sender.say("late")
        wait_until(lambda: len(service.engine.asked) == 1)
        service.api.delete_room(identifier=room)
        may_end.set()
        with pytest.raises(Closed):
            sender.next()
