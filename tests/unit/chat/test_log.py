"""Log files read into the table, and the chat beside a replay."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from typing import Any

import pytest

from socialflow.chat import log_files
from socialflow.chat.errors import OwnerRequired, RangeTooLong
from socialflow.chat.log_files import LogUnreadable
from socialflow.platform.aws import client
from socialflow.platform.cursors import CursorInvalid
from socialflow.platform.dynamodb import StorageBusy
from socialflow.platform.principal import Principal
from socialflow.videos.facade import ReplaySession, VideoNotFound
from tests.unit.chat.world import LOGS, VIDEO, ChatWorld, logged
from tests.unit.doubles import START

pytestmark = pytest.mark.usefixtures("room")
EVENT = {"type": "EVENT", "version": "1.0", "payload": {"EventName": "aws:DELETE_MESSAGE"}}


def sent(number: int, **after: float) -> dict[str, Any]:
    moment = START + timedelta(**after)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond:06d}Z"
    return logged(f"Message{number:05d}", text, f"text {number}")


def replayed(*starts: tuple[datetime, int, int]) -> tuple[ReplaySession, ...]:
    return tuple(
        ReplaySession(starts_at=at, offset_ms=offset, duration_ms=duration)
        for at, offset, duration in starts
    )


def page(world: ChatWorld, **asked: Any) -> tuple[list[tuple[str, int]], str | None]:
    asked = {"from_ms": 0, "after": None, "limit": 50} | asked
    messages, position = world.replay_chat.page(None, VIDEO, **asked)
    return [(each.message.content, each.offset_ms) for each in messages], position


def minutes(world: ChatWorld, ann: Principal) -> list[tuple[str, int]]:
    found = world.activity.minutes(ann, "ann", since=START, until=START + timedelta(hours=1))
    return [(each.at.strftime("%H:%M"), each.messages) for each in found]


class TestReadingFiles:
    def test_of_rooms_that_nobody_knows_are_told(self, world: ChatWorld) -> None:
        stranger = world.log_file(sent(1), room="arn:aws:ivschat:eu-west-1:1:room/Unknown00001")
        with pytest.raises(LogUnreadable):
            world.log_files.read(stranger)
        with pytest.raises(LogUnreadable):
            world.log_files.read("AWSLogs/something-else.log.gz")

    def test_that_are_not_whole_are_told(self, world: ChatWorld) -> None:
        key = world.log_file(sent(1))
        for body in (b"no gzip", gzip.compress(b"{}" * 9999)[:40], b""):
            client("s3").put_object(Bucket=LOGS, Key=key, Body=body)
            if body:
                with pytest.raises(LogUnreadable):
                    world.log_files.read(key)
            else:
                assert world.log_files.read(key).messages == 0

    def test_with_too_many_lines_are_told(
        self, world: ChatWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log_files, "MAX_LINES", 2)
        with pytest.raises(LogUnreadable):
            world.log_files.read(world.log_file(sent(1), sent(2), sent(3)))

    def test_bad_lines_cost_nobody_the_others(self, world: ChatWorld, ann: Principal) -> None:
        lines = ["{", "[]", "7", EVENT, {"type": "MESSAGE"}, {"type": "MESSAGE", "payload": {}}]
        reading = world.log_files.read(world.log_file(*lines, "", sent(1), "\x00" * 70_000))
        assert reading.messages == 1
        assert reading.unreadable_lines == 7
        assert minutes(world, ann) == [("09:30", 1)]

    def test_again_changes_nothing(self, world: ChatWorld, ann: Principal) -> None:
        world.video.sessions = replayed((START, 0, 60_000))
        key = world.log_file(sent(1, seconds=1), sent(2, seconds=2), sent(1, seconds=1))
        for _ in range(2):
            assert world.log_files.read(key).messages == 2
        assert page(world)[0] == [("text 1", 1000), ("text 2", 2000)]
        assert minutes(world, ann) == [("09:30", 2)]

    def test_many_messages_come_in_batches(
        self, world: ChatWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log_files, "CHUNK", 30)
        world.log_files.read(world.log_file(*(sent(n, seconds=n) for n in range(100))))
        assert minutes(world, ann) == [("09:30", 60), ("09:31", 40)]

    def test_messages_end_with_their_retention(self, world: ChatWorld, ann: Principal) -> None:
        world.log_files.read(world.log_file(sent(1)))
        item = world.table.get({"pk": f"MESSAGE#{ann.user_id}#Message00001", "sk": "MESSAGE"})
        assert item
        assert item["expires_at"] == int((START + timedelta(days=400)).timestamp())

    def test_what_the_table_leaves_undone_is_put_again(
        self, world: ChatWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, calls = world.table._client(), []

        class Busy:
            def batch_write_item(self, RequestItems: Any) -> Any:
                calls.append(RequestItems)
                done = {"chat": RequestItems["chat"][:1]}
                rest = {"chat": RequestItems["chat"][1:]} if RequestItems["chat"][1:] else {}
                real.batch_write_item(RequestItems=done)
                return {"UnprocessedItems": rest}

        monkeypatch.setattr("socialflow.platform.dynamodb.time.sleep", lambda seconds: None)
        monkeypatch.setattr(world.table, "_client", Busy)
        world.table.put_many([{"pk": f"p{n}", "sk": "s"} for n in range(4)])
        assert [len(call["chat"]) for call in calls] == [4, 3, 2, 1]
        with pytest.raises(StorageBusy):
            world.table.put_many([{"pk": f"p{n}", "sk": "s"} for n in range(9)])


class TestReplay:
    def test_is_for_who_may_watch(self, world: ChatWorld) -> None:
        with pytest.raises(VideoNotFound):
            world.replay_chat.page(None, "vid_other", from_ms=0, after=None, limit=5)

    def test_of_a_video_without_sessions_is_empty(self, world: ChatWorld) -> None:
        assert page(world) == ([], None)

    def test_goes_over_reconnects(self, world: ChatWorld) -> None:
        world.video.sessions = replayed(
            (START, 0, 10_000), (START + timedelta(seconds=30), 10_000, 5_000)
        )
        moments = (-1, 2, 15, 31, 36, 50)
        world.log_files.read(
            world.log_file(*(sent(n, seconds=second) for n, second in enumerate(moments)))
        )
        told = [("text 1", 2000), ("text 2", 10_000), ("text 3", 11_000), ("text 4", 15_000)]
        assert page(world) == (told, None)
        assert page(world, from_ms=10_000)[0] == told[1:]
        assert page(world, from_ms=10_001)[0] == told[2:]
        assert page(world, from_ms=15_001) == ([], None)

    def test_comes_page_by_page_over_midnight(self, world: ChatWorld) -> None:
        late = START.replace(hour=23, minute=59, second=50)
        world.video.sessions = replayed((late, 0, 3 * 3600 * 1000))
        shift = (late - START).total_seconds()
        lines = [sent(n, seconds=shift + 4 * n) for n in range(5)]
        world.log_files.read(world.log_file(*lines))
        seen, position = page(world, limit=2)
        pages = [seen]
        while position:
            seen, position = page(world, limit=2, after=position)
            pages.append(seen)
        assert [one for each in pages for one in each] == [
            (f"text {n}", 4000 * n) for n in range(5)
        ]
        assert [len(each) for each in pages] == [2, 1, 2]

    @pytest.mark.parametrize("cursor", ["nonsense", "2026-99-99T00:00:00.000000000Z#x", "#"])
    def test_takes_no_strange_cursor(self, world: ChatWorld, cursor: str) -> None:
        world.video.sessions = replayed((START, 0, 60_000))
        with pytest.raises(CursorInvalid):
            page(world, after=cursor)

    def test_a_cursor_leads_nowhere_else(self, world: ChatWorld) -> None:
        """Neither before the replay nor behind it."""
        world.video.sessions = replayed((START, 0, 60_000))
        world.log_files.read(world.log_file(sent(1, seconds=-60), sent(2, days=1)))
        for cursor in ("2020-01-01T00:00:00.000000000Z#a", "2026-11-22T00:00:00.000000000Z#a"):
            assert page(world, after=cursor) == ([], None)

    def test_leaves_out_what_was_deleted_before_or_after(
        self, world: ChatWorld, ann: Principal
    ) -> None:
        world.video.sessions = replayed((START, 0, 60_000))
        world.moderation.delete_message(ann, "ann", "Message00001", reason=None)
        key = world.log_file(*(sent(n, seconds=n) for n in range(4)))
        world.log_files.read(key)
        world.moderation.delete_message(ann, "ann", "Message00002", reason=None)
        world.log_files.read(key)
        assert [text for text, _ in page(world)[0]] == ["text 0", "text 3"]

    def test_costs_two_reads_beside_the_replays_own(self, world: ChatWorld) -> None:
        world.video.sessions = replayed((START, 0, 60_000))
        world.log_files.read(world.log_file(sent(1, seconds=1)))
        world.table_calls.names.clear()
        page(world)
        assert world.table_calls.names == ["query", "batch_get_item"]


class TestActivity:
    def test_is_for_the_owner(self, world: ChatWorld, mod: Principal) -> None:
        with pytest.raises(OwnerRequired):
            world.activity.minutes(mod, "ann", since=START, until=START)

    @pytest.mark.parametrize("hours", [-1, 25])
    def test_of_a_day_at_most(self, world: ChatWorld, ann: Principal, hours: int) -> None:
        with pytest.raises(RangeTooLong):
            world.activity.minutes(ann, "ann", since=START, until=START + timedelta(hours=hours))

    def test_adds_up_the_files_of_a_minute_over_midnight(
        self, world: ChatWorld, ann: Principal
    ) -> None:
        evening = START.replace(hour=23, minute=59)
        shift = (evening - START).total_seconds()
        for first in (0, 10):
            lines = [sent(n, seconds=shift + 20 * n) for n in range(first, first + 4)]
            world.log_files.read(world.log_file(*lines))
        found = world.activity.minutes(
            ann, "ann", since=evening, until=evening + timedelta(minutes=5)
        )
        told = [(each.at.strftime("%d %H:%M"), each.messages) for each in found]
        assert told == [("21 23:59", 3), ("22 00:00", 1), ("22 00:02", 2), ("22 00:03", 2)]
