"""The message log: every delivered line once in S3's layout, whatever is killed or refused."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest

from infra.local.ivschat.message_log import MessageLog, UploadFailed, object_key
from tests.unit.local_ivschat.clients import wait_until
from tests.unit.local_ivschat.conftest import Service

ROOM_ID = "AbC123def456"
AT_NS = 1_795_266_452_894_089_757


class Bucket:
    """Takes objects, or refuses them."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.refuses = False

    def __call__(self, bucket: str, key: str, body: bytes) -> None:
        if self.refuses:
            raise UploadFailed("refused")
        self.objects[(bucket, key)] = body

    def lines(self, bucket: str = "logs") -> list[str]:
        """In the order in which the objects came; keys of one minute have none."""
        bodies = [body for (where, _), body in self.objects.items() if where == bucket]
        return [line for body in bodies for line in gzip.decompress(body).decode().splitlines()]


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


def log_in(folder: Path, bucket: Bucket, max_bytes: int = 10_000) -> MessageLog:
    return MessageLog(
        folder, bucket, account_id="000000000000", region="us-east-1", max_bytes=max_bytes
    )


class TestLayout:
    def test_is_that_of_the_service(self) -> None:
        key = object_key("123456789012", "us-west-2", ROOM_ID, AT_NS, "1766dcbc")
        assert key == (
            f"AWSLogs/123456789012/IVSChatLogs/1.0/us-west-2/room_{ROOM_ID}/2026/11/21/13/"
            f"123456789012_IVSChatLogs_1.0_us-west-2_room_{ROOM_ID}_20261121T1307Z_1766dcbc.log.gz"
        )


class TestKeeping:
    def test_lines_in_order_for_each_bucket_and_room(self, tmp_path: Path, bucket: Bucket) -> None:
        log = log_in(tmp_path, bucket)
        for number in range(3):
            log.record(ROOM_ID, ["logs", "more.logs"], f"line {number}", AT_NS + number)
        log.record("Other3def456", ["others"], "elsewhere", AT_NS)
        asyncio.run(log.flush())
        assert bucket.lines("logs") == bucket.lines("more.logs") == ["line 0", "line 1", "line 2"]
        assert bucket.lines("others") == ["elsewhere"]
        keys = [key for _, key in bucket.objects]
        assert all(f"/room_{ROOM_ID}/" in key for key in keys[:2])

    def test_nothing_makes_no_object(self, tmp_path: Path, bucket: Bucket) -> None:
        log = log_in(tmp_path, bucket)
        asyncio.run(log.flush())
        assert bucket.objects == {}

    def test_what_was_refused_goes_up_later_in_order(self, tmp_path: Path, bucket: Bucket) -> None:
        log = log_in(tmp_path, bucket)
        bucket.refuses = True
        log.record(ROOM_ID, ["logs"], "first", AT_NS)
        asyncio.run(log.flush())
        log.record(ROOM_ID, ["logs"], "second", AT_NS + 1)
        asyncio.run(log.flush())
        assert bucket.lines() == []
        bucket.refuses = False
        asyncio.run(log.flush())
        assert bucket.lines() == ["first", "second"]
        asyncio.run(log.flush())
        assert len(bucket.objects) == 2

    def test_what_a_killed_process_left_goes_up_at_the_next_start(
        self, tmp_path: Path, bucket: Bucket
    ) -> None:
        killed = log_in(tmp_path, bucket)
        killed.record(ROOM_ID, ["logs"], "delivered", AT_NS)
        half = next((tmp_path / "writing").iterdir())
        with half.open("a") as file:
            file.write('{"half a li')
        asyncio.run(log_in(tmp_path, bucket).flush())
        assert bucket.lines() == ["delivered"]
        killed.close()

    def test_what_was_sent_just_before_a_kill_gets_the_same_key(
        self, tmp_path: Path, bucket: Bucket
    ) -> None:
        log = log_in(tmp_path, bucket)
        log.record(ROOM_ID, ["logs"], "delivered", AT_NS)
        log.close()
        left = next((tmp_path / "writing").iterdir())
        text = left.read_text()
        asyncio.run(log_in(tmp_path, bucket).flush())
        # Killed after the object was there and before the file was gone.
        left.write_text(text)
        asyncio.run(log_in(tmp_path, bucket).flush())
        assert len(bucket.objects) == 1

    def test_files_of_somebody_else_are_passed_over(self, tmp_path: Path, bucket: Bucket) -> None:
        log = log_in(tmp_path, bucket)
        (tmp_path / "ready" / "notes.txt").write_text("mine\n")
        log.record(ROOM_ID, ["logs"], "delivered", AT_NS)
        asyncio.run(log.flush())
        assert bucket.lines() == ["delivered"]
        assert (tmp_path / "ready" / "notes.txt").exists()

    def test_it_is_bounded(self, tmp_path: Path, bucket: Bucket) -> None:
        log = log_in(tmp_path, bucket, max_bytes=25)
        bucket.refuses = True
        for number in range(5):
            log.record(ROOM_ID, ["logs"], f"line {number}", AT_NS + number)
            asyncio.run(log.flush())
        bucket.refuses = False
        asyncio.run(log.flush())
        assert bucket.lines() == ["line 0", "line 1", "line 2"]
        log.record(ROOM_ID, ["logs"], "room again", AT_NS + 9)
        asyncio.run(log.flush())
        assert bucket.lines()[-1] == "room again"

    def test_a_disk_that_takes_nothing_stops_nobody(
        self, tmp_path: Path, bucket: Bucket, caplog: pytest.LogCaptureFixture
    ) -> None:
        log = log_in(tmp_path, bucket)
        (tmp_path / "writing").rmdir()
        for number in range(3):
            log.record(ROOM_ID, ["logs"], f"line {number}", AT_NS)
        (tmp_path / "writing").mkdir()
        log.record(ROOM_ID, ["logs"], "room again", AT_NS)
        asyncio.run(log.flush())
        assert bucket.lines() == ["room again"]
        told = [record.getMessage() for record in caplog.records]
        assert len(told) == 2
        assert told[0].startswith("Messages are delivered and not logged")
        assert told[1].startswith("3 lines")


