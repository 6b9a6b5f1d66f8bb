"""From an encoder to players and a recording, with real ffmpeg on both ends."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.unit.local_ivs.fakes import wait_until
from tests.unit.local_ivs.running import WHOLE, Publisher, Running
from tests.unit.local_ivs.watching import (
    decode_live,
    decode_recorded,
    master_of,
    number_of_last,
    playlist,
    variants,
)


class TestRefused:
    def test_a_wrong_key(self, server: Running) -> None:
        server.channel()
        with Publisher(server.ivs.rtmp_url + "sk_us-east-1_guessed") as publisher:
            assert publisher.finished()[0] != 0

    def test_a_key_that_was_rotated(self, server: Running) -> None:
        channel, key = server.channel()
        server.client.delete_stream_key(arn=key["arn"])
        server.client.create_stream_key(channelArn=channel["arn"])
        with Publisher(server.ivs.rtmp_url + key["value"]) as publisher:
            assert publisher.finished()[0] != 0
        assert server.client.list_stream_sessions(channelArn=channel["arn"])["streamSessions"] == []

    def test_the_key_of_a_deleted_channel(self, server: Running) -> None:
        channel, key = server.channel()
        server.client.delete_channel(arn=channel["arn"])
        with Publisher(server.ivs.rtmp_url + key["value"]) as publisher:
            assert publisher.finished()[0] != 0

    def test_plain_rtmp_where_the_channel_wants_tls(self, server: Running) -> None:
        _, key = server.channel(insecureIngest=False)
        with Publisher(server.ivs.rtmp_url + key["value"]) as publisher:
            assert publisher.finished()[0] != 0


class TestWatching:
    def test_a_stream_from_its_first_frame_to_its_recording(
        self, server: Running, tmp_path: Path
    ) -> None:
        channel, key = server.recorded_channel(
            targetIntervalSeconds=1, storage=["SEQUENTIAL", "LATEST"]
        )
        url = channel["playbackUrl"]
        assert httpx.get(url).status_code == 404
        with Publisher(server.ivs.rtmp_url + key["value"]) as publisher:
            master = master_of(url)
            found = variants(master)
            assert [re.findall(r"RESOLUTION=(\w+)", line)[0] for line, _ in found] == ["320x180"]
            assert 'CODECS="avc1.42' in found[0][0]
            assert ',mp4a.40.2"' in found[0][0]
            best = found[0][1]
            first = playlist(best)
            stream_id = server.stream_of(channel["arn"])
            self._a_blocked_reload_is_answered_with_what_it_waits_for(best)
            self._the_channel_takes_no_second_encoder(server, key["value"])
            text = playlist(best)
            assert number_of_last(text) > number_of_last(first)
            decoded = decode_live(best, text, tmp_path)
            assert (decoded.width, decoded.height) == (320, 180)
            assert decoded.audio_frames > 0
            stream = server.client.get_stream(channelArn=channel["arn"])["stream"]
            assert (stream["state"], stream["health"]) == ("LIVE", "HEALTHY")
            assert stream["viewerCount"] == 1
            wait_until(lambda: "KeyframeInterval" in server.metrics.names())
            server.client.stop_stream(channelArn=channel["arn"])
            stopped_at = time.monotonic()
            assert publisher.finished()[0] != 0
        end = server.recording_of(stream_id)
        assert time.monotonic() - stopped_at < 5
        assert server.events.names(stream_id) == WHOLE
        assert playlist(best).endswith("#EXT-X-ENDLIST\n")
        assert httpx.get(url).status_code == 404
        self._the_recording_is_complete(server, end, tmp_path)
        self._the_session_tells_it_all(server, channel["arn"], stream_id)
        assert server.metrics.names() == {
            "IngestVideoBitrate",
            "IngestAudioBitrate",
            "IngestFramerate",
            "KeyframeInterval",
            "ConcurrentViews",
        }

    def _a_blocked_reload_is_answered_with_what_it_waits_for(self, url: str) -> None:
        number = number_of_last(playlist(url)) + 2
        text = playlist(url, msn=number, part=0)
        assert f"/{number}.0.m4s" in text
        assert httpx.get(url, params={"_HLS_msn": str(number + 50)}).status_code == 400
        hint = re.findall(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)[0]
        part = httpx.get(url.rpartition("/")[0] + "/" + hint)
        assert part.status_code == 200
        assert part.content[4:8] == b"moof"
        assert "immutable" in part.headers["cache-control"]

    def _the_channel_takes_no_second_encoder(self, server: Running, key: str) -> None:
        with Publisher(server.ivs.rtmp_url + key) as second:
            assert second.finished()[0] != 0

    def _the_recording_is_complete(
        self, server: Running, end: dict[str, object], folder: Path
    ) -> None:
        prefix = str(end["recording_s3_key_prefix"])
        assert re.fullmatch(r"ivs/v1/\d{12}/\w{12}/\d{4}(/[1-9]?\d){4}/\w{12}", prefix)
        assert end["recording_s3_bucket_name"] == "recordings"
        found = server.objects.below(prefix)
        started = json.loads(found["events/recording-started.json"])
        assert started["recording_status"] == "RECORDING_STARTED"
        ended = json.loads(found["events/recording-ended.json"])
        hls = ended["media"]["hls"]
        assert hls["duration_ms"] == end["recording_duration_ms"]
        assert b"#EXT-X-STREAM-INF" in found[f"{hls['path']}/{hls['playlist']}"]
        for rendition in hls["renditions"]:
            decoded = decode_recorded(server.objects, prefix, rendition["path"], folder)
            assert decoded.height == rendition["resolution_height"]
            assert decoded.seconds == pytest.approx(hls["duration_ms"] / 1000, abs=0.2)
            assert decoded.audio_frames > 0
        stills = sorted(key for key in found if key.startswith("media/thumbnails/"))
        assert stills[:2] == ["media/thumbnails/thumb0.jpg", "media/thumbnails/thumb1.jpg"]
        latest = found["media/latest_thumbnail/thumb.jpg"]
        assert latest == found[f"media/thumbnails/thumb{len(stills) - 1}.jpg"]

    def _the_session_tells_it_all(self, server: Running, arn: str, stream_id: str) -> None:
        client = server.client
        session = client.get_stream_session(channelArn=arn, streamId=stream_id)["streamSession"]
        assert [event["name"] for event in session["truncatedEvents"]] == WHOLE[::-1]
        video = session["ingestConfiguration"]["video"]
        assert (video["videoWidth"], video["videoHeight"]) == (320, 180)
        assert video["codec"].startswith("avc1.")
        assert video["targetFramerate"] == 30
        assert session["ingestConfiguration"]["audio"]["sampleRate"] == 48000
        assert session["endTime"] >= session["startTime"]
        listed = client.list_stream_sessions(channelArn=arn)["streamSessions"]
        assert [(one["streamId"], one["hasErrorEvent"]) for one in listed] == [(stream_id, False)]


class TestOtherSources:
    @pytest.mark.parametrize(
        ("size", "rate", "sound", "expected"),
        [
            pytest.param("180x320", 25, False, "180x320", id="portrait and silent"),
            pytest.param("322x182", 60, True, "322x182", id="sixty frames a second"),
        ],
    )
    def test_become_a_ladder_all_the_same(
        self, server: Running, tmp_path: Path, size: str, rate: int, sound: bool, expected: str
    ) -> None:
        channel, key = server.recorded_channel()
        url = server.ivs.rtmp_url + key["value"]
        with Publisher(url, size=size, rate=rate, sound=sound, seconds=3) as publisher:
            attributes, best = variants(master_of(channel["playbackUrl"]))[0]
            assert f"RESOLUTION={expected}" in attributes
            assert ("mp4a" in attributes) == sound
            assert f"FRAME-RATE={min(rate, 30)}." in attributes
            stream_id = server.stream_of(channel["arn"])
            assert publisher.finished()[0] == 0
        end = server.recording_of(stream_id)
        rung = best.rpartition("/")[2].removesuffix(".m3u8")
        decoded = decode_recorded(
            server.objects, str(end["recording_s3_key_prefix"]), rung, tmp_path
        )
        assert f"{decoded.width}x{decoded.height}" == expected
        assert decoded.frames == pytest.approx(3 * min(rate, 30), abs=3)
        assert (decoded.audio_frames > 0) == sound

    def test_by_tls(self, server: Running) -> None:
        channel, key = server.channel(insecureIngest=False)
        with Publisher(server.ivs.rtmps_url + key["value"]):
            assert variants(master_of(channel["playbackUrl"]))


class TestPrivateChannels:
    def test_a_token_opens_the_master_and_its_paths_the_rest(self, server: Running) -> None:
        key_pair = ECKey.generate_key("P-384")
        pem = key_pair.as_pem(private=False).decode()
        server.client.import_playback_key_pair(publicKeyMaterial=pem)
        channel, key = server.channel(authorized=True)
        url = channel["playbackUrl"]

        def token(arn: str) -> str:
            claims = {"aws:channel-arn": arn, "exp": int(time.time()) + 60}
            return jwt.encode({"alg": "ES384"}, claims, key_pair, algorithms=["ES384"])

        assert httpx.get(url, params={"token": token(channel["arn"])}).status_code == 404
        with Publisher(server.ivs.rtmp_url + key["value"]):
            _, best = variants(master_of(url, token=token(channel["arn"])))[0]
            assert number_of_last(playlist(best)) >= 0
            for refused in (
                httpx.get(url),
                httpx.get(url, params={"token": token(channel["arn"] + "x")}),
                httpx.get(re.sub(r"/\w{24}/", f"/{'A' * 24}/", best)),
            ):
                assert refused.status_code == 403
                assert refused.headers["access-control-allow-origin"] == "*"
                assert refused.json()[0]["error_code"] == "playback_auth_error"
