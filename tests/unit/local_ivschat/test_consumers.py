"""Consumers that are slow, silent or gone cost themselves their connection, and nobody else."""

from __future__ import annotations

from typing import ClassVar

from tests.unit.local_ivschat.clients import Closed
from tests.unit.local_ivschat.conftest import Service


class TestSlowConsumers:
    SETTINGS: ClassVar = {
        "max_queued_bytes": 16 * 1024,
        "send_buffer_bytes": 32 * 1024,
        "requests_per_second": 10_000,
        "events_per_second": 10_000,
    }

    def test_one_that_does_not_read_is_cut_off_and_others_get_everything(
        self, service: Service
    ) -> None:
        room = service.room()
        slow = service.open(service.token(room, "usr_slow"), receive_buffer=4 * 1024)
        quick = service.connect(room, "usr_quick")
        sent = 400
        for number in range(sent):
            service.api.send_event(
                roomIdentifier=room, eventName=f"e{number}", attributes={"a": "x" * 900}
            )
            assert quick.next()["EventName"] == f"e{number}"
        heard = 0
        code = 0
        while not code:
            try:
                assert slow.next()["EventName"] == f"e{heard}"
                heard += 1
            except Closed as cut_off:
                code = cut_off.code
        assert code == 1006
        # What the kernel and the queue could hold, in order, and far from all of it.
        assert 0 < heard < sent


class TestSilentConsumers:
    SETTINGS: ClassVar = {"ping_every_s": 0.05, "pong_within_s": 1.5}

    def test_one_that_answers_no_ping_is_dropped(self, service: Service) -> None:
        gone = service.connect(service.room())
        gone.answers_pings = False
        assert gone.closed().code == 1006
        assert gone.pings == 1

    def test_one_that_answers_stays(self, service: Service) -> None:
        room = service.room()
        quiet = service.connect(room)
        gone = service.connect(room, "usr_gone")
        gone.answers_pings = False
        while quiet.pings < 10:
            quiet.pump()
        assert gone.closed().code == 1006
        quiet.say("still here")
        assert quiet.next()["Content"] == "still here"


class TestGoodbyes:
    SETTINGS: ClassVar = {"close_within_s": 0.1}

    def test_a_client_that_leaves_is_answered(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.leave()
        assert viewer.closed().code == 1000

    def test_one_that_does_not_answer_a_goodbye_is_cut_off(self, service: Service) -> None:
        room = service.room()
        viewer = service.connect(room, "usr_rude")
        service.api.disconnect_user(roomIdentifier=room, userId="usr_rude")
        assert viewer.closed().code == 1000
        # It reads on without answering, until the socket ends.
        viewer.wait_for_end()

    def test_a_server_that_stops_says_so(self, service: Service) -> None:
        viewer = service.connect(service.room())
        service.stop()
        assert viewer.closed().code == 1001
