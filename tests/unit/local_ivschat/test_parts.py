"""The small parts: rates, frames, tokens, text, delivery."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from infra.local.ivschat.config import Config
from infra.local.ivschat.frames import error_payload, log_line, message_payload, text_frame
from infra.local.ivschat.live_rooms import LiveRooms
from infra.local.ivschat.rates import SlidingSecond
from infra.local.ivschat.records import Room
from infra.local.ivschat.store import Store
from infra.local.ivschat.text import attribute_bytes, is_attributes, is_sendable
from infra.local.ivschat.tokens import Grant, TokenForged, TokenSealer

GRANT = Grant(
    token_id="id0000000001",
    room_arn="arn:aws:ivschat:us-east-1:000000000000:room/AbC123def456",
    user_id="usr_ada",
    attributes={"handle": "ада"},
    capabilities=frozenset({"SEND_MESSAGE"}),
    token_expires_ns=60,
    session_expires_ns=3_600,
)


class TestSlidingSecond:
    def test_takes_its_limit_in_any_second(self) -> None:
        now = 100.0
        rate = SlidingSecond(lambda: now)
        assert [rate.take(2) for _ in range(3)] == [True, True, False]
        now = 100.9
        assert not rate.take(2)
        now = 101.0
        assert [rate.take(2) for _ in range(3)] == [True, True, False]

    def test_what_is_refused_does_not_count(self) -> None:
        now = 0.0
        rate = SlidingSecond(lambda: now)
        assert rate.take(1)
        now = 0.5
        assert not rate.take(1)
        now = 1.1
        assert rate.take(1)


class TestFrames:
    @pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 100_000])
    def test_are_read_by_a_websocket_library(self, size: int) -> None:
        client = Connection(ConnectionType.CLIENT)
        client.receive_data(text_frame("é" * (size // 2) + "x" * (size % 2)))
        text = "".join(each.data for each in client.events() if isinstance(each, TextMessage))
        assert text == "é" * (size // 2) + "x" * (size % 2)

    def test_times_have_nine_digits_and_log_lines_three(self) -> None:
        payload = message_payload(
            message_id="id0000000001",
            request_id="",
            content="a",
            attributes={},
            user_id="usr_ada",
            user_attributes={},
            sent_ns=1_795_266_452_000_000_007,
        )
        assert json.loads(payload)["SendTime"] == "2026-11-21T13:07:32.000000007Z"
        line = json.loads(log_line("MESSAGE", payload, 1_795_266_452_000_000_007))
        assert line["event_timestamp"] == "2026-11-21T13:07:32.000Z"
        assert line["payload"] == json.loads(payload)

    def test_errors_have_numbers_as_codes(self) -> None:
        error = json.loads(error_payload(error_id="i", request_id="r", code=406, message="no"))
        assert error == {
            "Type": "ERROR",
            "Id": "i",
            "RequestId": "r",
            "ErrorCode": 406,
            "ErrorMessage": "no",
        }


class TestTokens:
    def test_carry_their_grant_and_can_be_a_subprotocol(self) -> None:
        sealer = TokenSealer(b"k" * 32, lambda size: b"n" * size)
        token = sealer.seal(GRANT)
        assert token.isascii()
        assert token.replace("-", "").replace("_", "").isalnum()
        assert sealer.open(token) == GRANT
        assert "usr_ada" not in token

    def test_differ_each_time(self) -> None:
        numbers = itertools.count()
        sealer = TokenSealer(b"k" * 32, lambda size: next(numbers).to_bytes(size, "big"))
        assert sealer.seal(GRANT) != sealer.seal(GRANT)

    def test_of_another_key_are_forged(self) -> None:
        token = TokenSealer(b"k" * 32, lambda size: b"n" * size).seal(GRANT)
        other = TokenSealer(b"o" * 32, lambda size: b"n" * size)
        for forged in (token, "", "a", "é", token + "A", token[:-4]):
            with pytest.raises(TokenForged):
                other.open(forged)


class TestStore:
    def test_a_token_is_spent_once_and_forgotten_when_it_expired(self, tmp_path: Path) -> None:
        store = Store(tmp_path)
        assert store.spend("a", 10)
        assert not store.spend("a", 10)
        store.forget_spent(10)
        assert not store.spend("a", 10)
        store.forget_spent(11)
        assert store.spend("a", 10)
        store.close()

    def test_a_secret_is_made_once(self, tmp_path: Path) -> None:
        store = Store(tmp_path)
        assert store.secret("key", lambda: b"first") == b"first"
        store.close()
        again = Store(tmp_path)
        assert again.secret("key", lambda: b"second") == b"first"
        again.close()


class TestText:
    def test_attributes_count_names_and_values_in_bytes(self) -> None:
        assert attribute_bytes({"a": "é", "bc": ""}) == 5

    def test_attributes_are_strings(self) -> None:
        assert is_attributes({"a": "b"})
        assert not is_attributes({"a": 1})
        assert not is_attributes([])

    def test_half_a_pair_cannot_be_sent(self) -> None:
        assert is_sendable({"a": ["\U0001f525"]})
        assert not is_sendable({"a": ["\ud83d"]})
        assert not is_sendable({"\ud83d": 1})


class FakeMember:
    ip = "127.0.0.1"

    def __init__(self, rooms: LiveRooms, grant: Grant = GRANT, *, leaves: bool = False) -> None:
        self.grant = grant
        self.frames: list[bytes] = []
        self._rooms = rooms
        self._leaves = leaves

    def push(self, frame: bytes) -> None:
        self.frames.append(frame)
        if self._leaves:
            self._rooms.leave(self)

    def end(self, reason: str) -> None:
        raise AssertionError(reason)


class TestLiveRooms:
    ROOM = Room(id="AbC123def456", arn=GRANT.room_arn, created_ns=0, updated_ns=0)

    def rooms(self) -> LiveRooms:
        self.recorded: list[str] = []
        return LiveRooms(lambda room, line, sent_ns: self.recorded.append(line), lambda: 0.0)

    def test_the_same_bytes_go_to_everybody(self) -> None:
        rooms = self.rooms()
        members = [FakeMember(rooms) for _ in range(3)]
        assert [rooms.join(member) for member in members] == [True, False, False]
        rooms.deliver(self.ROOM, "MESSAGE", "{}", 0)
        first, *others = [member.frames[0] for member in members]
        assert all(frame is first for frame in others)
        assert len(self.recorded) == 1

    def test_one_that_leaves_while_it_is_handed_a_frame_takes_nobody_along(self) -> None:
        rooms = self.rooms()
        leaves, stays = FakeMember(rooms, leaves=True), FakeMember(rooms)
        rooms.join(leaves)
        rooms.join(stays)
        rooms.deliver(self.ROOM, "MESSAGE", "{}", 0)
        rooms.deliver(self.ROOM, "MESSAGE", "{}", 0)
        assert (len(leaves.frames), len(stays.frames)) == (1, 2)

    def test_the_rate_is_of_all_members_together(self) -> None:
        rooms = self.rooms()
        rooms.join(FakeMember(rooms))
        slow = dataclasses.replace(self.ROOM, messages_per_second=2)
        assert [rooms.take_message(slow) for _ in range(3)] == [True, True, False]

    def test_a_room_is_forgotten_with_its_last_member(self) -> None:
        rooms = self.rooms()
        members = [FakeMember(rooms) for _ in range(2)]
        for member in members:
            rooms.join(member)
        for member in members:
            assert rooms.arns() == [GRANT.room_arn]
            rooms.leave(member)
            rooms.leave(member)
        assert rooms.arns() == []
        assert rooms.join(members[0])


class TestConfig:
    def test_comes_from_the_environment(self, tmp_path: Path) -> None:
        given = {
            "SF_ENGINE_URL": "http://127.0.0.1:1",
            "AWS_REGION": "eu-west-1",
            "SF_CHAT_REVIEW_TIMEOUT_MS": "500",
        }
        config = Config.from_environment(tmp_path, given)
        assert config.arn_prefix == "arn:aws:ivschat:eu-west-1:000000000000:"
        assert (config.engine_url, config.review_timeout_ms) == ("http://127.0.0.1:1", 500)

    def test_a_review_has_the_services_own_time_unless_told(self, tmp_path: Path) -> None:
        assert Config.from_environment(tmp_path, {}).review_timeout_ms == 200
