"""Going live: from an encoder to viewers, and what is left of it afterwards."""

from __future__ import annotations

import struct
import subprocess
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from infra.local.supervisor import LocalTarget
from tests import media
from tests.functional.broadcasting import (
    Channel,
    newest_segment,
    play_replay,
    playlist_at,
    replay_of,
    ticket_for,
)
from tests.functional.people import Device, code_of, nobody, register
from tests.functional.waiting import wait_for


def png(*, note: bytes = b"") -> bytes:
    """A black picture of 640x360, with a text note where one is given (PNG, section 5)."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 640, 360, 8, 0, 0, 0, 0)),
        *([(b"tEXt", b"Comment\0" + note)] if note else []),
        (b"IDAT", zlib.compress(bytes(641) * 360)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


PNG = png(note=b"Taken at home")
KILLED_SECONDS = 30
"""A publisher that is gone is gone for everybody after so long."""


@pytest.fixture(scope="module")
def channel(target: LocalTarget) -> Channel:
    """One creator's channel; each test broadcasts on it in turn."""
    return Channel(register(target.origin, "live"))


@pytest.fixture(scope="module")
def stranger(target: LocalTarget) -> Device:
    """Somebody signed in who is not the creator."""
    return register(target.origin, "stranger")


def decoded_frames(segment: bytes, folder: Path) -> int:
    """How many pictures are in a segment; fails where ffmpeg finds a fault."""
    path = folder / "segment.ts"
    path.write_bytes(segment)
    finished = subprocess.run(  # noqa: S603 - ffmpeg itself, no shell
        [
            *(media.ffmpeg(), "-hide_banner", "-loglevel", "error", "-i", str(path)),
            *("-map", "0:v", "-f", "framecrc", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stderr == ""
    return sum(not line.startswith("#") for line in finished.stdout.splitlines())


def live_ids(origin: str) -> list[str]:
    return [item["id"] for item in nobody(origin).get("/v1/live").json()["items"]]


class TestABroadcast:
    def test_is_watched_counted_and_replayed(
        self, channel: Channel, stranger: Device, origin: str, tmp_path: Path
    ) -> None:
        broadcast_id = channel.announce("From the sea", category="nature")
        assert channel.broadcast(broadcast_id)["state"] == "starting"
        running = channel.owner.post(
            "/v1/broadcasts",
            json={"title": "Another", "visibility": "public"},
            headers={"Idempotency-Key": "another"},
        )
        assert (running.status_code, code_of(running)) == (409, "broadcast_running")
        early = stranger.post(f"/v1/broadcasts/{broadcast_id}/playback")
        assert (early.status_code, code_of(early)) == (409, "broadcast_not_live")

        with channel.publish():
            channel.wait_until(broadcast_id, "live")
            ticket = ticket_for(nobody(origin), broadcast_id)
            assert decoded_frames(newest_segment(ticket["url"]), tmp_path) > 0
            without_token = httpx.get(ticket["url"].partition("?")[0])
            assert without_token.status_code == 403
            assert httpx.get(ticket["url"][:-4] + "AAAA").status_code == 403
            watching = {"viewer_token": ticket["viewer_token"], "latency_ms": 2400}
            for _ in range(2):  # the same viewer twice is one
                beat = nobody(origin).post(
                    f"/v1/broadcasts/{broadcast_id}/heartbeats", json=watching
                )
                assert beat.status_code == 204
            forged = stranger.post(
                f"/v1/broadcasts/{broadcast_id}/heartbeats",
                json={"viewer_token": ticket["viewer_token"][:-2] + "xx"},
            )
            assert (forged.status_code, code_of(forged)) == (422, "viewer_token_invalid")
            assert broadcast_id in live_ids(origin)
            page = nobody(origin).get(f"/v1/channels/{channel.handle}/live").json()
            assert (page["state"], page["broadcast"]["id"]) == ("live", broadcast_id)
            wait_for(lambda: channel.broadcast(broadcast_id)["viewers"] == 1, "the viewer counted")
            channel.end(broadcast_id)
            video = channel.replay(broadcast_id)

        over = channel.wait_until(broadcast_id, "ended")
        assert over["replay_video_id"] == video["id"] == replay_of(broadcast_id)
        assert (over["viewers"], over["peak_viewers"]) == (0, 1)
        assert video["title"] == "From the sea"
        assert video["broadcast_id"] == broadcast_id
        assert video["duration_ms"] > 1_000
        tags = play_replay(video, {})
        assert "#EXT-X-ENDLIST" in tags
        assert httpx.get(video["playback"]["poster_url"]).headers["content-type"] == "image/jpeg"
        assert broadcast_id not in live_ids(origin)
        page = nobody(origin).get(f"/v1/channels/{channel.handle}/live").json()
        assert page["state"] == "offline"
        late = stranger.post(f"/v1/broadcasts/{broadcast_id}/playback")
        assert (late.status_code, code_of(late)) == (409, "broadcast_not_live")

    def test_that_breaks_and_comes_back_is_one_replay(self, channel: Channel) -> None:
        broadcast_id = channel.announce("A bad line")
        with channel.publish() as first:
            channel.wait_until(broadcast_id, "live")
            first.kill()
        channel.wait_for_sessions(broadcast_id, live=0, over=1)
        with channel.publish():
            channel.wait_for_sessions(broadcast_id, live=1, over=1)
            assert channel.broadcast(broadcast_id)["state"] == "live"
            channel.end(broadcast_id)
            channel.wait_until(broadcast_id, "ended")
        video = channel.replay(broadcast_id, chapters=2)
        start, second = (chapter["starts_at_ms"] for chapter in video["chapters"])
        assert start == 0 < second < video["duration_ms"]
        assert play_replay(video, {}).count("#EXT-X-DISCONTINUITY") == 1
        mine = channel.owner.get("/v1/me/broadcasts").json()["items"]
        assert [item["id"] for item in mine].count(broadcast_id) == 1

    def test_of_a_killed_publisher_is_over_for_everybody(
        self, channel: Channel, target: LocalTarget
    ) -> None:
        broadcast_id = channel.announce("Power cut")
        ivs = target.admin_client("ivs")
        with channel.publish() as encoder:
            channel.wait_until(broadcast_id, "live")
            assert ivs.list_streams()["streams"]
            encoder.kill()
        wait_for(lambda: not ivs.list_streams()["streams"], "no stream", seconds=KILLED_SECONDS)
        # Nobody ends it: the reconnect window does.
        channel.wait_until(broadcast_id, "ended")

    def test_that_is_private_is_its_owners_alone(
        self, channel: Channel, stranger: Device, origin: str
    ) -> None:
        broadcast_id = channel.announce("Rehearsal", visibility="private", replay=False)
        with channel.publish():
            channel.wait_until(broadcast_id, "live")
            for other in (stranger, nobody(origin)):
                hidden = other.post(f"/v1/broadcasts/{broadcast_id}/playback")
                assert (hidden.status_code, code_of(hidden)) == (404, "broadcast_not_found")
                assert other.get(f"/v1/broadcasts/{broadcast_id}").status_code == 404
            assert broadcast_id not in live_ids(origin)
            assert playlist_at(ticket_for(channel.owner, broadcast_id)["url"])
            channel.end(broadcast_id)
        over = channel.wait_until(broadcast_id, "ended")
        assert over["replay_video_id"] is None
        assert channel.owner.get(f"/v1/videos/{replay_of(broadcast_id)}").status_code == 404


class TestAPictureOfOnesOwn:
    def test_is_shown_until_the_broadcast_is_hidden(self, channel: Channel) -> None:
        soon = datetime.now(UTC) + timedelta(days=1)
        broadcast_id = channel.announce("With a picture", scheduled_for=soon.isoformat())
        path = f"/v1/broadcasts/{broadcast_id}"
        offered = channel.owner.post(
            f"{path}/thumbnail", json={"content_type": "image/png", "size_bytes": len(PNG)}
        )
        assert offered.status_code == 200, offered.text
        upload = offered.json()
        sent = httpx.put(upload["upload_url"], content=PNG, headers=upload["headers"])
        assert sent.status_code == 200, sent.text
        url = wait_for(lambda: channel.broadcast(broadcast_id)["thumbnail_url"], "the picture")
        shown = httpx.get(url)
        assert (shown.content, shown.headers["content-type"]) == (png(), "image/png")
        hidden = channel.owner.patch(
            path, json={"visibility": "private"}, headers={"If-Match": "*"}
        )
        assert hidden.status_code == 200, hidden.text
        wait_for(lambda: httpx.get(url).status_code in (403, 404), "the picture gone")
        assert channel.owner.delete(path).status_code == 204


class TestStreamKeys:
    def test_a_wrong_one_is_sent_away(self, channel: Channel) -> None:
        with channel.publish(key="sk_us-east-1_nobodysKey000_nobodyKnowsThisOne") as encoder:
            assert "stream key is not valid" in encoder.refusal()

    def test_are_shown_to_their_owner_alone(self, stranger: Device, origin: str) -> None:
        answer = stranger.get("/v1/me/channel/stream-key")
        assert (answer.status_code, code_of(answer)) == (404, "channel_not_found")
        assert nobody(origin).get("/v1/me/channel/stream-key").status_code == 401

    def test_one_publisher_at_a_time_and_none_after_a_rotation(self, channel: Channel) -> None:
        broadcast_id = channel.announce("One at a time", replay=False)
        old = channel.stream_key()
        with channel.publish(old) as first:
            channel.wait_until(broadcast_id, "live")
            with channel.publish(old) as second:
                assert "already in use" in second.refusal()
            assert first.runs
            assert channel.rotate_key() != old
            wait_for(lambda: not first.runs, "the publisher of the old key sent away")
        with channel.publish(old) as late:
            assert "stream key is not valid" in late.refusal()
        channel.end(broadcast_id)
        channel.wait_until(broadcast_id, "ended")


class TestIvsIsKilled:
    def test_while_live_and_the_broadcast_goes_on_when_both_are_back(
        self, channel: Channel, target: LocalTarget
    ) -> None:
        broadcast_id = channel.announce("Killed in the middle")
        with channel.publish() as encoder:
            channel.wait_until(broadcast_id, "live")
            playlist_at(ticket_for(channel.owner, broadcast_id)["url"])
            target.kill_ivs()
            wait_for(lambda: not encoder.runs, "the encoder noticed")
        channel.wait_for_sessions(broadcast_id, live=0, over=1)
        with channel.publish():
            channel.wait_for_sessions(broadcast_id, live=1, over=1)
            channel.end(broadcast_id)
            channel.wait_until(broadcast_id, "ended")
        assert play_replay(channel.replay(broadcast_id), {})
