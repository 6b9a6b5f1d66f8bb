"""The whole service: boto3's own client, a real ministack, a process that gets killed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from mypy_boto3_mediaconvert import MediaConvertClient
from mypy_boto3_s3 import S3Client

from socialflow.videos.probe import probe_source
from socialflow.videos.transcode_events import parse_complete
from tests import media
from tests.unit.local_mediaconvert.engine import (
    TOKEN,
    EventsDoor,
    mediaconvert_client,
    ministack,
    programs_with,
    s3_client,
)
from tests.unit.local_mediaconvert.fakes import wait_until
from tests.unit.local_mediaconvert.jobs import SOURCE_URL, full_request, source_info
from tests.unit.server_process import ServerProcess


@pytest.fixture(scope="module")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ministack(tmp_path_factory.mktemp("engine")) as url:
        s3 = s3_client(url)
        for bucket in ("uploads", "media"):
            s3.create_bucket(Bucket=bucket)
        yield url


@pytest.fixture
def s3(engine_url: str) -> Iterator[S3Client]:
    client = s3_client(engine_url)
    yield client
    client.close()


@pytest.fixture
def events() -> Iterator[EventsDoor]:
    door = EventsDoor()
    yield door
    door.close()


@pytest.fixture
def server(tmp_path: Path, engine_url: str, events: EventsDoor) -> Iterator[ServerProcess]:
    process = ServerProcess(
        "mediaconvert",
        tmp_path / "state",
        engine_url,
        SF_EVENTS_URL=events.url,
        SF_ENGINE_TOKEN=TOKEN,
    )
    process.start()
    yield process
    process.kill()


@pytest.fixture
def client(server: ServerProcess) -> Iterator[MediaConvertClient]:
    made = mediaconvert_client(server.url)
    yield made
    made.close()


def upload(s3: S3Client, path: Path) -> None:
    s3.put_object(Bucket="uploads", Key="uploads/vid_1/source", Body=path.read_bytes())


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


class TestRefusing:
    def test_an_unsigned_request(self, server: ServerProcess) -> None:
        unsigned = mediaconvert_client(server.url, config=Config(signature_version=UNSIGNED))
        with pytest.raises(ClientError) as error:
            unsigned.list_jobs()
        assert code_of(error) == "MissingAuthenticationTokenException"

    def test_a_wrong_secret(self, server: ServerProcess) -> None:
        forger = mediaconvert_client(server.url, aws_secret_access_key="guessed")
        with pytest.raises(ClientError) as error:
            forger.create_job(**full_request())
        assert code_of(error) == "InvalidSignatureException"

    def test_a_signature_for_another_service(self, server: ServerProcess) -> None:
        answer = httpx.get(
            f"{server.url}/2017-08-29/jobs",
            headers={
                "authorization": "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/s3/"
                f"aws4_request, SignedHeaders=host, Signature={'0' * 64}"
            },
        )
        assert answer.status_code == 403
        assert answer.headers["x-amzn-errortype"] == "IncompleteSignatureException"

    def test_an_unknown_setting_by_its_name(self, client: MediaConvertClient) -> None:
        request = full_request()
        request["Settings"]["Inputs"][0]["FilterStrength"] = 2
        with pytest.raises(client.exceptions.BadRequestException) as error:
            client.create_job(**request)
        assert "/settings/inputs/0/filterStrength" in str(error.value)

    def test_an_unknown_job(self, client: MediaConvertClient) -> None:
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_job(Id="1-abcdef")
        with pytest.raises(client.exceptions.NotFoundException):
            client.cancel_job(Id="1-abcdef")

    def test_an_oversized_request(self, client: MediaConvertClient) -> None:
        request = full_request()
        request["UserMetadata"] = {"a": "x" * (2 * 1024**2)}
        with pytest.raises(client.exceptions.BadRequestException, match="has at most"):
            client.create_job(**request)

    def test_probing_what_is_no_media(self, client: MediaConvertClient, s3: S3Client) -> None:
        upload(s3, media.text_named_mp4())
        with pytest.raises(client.exceptions.UnprocessableEntityException):
            client.probe(InputFiles=[{"FileUrl": SOURCE_URL}])

    def test_probing_what_is_not_there(self, client: MediaConvertClient) -> None:
        with pytest.raises(client.exceptions.NotFoundException):
            client.probe(InputFiles=[{"FileUrl": "s3://uploads/missing"}])


class TestQueues:
    def test_come_and_go(self, client: MediaConvertClient) -> None:
        created = client.create_queue(Name="videos", Description="ours")["Queue"]
        assert created["Arn"].endswith(":queues/videos")
        with pytest.raises(client.exceptions.ConflictException):
            client.create_queue(Name="videos")
        assert client.get_queue(Name="videos")["Queue"]["Status"] == "ACTIVE"
        names = [queue["Name"] for queue in client.list_queues()["Queues"]]
        assert names == ["Default", "videos"]
        client.delete_queue(Name="videos")
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_queue(Name="videos")


class TestWorking:
    def test_from_probe_to_complete(
        self, client: MediaConvertClient, s3: S3Client, events: EventsDoor
    ) -> None:
        upload(s3, media.landscape())
        probed = client.probe(InputFiles=[{"FileUrl": SOURCE_URL}])
        assert probed["ProbeResults"][0]["Metadata"]["FileSize"] == (
            media.landscape().stat().st_size
        )
        source = probe_source(probed, "video/mp4")
        assert (source.width, source.height, source.has_audio) == (640, 360, True)
        job = client.create_job(**full_request(source))["Job"]
        assert client.create_job(**full_request(source))["Job"]["Id"] == job["Id"]
        wait_until(lambda: "COMPLETE" in events.statuses(job["Id"]))

        done = client.get_job(Id=job["Id"])["Job"]
        assert done["Status"] == "COMPLETE"
        assert done["UserMetadata"]["video_id"] == "vid_1"
        assert done["Timing"]["FinishTime"] >= done["Timing"]["StartTime"]
        assert done["OutputGroupDetails"][0]["OutputDetails"][0]["VideoDetails"] == {
            "HeightInPx": 240,
            "WidthInPx": 426,
        }
        listed = client.list_jobs(Status="COMPLETE", MaxResults=1)["Jobs"]
        assert [one["Id"] for one in listed] == [job["Id"]]

        result = parse_complete(events.details[-1])
        assert result.poster_key is not None
        for key in (result.hls_key, result.dash_key, result.poster_key):
            assert s3.head_object(Bucket="media", Key=key)["ContentLength"] > 0

    def test_canceling_stops_ffmpeg(
        self, client: MediaConvertClient, s3: S3Client, events: EventsDoor, tmp_path: Path
    ) -> None:
        upload(s3, media.over_a_minute())
        job = client.create_job(**full_request(source_info(duration_ms=62_000)))["Job"]
        wait_until(lambda: list((tmp_path / "state" / "scratch").glob("*/i0.mp4")) != [])
        client.cancel_job(Id=job["Id"])
        wait_until(lambda: events.statuses(job["Id"])[-1:] == ["CANCELED"])
        wait_until(lambda: list((tmp_path / "state" / "scratch").iterdir()) == [])
        assert programs_with(str(tmp_path)) == []


class TestSurviving:
    @pytest.fixture
    def job_id(self, client: MediaConvertClient, s3: S3Client, tmp_path: Path) -> str:
        """A job with ffmpeg in the middle of it."""
        upload(s3, media.over_a_minute())
        made = client.create_job(**full_request(source_info(duration_ms=62_000)))["Job"]["Id"]
        wait_until(lambda: list((tmp_path / "state" / "scratch").glob("*/s0_*.m4s")) != [])
        return made

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
    def test_killed_outright_it_leaves_no_ffmpeg_and_goes_on(
        self,
        server: ServerProcess,
        client: MediaConvertClient,
        job_id: str,
        events: EventsDoor,
        tmp_path: Path,
    ) -> None:
        assert programs_with(str(tmp_path)) != []
        server.kill()
        wait_until(lambda: programs_with(str(tmp_path)) == [])
        server.start()
        wait_until(lambda: "COMPLETE" in events.statuses(job_id), 60)
        assert client.get_job(Id=job_id)["Job"]["Status"] == "COMPLETE"
        assert [one for one in events.statuses(job_id) if one != "STATUS_UPDATE"] == [
            "PROGRESSING",
            "PROGRESSING",
            "COMPLETE",
        ]

    def test_sigterm_ends_it_at_once_and_keeps_the_job(
        self, server: ServerProcess, job_id: str, events: EventsDoor, tmp_path: Path
    ) -> None:
        assert server.terminate() == 0
        assert programs_with(str(tmp_path)) == []
        assert "COMPLETE" not in events.statuses(job_id)
        server.start()
        wait_until(lambda: "COMPLETE" in events.statuses(job_id), 60)
