"""Encoders that starve, hang, die or ask for too much, and ffmpeg that does, with real ones."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.unit.local_ivs.fakes import wait_until
from tests.unit.local_ivs.running import WHOLE, Publisher, Running, running
from tests.unit.local_ivs.watching import (
    decode_recorded,
    master_of,
    number_of_last,
    playlist,
    variants,
)


class TestFaults:
    def test_an_encoder_that_sends_nothing_starves_the_stream(self, tmp_path: Path) -> None:
        with running(tmp_path, starvation_seconds=0.5, tick_seconds=0.1) as server:
            channel, key = server.channel()
            with Publisher(server.ivs.rtmp_url + key["value"]) as publisher:
                server.stream_of(channel["arn"])
                publisher.pause()
                wait_until(lambda: "Starvation Start" in server.events.names())
                starving = server.client.list_streams(filterBy={"health": "STARVING"})["streams"]
                assert [one["channelArn"] for one in starving] == [channel["arn"]]
                publisher.resume()
                wait_until(lambda: "Starvation End" in server.events.names())

    def test_an_encoder_that_shows_nothing_is_sent_away(self, tmp_path: Path) -> None:
        with running(tmp_path, start_limit_seconds=0.5) as server:
            _, key = server.channel()
            with Publisher(server.ivs.rtmp_url + key["value"], picture=False) as publisher:
                assert publisher.finished()[0] != 0
            wait_until(lambda: server.events.names() == ["Session Created", "Session Ended"])

    def test_a_killed_encoder_ends_its_session(self, server: Running) -> None:
        channel, key = server.recorded_channel()
        with Publisher(server.ivs.rtmp_url + key["value"]) as publisher:
            stream_id = server.stream_of(channel["arn"])
            publisher.kill()
        assert server.recording_of(stream_id)["recording_status"] == "Recording End"
        assert server.events.names(stream_id) == WHOLE
        # And its channel is free for the next at once.
        with Publisher(server.ivs.rtmp_url + key["value"]):
            assert server.stream_of(channel["arn"]) != stream_id

    def test_a_killed_ffmpeg_is_replaced(self, server: Running, tmp_path: Path) -> None:
        channel, key = server.recorded_channel()
        with Publisher(server.ivs.rtmp_url + key["value"], rate=10) as publisher:
            _, best = variants(master_of(channel["playbackUrl"]))[0]
            stream_id = server.stream_of(channel["arn"])
            pids = list(server.state.glob(f"spool/{stream_id}/run-0/pid"))
            os.kill(int(pids[0].read_text()), signal.SIGKILL)
            wait_until(lambda: "#EXT-X-DISCONTINUITY\n" in playlist(best))
            before = number_of_last(playlist(best))
            wait_until(lambda: number_of_last(playlist(best)) > before)
            publisher.end()
        end = server.recording_of(stream_id)
        assert server.events.names(stream_id) == WHOLE
        rung = best.rpartition("/")[2].removesuffix(".m3u8")
        prefix = str(end["recording_s3_key_prefix"])
        decoded = decode_recorded(server.objects, prefix, rung, tmp_path)
        assert decoded.frames > 10
        # What the killed one was writing is there too.
        recorded = server.objects.below(prefix)[f"media/hls/{rung}/playlist.m3u8"]
        assert b"#EXT-X-DISCONTINUITY\n" in recorded

    def test_an_ffmpeg_that_hangs_holds_the_encoder_back_and_is_replaced(
        self, tmp_path: Path
    ) -> None:
        with running(tmp_path, encoder_stall_seconds=0.5) as server:
            channel, key = server.channel()
            with Publisher(server.ivs.rtmp_url + key["value"], bitrate="4M"):
                _, best = variants(master_of(channel["playbackUrl"]))[0]
                pid = next(server.state.glob("spool/*/run-0/pid"))
                os.kill(int(pid.read_text()), signal.SIGSTOP)
                wait_until(lambda: "#EXT-X-DISCONTINUITY\n" in playlist(best))
                assert server.stream_of(channel["arn"])

    def test_a_codec_that_is_not_taken_ends_without_having_been_live(self, server: Running) -> None:
        channel, key = server.channel()
        with Publisher(server.ivs.rtmp_url + key["value"], codec="flv1") as publisher:
            assert publisher.finished()[0] != 0
        sessions = server.client.list_stream_sessions(channelArn=channel["arn"])["streamSessions"]
        stream_id = sessions[0]["streamId"]
        wait_until(lambda: "Session Ended" in server.events.names(stream_id))
        assert server.events.names(stream_id) == ["Session Created", "Session Ended"]

    def test_a_resolution_over_the_limit_is_told(self, server: Running) -> None:
        _channel, key = server.channel()
        url = server.ivs.rtmp_url + key["value"]
        with Publisher(url, size="2048x64", rate=5) as publisher:
            assert publisher.finished()[0] != 0
        wait_until(lambda: server.events.details("IVS Limit Breach"))
        breach = server.events.details("IVS Limit Breach")[0]
        assert breach["limit_name"] == "Ingest Resolution"
        assert (breach["limit_value"], breach["exceeded_by"]) == (1920, 128)

    def test_more_streams_than_fit_are_told_apart(self, tmp_path: Path) -> None:
        with running(tmp_path, max_streams=0) as full:
            _channel, key = full.channel()
            with Publisher(full.ivs.rtmp_url + key["value"]) as publisher:
                assert publisher.finished()[0] != 0
            wait_until(lambda: len(full.events.entries) == 3)
            assert full.events.names() == ["Session Created", "Stream Failure", "Session Ended"]
