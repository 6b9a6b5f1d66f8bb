"""The server as a process of its own, with a real ministack, killed and started again."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.unit.local_ivs.fakes import wait_until
from tests.unit.local_ivs.running import KEYS, WHOLE, Publisher, ivs_client
from tests.unit.local_ivs.watching import master_of, variants
from tests.unit.local_mediaconvert.engine import (
    TOKEN,
    EventsDoor,
    ministack,
    programs_with,
    s3_client,
)
from tests.unit.server_process import ServerProcess

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_s3 import S3Client


class World:
    """A server, its engine, a recorded channel."""

    def __init__(self, server: ServerProcess, engine_url: str, events: EventsDoor) -> None:
        self.server = server
        self.events = events
        self.client = ivs_client(server.url)
        self.s3: S3Client = s3_client(engine_url)
        self.cloudwatch: CloudWatchClient = boto3.client(  # type: ignore[call-overload]
            "cloudwatch", endpoint_url=engine_url, **KEYS
        )
        configuration = self.client.create_recording_configuration(
            destinationConfiguration={"s3": {"bucketName": "recordings"}}
        )["recordingConfiguration"]
        made = self.client.create_channel(
            name="chn_1", insecureIngest=True, recordingConfigurationArn=configuration["arn"]
        )
        self.arn = made["channel"]["arn"]
        self.playback_url = made["channel"]["playbackUrl"]
        self.ingest_url = f"rtmp://127.0.0.1:{server.ports[1]}/app/{made['streamKey']['value']}"

    def close(self) -> None:
        for client in (self.client, self.s3, self.cloudwatch):
            client.close()

    def names(self, stream_id: str) -> list[str]:
        return [
            one.get("event_name") or one["recording_status"]
            for one in self.events.details
            if one["stream_id"] == stream_id
        ]

    def live_stream(self, but: str = "") -> str:
        """The id of the stream that shows, once it does."""

        def live() -> list[str]:
            streams = self.client.list_streams()["streams"]
            return [one["streamId"] for one in streams if one["streamId"] != but]

        wait_until(live)
        return live()[0]

    def recording_end(self, stream_id: str) -> dict[str, Any]:
        wait_until(lambda: any("Recording End" in name for name in self.names(stream_id)), 30)
        found = [one for one in self.events.details if one["stream_id"] == stream_id]
        return found[-1]

    def text(self, end: dict[str, Any], name: str) -> str:
        key = f"{end['recording_s3_key_prefix']}/{name}"
        return self.s3.get_object(Bucket="recordings", Key=key)["Body"].read().decode()

    def segments(self, end: dict[str, Any], rung: str) -> list[str]:
        """Those that the playlist names, all of them there."""
        text = self.text(end, f"media/hls/{rung}/playlist.m3u8")
        names = re.findall(r"^\d+\.ts$", text, re.MULTILINE)
        for name in names:
            key = f"{end['recording_s3_key_prefix']}/media/hls/{rung}/{name}"
            assert self.s3.head_object(Bucket="recordings", Key=key)["ContentLength"] % 188 == 0
        return names


@pytest.fixture(scope="module")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ministack(tmp_path_factory.mktemp("engine")) as url:
        s3 = s3_client(url)
        s3.create_bucket(Bucket="recordings")
        s3.close()
        yield url


@contextmanager
def world_of(state: Path, engine_url: str) -> Iterator[World]:
    events = EventsDoor()
    server = ServerProcess(
        "ivs",
        state,
        engine_url,
        options=("--port", "--rtmp-port", "--rtmps-port"),
        SF_EVENTS_URL=events.url,
        SF_ENGINE_TOKEN=TOKEN,
        SF_IVS_CALLS_PER_SECOND="0",
    )
    server.start()
    world = World(server, engine_url, events)
    try:
        yield world
    finally:
        server.kill()
        world.close()
        events.close()


@pytest.fixture
def world(tmp_path: Path, engine_url: str) -> Iterator[World]:
    with world_of(tmp_path / "state", engine_url) as made:
        yield made


def test_a_recording_and_its_metrics_reach_the_engine(world: World) -> None:
    with Publisher(world.ingest_url) as publisher:
        stream_id = world.live_stream()
        channel_id = world.arn.rpartition("/")[2]
        wait_until(lambda: video_bitrates(world.cloudwatch, channel_id))
        publisher.end()
    end = world.recording_end(stream_id)
    assert end["recording_status"] == "Recording End"
    assert world.segments(end, "180p30")
    assert "180p30/playlist.m3u8" in world.text(end, "media/hls/master.m3u8")
    assert video_bitrates(world.cloudwatch, channel_id)[0] > 10_000


def video_bitrates(cloudwatch: CloudWatchClient, channel_id: str) -> list[float]:
    now = dt.datetime.now(dt.UTC)
    answer = cloudwatch.get_metric_data(
        StartTime=now - dt.timedelta(minutes=5),
        EndTime=now + dt.timedelta(minutes=1),
        MetricDataQueries=[
            {
                "Id": "video",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/IVS",
                        "MetricName": "IngestVideoBitrate",
                        "Dimensions": [{"Name": "Channel", "Value": channel_id}],
                    },
                    "Period": 5,
                    "Stat": "Average",
                },
            }
        ],
    )
    return answer["MetricDataResults"][0]["Values"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_killed_outright_while_live_it_ends_the_old_session_and_takes_a_new(world: World) -> None:
    with Publisher(world.ingest_url):
        old = world.live_stream()
        wait_until(lambda: "Recording Start" in world.names(old))
        wait_until(lambda: list(world.server.state.glob("spool/*/run-0/*/*.ts*")))
        world.server.kill()
    wait_until(lambda: programs_with(str(world.server.state)) == [])
    world.server.start()
    end = world.recording_end(old)
    assert world.names(old) == WHOLE
    assert end["recording_duration_ms"] > 0
    assert world.segments(end, "180p30")
    assert not list(world.server.state.glob("spool/*"))
    with Publisher(world.ingest_url):
        new = world.live_stream(but=old)
        assert variants(master_of(world.playback_url))
        assert world.names(new)[0] == "Session Created"
        assert world.server.terminate() == 0
    # Stopped in order, it brought the stream to its end first.
    assert world.names(new)[-1] == "Recording End"
    assert programs_with(str(world.server.state)) == []
