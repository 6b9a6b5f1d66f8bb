"""What is said in a room reaches everybody in it, once and in order; what must not, does not."""

from __future__ import annotations

import json
import re
import struct
from typing import Any

import pytest

from tests.unit.local_ivschat.clients import ChatSocket, Closed
from tests.unit.local_ivschat.conftest import Service

MESSAGE_ID = "a" * 12


def said(viewer: ChatSocket, count: int) -> list[str]:
    return [viewer.next_of("MESSAGE")["Content"] for _ in range(count)]


def send(content: str, request_id: str) -> str:
    request = {"Action": "SEND_MESSAGE", "Content": content, "RequestId": request_id}
    return json.dumps(request)


class TestSending:
    def test_without_the_capability(self, service: Service) -> None:
        viewer = service.connect(service.room(), capabilities=["DELETE_MESSAGE"])
        viewer.say("hello", "r1")
        error = viewer.next()
        assert (error["Type"], error["ErrorCode"], error["RequestId"]) == ("ERROR", 403, "r1")

    def test_after_the_session_is_over(self, service: Service) -> None:
        viewer = service.connect(service.room(), sessionDurationInMinutes=1)
        service.clock.move(61)
        closed = None
        frames = []
        try:
            while True:
                frames.append(viewer.next())
        except Closed as over:
            closed = over
        assert [frame["ErrorCode"] for frame in frames] == [401]
        assert closed.code == 1000

    def test_more_characters_than_the_room_takes(self, service: Service) -> None:
        viewer = service.connect(service.room(maximumMessageLength=5))
        viewer.say("123456", "long")
        error = viewer.next()
        assert (error["ErrorCode"], error["RequestId"]) == (400, "long")
        assert error["ErrorMessage"] == "Messages must have at most 5 characters."

    def test_five_hundred_code_points_of_four_bytes(self, service: Service) -> None:
        viewer = service.connect(service.room())
        # Spelled as escapes, each of them is twelve bytes on the wire.
        viewer.send_text(json.dumps({"Action": "SEND_MESSAGE", "Content": "\U0001f525" * 500}))
        assert viewer.next()["Content"] == "\U0001f525" * 500
        viewer.say("\U0001f525" * 501)
        assert viewer.next()["ErrorCode"] == 400

    def test_more_attributes_than_a_kilobyte(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.say("hello", Attributes={"a": "x" * 1024})
        assert viewer.next()["ErrorCode"] == 413

    def test_a_message_reaches_everybody_with_its_sender(self, service: Service) -> None:
        room = service.room()
        sender = service.connect(room, "usr_ada", attributes={"handle": "ada"})
        viewer = service.connect(room, "usr_bob", capabilities=[])
        sender.say("hello", "r1", Attributes={"colour": "red"})
        frame = viewer.next()
        assert frame == sender.next()
        assert re.fullmatch(r"[A-Za-z0-9]{12}", frame.pop("Id"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", frame.pop("SendTime"))
        assert frame == {
            "Type": "MESSAGE",
            "RequestId": "r1",
            "Attributes": {"colour": "red"},
            "Content": "hello",
            "Sender": {"UserId": "usr_ada", "Attributes": {"handle": "ada"}},
        }

    def test_rooms_do_not_hear_each_other(self, service: Service) -> None:
        here, there = service.connect(service.room()), service.connect(service.room())
        here.say("here")
        there.say("there")
        assert said(here, 1) == ["here"]
        assert said(there, 1) == ["there"]

    def test_each_senders_order_is_kept(self, service: Service) -> None:
        room = service.room(maximumMessageRatePerSecond=100)
        senders = [service.connect(room, f"usr_{number}") for number in range(3)]
        viewer = service.connect(room, "usr_viewer")
        for number in range(10):
            for name, sender in enumerate(senders):
                sender.say(f"{name}:{number}")
        heard = said(viewer, 30)
        for name in range(3):
            own = [each for each in heard if each.startswith(f"{name}:")]
            assert own == [f"{name}:{number}" for number in range(10)]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            "null",
            "[" * 8_000,
            json.dumps({"Action": "SING", "Content": "la"}),
            json.dumps({"Content": "no action"}),
            json.dumps({"Action": "SEND_MESSAGE"}),
            json.dumps({"Action": "SEND_MESSAGE", "Content": ""}),
            json.dumps({"Action": "SEND_MESSAGE", "Content": 5}),
            json.dumps({"Action": "SEND_MESSAGE", "Content": "a", "RequestId": 5}),
            json.dumps({"Action": "SEND_MESSAGE", "Content": "a", "Attributes": {"a": 1}}),
            json.dumps({"Action": "SEND_MESSAGE", "Content": "a", "Attributes": "a"}),
            '{"Action": "SEND_MESSAGE", "Content": "\\ud83d"}',
            json.dumps({"Action": "DELETE_MESSAGE", "Id": "short"}),
            json.dumps({"Action": "DELETE_MESSAGE", "Id": MESSAGE_ID, "Reason": 1}),
            json.dumps({"Action": "DISCONNECT_USER"}),
        ],
    )
    def test_what_is_no_request_is_refused_and_the_connection_lives(
        self, service: Service, text: str
    ) -> None:
        viewer = service.connect(service.room())
        viewer.send_text(text)
        error = viewer.next()
        assert (error["Type"], error["ErrorCode"]) == ("ERROR", 400)
        viewer.say("still here")
        assert viewer.next()["Content"] == "still here"

    @pytest.mark.parametrize(
        "fields",
        [
            {"Action": "SEND_MESSAGE", "Content": "a", "RequestId": "r" * 129},
            {"Action": "DELETE_MESSAGE", "Id": MESSAGE_ID, "Reason": "r" * 257},
            {"Action": "DISCONNECT_USER", "UserId": "u" * 129},
        ],
    )
    def test_fields_that_are_too_large(self, service: Service, fields: dict[str, Any]) -> None:
        viewer = service.connect(service.room())
        viewer.send_text(json.dumps(fields))
        assert viewer.next()["ErrorCode"] == 413


class TestRates:
    def test_of_the_room(self, service: Service) -> None:
        viewer = service.connect(service.room(maximumMessageRatePerSecond=3))
        viewer.burst([send("now", f"r{number}") for number in range(5)])
        frames = [viewer.next() for _ in range(5)]
        assert [frame["Type"] for frame in frames] == ["MESSAGE"] * 3 + ["ERROR"] * 2
        refused = [(frame["ErrorCode"], frame["RequestId"]) for frame in frames[3:]]
        assert refused == [(429, "r3"), (429, "r4")]

    def test_of_a_connection(self, service: Service) -> None:
        viewer = service.connect(service.room(maximumMessageRatePerSecond=100))
        viewer.burst([send("now", f"r{number}") for number in range(12)])
        frames = [viewer.next() for _ in range(12)]
        assert [frame["Type"] for frame in frames] == ["MESSAGE"] * 10 + ["ERROR"] * 2
        refused = [(frame["ErrorCode"], frame["RequestId"]) for frame in frames[10:]]
        assert refused == [(429, "r10"), (429, "r11")]

    def test_a_flood_is_cut_off(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.burst(["garbage"] * 101)
        assert viewer.closed().code == 1008


class TestDeleting:
    def test_without_the_capability(self, service: Service) -> None:
        viewer = service.connect(service.room(), capabilities=["SEND_MESSAGE"])
        viewer.ask("DELETE_MESSAGE", Id=MESSAGE_ID, RequestId="r1")
        error = viewer.next()
        assert (error["ErrorCode"], error["RequestId"]) == (403, "r1")

    def test_everybody_is_told_under_both_names(self, service: Service) -> None:
        room = service.room()
        moderator, viewer = service.connect(room), service.connect(room, "usr_bob")
        moderator.ask("DELETE_MESSAGE", Id=MESSAGE_ID, Reason="rude", RequestId="r1")
        event = viewer.next()
        assert event == moderator.next()
        assert (event["Type"], event["EventName"]) == ("EVENT", "aws:DELETE_MESSAGE")
        assert event["RequestId"] == "r1"
        assert event["Attributes"] == {
            "MessageID": MESSAGE_ID,
            "MessageId": MESSAGE_ID,
            "Reason": "rude",
        }


class TestDisconnecting:
    def test_without_the_capability(self, service: Service) -> None:
        viewer = service.connect(service.room(), capabilities=["SEND_MESSAGE"])
        viewer.ask("DISCONNECT_USER", UserId="usr_ada")
        assert viewer.next()["ErrorCode"] == 403

    def test_every_connection_of_the_user_and_no_other(self, service: Service) -> None:
        room = service.room()
        moderator, bystander = service.connect(room), service.connect(room, "usr_bob")
        rude = [service.connect(room, "usr_rude") for _ in range(2)]
        elsewhere = service.connect(service.room(), "usr_rude")
        moderator.ask("DISCONNECT_USER", UserId="usr_rude", Reason="rude", RequestId="r1")
        for connection in rude:
            event = connection.next()
            assert event["Attributes"] == {"UserId": "usr_rude", "Reason": "rude"}
            closed = connection.closed()
            assert (closed.code, closed.reason) == (1000, "rude")
        assert bystander.next()["EventName"] == "aws:DISCONNECT_USER"
        bystander.say("calm")
        assert bystander.next()["Content"] == "calm"
        elsewhere.say("quiet")
        assert elsewhere.next()["Content"] == "quiet"


class TestFromTheAccount:
    def test_events_deletions_and_disconnections(self, service: Service) -> None:
        room = service.room()
        viewer = service.connect(room, "usr_bob")
        sent = service.api.send_event(
            roomIdentifier=room, eventName="socialflow:poll", attributes={"poll": "{}"}
        )
        event = viewer.next()
        assert (event["Id"], event["EventName"]) == (sent["id"], "socialflow:poll")
        assert (event["Attributes"], event["RequestId"]) == ({"poll": "{}"}, "")
        sent = service.api.delete_message(roomIdentifier=room, id=MESSAGE_ID, reason="rude")
        assert viewer.next()["Id"] == sent["id"]
        service.api.disconnect_user(roomIdentifier=room, userId="usr_bob")
        assert viewer.next()["Attributes"] == {"UserId": "usr_bob"}
        assert viewer.closed().code == 1000

    def test_a_room_that_is_deleted_lets_everybody_go(self, service: Service) -> None:
        room = service.room()
        viewer = service.connect(room)
        service.api.delete_room(identifier=room)
        assert viewer.closed().code == 1000

    def test_a_room_that_is_changed_is_changed_at_once(self, service: Service) -> None:
        room = service.room()
        viewer = service.connect(room)
        service.api.update_room(identifier=room, maximumMessageLength=3)
        viewer.say("four")
        assert viewer.next()["ErrorCode"] == 400


class TestFrames:
    def test_bytes_end_the_connection(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.send_bytes(b"\0")
        assert viewer.closed().code == 1003

    def test_a_message_too_large_ends_the_connection(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.send_text("x" * (16 * 1024 + 1))
        assert viewer.closed().code == 1009

    def test_a_frame_that_says_it_is_huge_is_not_waited_for(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.send_raw(struct.pack("!BBQ", 0x81, 0xFF, 1 << 40) + b"\0\0\0\0" + b"x" * 20_000)
        assert viewer.closed().code == 1009

    def test_unmasked_frames_break_the_protocol(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.send_raw(b"\x81\x01x")
        assert viewer.closed().code == 1002

    def test_text_that_is_not_utf8(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.send_raw(b"\x81\x81\0\0\0\0\xff")
        assert viewer.closed().code == 1007

    def test_pings_are_answered(self, service: Service) -> None:
        viewer = service.connect(service.room())
        viewer.ping(b"are you there")
        assert viewer.next_pong() == b"are you there"
