"""Replays on the deployed stack: with the function's own rights, and played over HTTP."""

from __future__ import annotations

import json
import secrets
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socialflow.platform.clock import to_rfc3339, utc_now
from socialflow.platform.ids import same_ulid, ulid
from tests.functional.account import AwsAccount
from tests.functional.people import Device, nobody
from tests.functional.waiting import wait_for
from tests.functional.watching import status_of
from tests.media import ffmpeg
from tests.recordings import record_session

WENT_LIVE = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LADDERS = (((640, 360), (320, 180)), ((320, 180),))
SECONDS = (4, 2)


class Broadcast:
    """A broadcast of which the test tells what was recorded."""

    def __init__(self, account: AwsAccount, owner: Device, recorded: list[Path]) -> None:
        self._account = account
        self._owner_id = owner.get("/v1/me").json()["id"]
        self._recorded = recorded
        self.id = f"brd_{ulid(utc_now(), secrets.randbits(80))}"
        self.replay_id = same_ulid(self.id, "vid")

    def tell(self, count: int, *, visibility: str = "public") -> None:
        """`BroadcastRecorded.v1` with the first `count` recordings."""
        data = {
            "broadcast_id": self.id,
            "channel_id": same_ulid(self._owner_id, "chn"),
            "owner_id": self._owner_id,
            "title": "Evening stream",
            "description": "",
            "category": "",
            "visibility": visibility,
            "poster_key": None,
            "recordings": [self._recording(number) for number in range(count)],
        }
        detail = {
            "id": f"recorded-{secrets.token_hex(8)}",
            "occurred_at": to_rfc3339(utc_now()),
            "correlation_id": self.id,
            "data": data,
        }
        entry = {
            "EventBusName": self._account.outputs["EventBusName"],
            "Source": "socialflow.live",
            "DetailType": "BroadcastRecorded.v1",
            "Detail": json.dumps(detail),
        }
        assert self._account.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0

    def _recording(self, number: int) -> dict[str, Any]:
        bucket = self._account.outputs["RecordingBucketName"]
        prefix = f"ivs/v1/000000000000/AbCdEf12GhIj/2026/11/21/8/{number}/{self.id[-12:]}"
        folder = self._recorded[number]
        for path in folder.rglob("*.*"):
            self._account.client("s3").put_object(
                Bucket=bucket, Key=f"{prefix}/{path.relative_to(folder)}", Body=path.read_bytes()
            )
        return {
            "stream_id": f"st-{number}",
            "bucket": bucket,
            "key_prefix": prefix,
            "started_at": to_rfc3339(WENT_LIVE + timedelta(minutes=number)),
            "duration_ms": SECONDS[number] * 1000,
        }


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two sessions; the second has a rung less."""
    root = tmp_path_factory.mktemp("recorded")
    return [
        record_session(root / str(number), seconds, ladder)
        for number, (seconds, ladder) in enumerate(zip(SECONDS, LADDERS, strict=True))
    ]


@pytest.fixture
def broadcast(account: AwsAccount, ann: Device, recorded: list[Path]) -> Broadcast:
    return Broadcast(account, ann, recorded)


def wait_for_replay(viewer: Device, broadcast: Broadcast, seconds: int) -> dict[str, Any]:
    """The replay once it has that length."""

    def look() -> dict[str, Any] | None:
        answer = viewer.get(f"/v1/videos/{broadcast.replay_id}")
        body: dict[str, Any] = answer.json()
        longest = (body.get("duration_ms") or 0) if answer.status_code == 200 else 0
        return body if abs(longest - seconds * 1000) < 100 else None

    return wait_for(look, f"a replay of {seconds} s")


class TestAReplay:
    def test_a_private_one_is_its_owners_alone(
        self, broadcast: Broadcast, ann: Device, bob: Device
    ) -> None:
        broadcast.tell(1, visibility="private")
        video = wait_for_replay(ann, broadcast, SECONDS[0])
        for stranger in (nobody(ann.origin), bob):
            assert stranger.get(f"/v1/videos/{broadcast.replay_id}").status_code == 404
        url = video["playback"]["hls_url"]
        assert status_of(url) == 403
        assert status_of(url, ann.media_cookies(broadcast.replay_id)) == 200

    def test_it_plays_for_anybody_and_grows_while_it_does(
        self, broadcast: Broadcast, ann: Device
    ) -> None:
        anybody = nobody(ann.origin)
        broadcast.tell(1)
        first = wait_for_replay(anybody, broadcast, SECONDS[0])
        assert decode(first["playback"]["hls_url"]) == ""
        broadcast.tell(2)
        broadcast.tell(1)
        video = wait_for_replay(anybody, broadcast, sum(SECONDS))
        assert decode(video["playback"]["hls_url"]) == ""
        assert [each["title"] for each in video["chapters"]] == ["Start", "Part 2"]
        assert video["broadcast_id"] == broadcast.id
        assert status_of(first["playback"]["hls_url"]) == 200
        for picture in ("poster_url", "storyboard_url"):
            assert status_of(video["playback"][picture]) == 200
        shown = anybody.get(f"/v1/users/{ann.handle}/videos").json()["items"]
        assert [each["id"] for each in shown] == [broadcast.replay_id]

    def test_a_deleted_one_is_not_made_again_by_a_late_event(
        self, broadcast: Broadcast, ann: Device, account: AwsAccount, recorded: list[Path]
    ) -> None:
        broadcast.tell(1)
        wait_for_replay(ann, broadcast, SECONDS[0])
        assert ann.request("DELETE", f"/v1/videos/{broadcast.replay_id}").status_code == 204
        wait_for(lambda: not account.media_keys(broadcast.replay_id), "its media going")
        broadcast.tell(2)
        another = Broadcast(account, ann, recorded)
        another.tell(1)
        wait_for_replay(ann, another, SECONDS[0])
        assert ann.get(f"/v1/videos/{broadcast.replay_id}").status_code == 404
        # A tombstone is all that is left.
        assert account.traces_of(broadcast.replay_id).rows == [f"VIDEO#{broadcast.replay_id} VIDEO"]
        assert account.media_keys(broadcast.replay_id) == []


def decode(url: str) -> str:
    """Plays every picture of it over HTTP; returns what ffmpeg complained of."""
    done = subprocess.run(  # noqa: S603 - our own program
        [ffmpeg(), "-nostdin", "-loglevel", "error", "-i", url, "-map", "0:v", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stderr