class TestThroughTheService:
    def test_delivered_messages_and_events_and_nothing_else(self, service: Service) -> None:
        destination: Any = {"s3": {"bucketName": "chat-logs"}}
        logging = service.api.create_logging_configuration(destinationConfiguration=destination)
        room = service.room(
            loggingConfigurationIdentifiers=[logging["arn"]], maximumMessageLength=10
        )
        viewer = service.connect(room, attributes={"handle": "ada"})
        viewer.say("hello", "r1")
        message = viewer.next()
        viewer.say("far too long a message")
        assert viewer.next()["ErrorCode"] == 400
        viewer.ask("DELETE_MESSAGE", Id=message["Id"])
        event = viewer.next()
        wait_until(lambda: len(service.engine.logged("chat-logs")) == 2)
        first, second = service.engine.logged("chat-logs")
        assert first == {
            "event_timestamp": message["SendTime"][:23] + "Z",
            "type": "MESSAGE",
            "payload": message,
            "version": "1.0",
        }
        assert (second["type"], second["payload"]) == ("EVENT", event)
        room_id = room.rpartition("/")[2]
        for bucket, key in service.engine.objects:
            assert bucket == "chat-logs"
            assert key.startswith("AWSLogs/000000000000/IVSChatLogs/1.0/us-east-1/")
            assert f"/room_{room_id}/" in key

    def test_an_event_that_nobody_is_there_to_hear(self, service: Service) -> None:
        destination: Any = {"s3": {"bucketName": "chat-logs"}}
        logging = service.api.create_logging_configuration(destinationConfiguration=destination)
        room = service.room(loggingConfigurationIdentifiers=[logging["arn"]])
        service.api.send_event(roomIdentifier=room, eventName="e")
        wait_until(lambda: len(service.engine.logged("chat-logs")) == 1)

    def test_a_room_whose_logging_was_deleted_goes_on(self, service: Service) -> None:
        destination: Any = {"s3": {"bucketName": "chat-logs"}}
        logging = service.api.create_logging_configuration(destinationConfiguration=destination)
        room = service.room(loggingConfigurationIdentifiers=[logging["arn"]])
        service.api.delete_logging_configuration(identifier=logging["arn"])
        viewer = service.connect(room)
        viewer.say("hello")
        assert viewer.next()["Content"] == "hello"

    def test_what_was_said_last_is_logged_when_the_server_stops(self, service: Service) -> None:
        destination: Any = {"s3": {"bucketName": "chat-logs"}}
        logging = service.api.create_logging_configuration(destinationConfiguration=destination)
        viewer = service.connect(service.room(loggingConfigurationIdentifiers=[logging["arn"]]))
        viewer.say("goodbye")
        viewer.next()
        service.stop()
        assert [line["payload"]["Content"] for line in service.engine.logged("chat-logs")] == [
            "goodbye"
        ]

    def test_it_waits_for_an_s3_that_refuses(self, service: Service) -> None:
        destination: Any = {"s3": {"bucketName": "chat-logs"}}
        logging = service.api.create_logging_configuration(destinationConfiguration=destination)
        viewer = service.connect(service.room(loggingConfigurationIdentifiers=[logging["arn"]]))
        service.engine.refuses_objects = True
        viewer.say("hello")
        viewer.next()
        wait_until(lambda: service.engine.puts >= 2)
        service.engine.refuses_objects = False
        wait_until(lambda: len(service.engine.logged("chat-logs")) == 1)
