"""Recordings whose store refuses, comes back late, or never does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.ivs.config import Config
from infra.local.ivs.ladder import Rung
from infra.local.ivs.objects import StorageFailed
from infra.local.ivs.recorder import Recorder, RecordingFailed
from infra.local.ivs.sessions import Recording
from infra.local.ivs.spool import Spool
from tests.unit.local_ivs.fakes import MemoryObjects

pytestmark = pytest.mark.anyio
ARN = "arn:aws:ivs:us-east-1:000000000000:channel/AbCdEf12GhIj"
RUNG = Rung("360p30", 640, 360, 700)
ENDED_AT = 1_800_000_060.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool" / "st-1")


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def encoded(spool: Spool, *seconds: float, first: int = 0) -> Path:
    """A run with that many whole segments and a picture, as ffmpeg leaves it."""
    run = spool.new_run()
    (run / RUNG.name).mkdir()
    lines = ["#EXTM3U"]
    for number, length in enumerate(seconds, first):
        (run / RUNG.name / f"{number}.ts").write_bytes(b"G" * 188)
        lines += [f"#EXTINF:{length:.6f},", f"{number}.ts"]
    (run / RUNG.name / "playlist.m3u8").write_text("\n".join([*lines, ""]))
    (run / f"thumb{spool.next_still()}.jpg").write_bytes(b"jpeg")
    return run


def recorder_of(
    spool: Spool, objects: MemoryObjects, executor: ThreadPoolExecutor, **limits: int
) -> tuple[Recorder, Recording]:
    config = Config(state=spool.folder.parent.parent, engine_url="", **limits)  # type: ignore[arg-type]
    recording = Recording(
        bucket="recordings",
        prefix="ivs/v1/0/c/r",
        session_id="s",
        started_at=1_800_000_000.0,
        rungs=[RUNG],
        codecs=["avc1.42c01f"],
        frame_rate=30,
        thumbnails={"width": 640, "height": 360, "sequential": True, "latest": False},
    )
    return Recorder(config, ARN, recording, spool, objects, executor), recording


def unreachable(key: str) -> StorageFailed:
    return StorageFailed(f"{key}: no connection")


async def test_a_bucket_that_refuses_fails_the_start(
    spool: Spool, objects: MemoryObjects, executor: ThreadPoolExecutor
) -> None:
    recorder, _ = recorder_of(spool, objects, executor)
    objects.refuse = lambda key: StorageFailed("NoSuchBucket", refused=True)
    with pytest.raises(RecordingFailed, match="ValidationException"):
        await recorder.start()
    encoded(spool, 6.0)
    await recorder.scan()
    # What is encoded all the same does not pile up.
    assert list(spool.folder.glob("**/*.ts")) == []


async def test_segments_leave_the_disk_as_they_are_uploaded(
    spool: Spool, objects: MemoryObjects, executor: ThreadPoolExecutor
) -> None:
    recorder, _ = recorder_of(spool, objects, executor)
    run = encoded(spool, 6.0, 6.0)
    (run / RUNG.name / "2.ts").write_bytes(b"half")
    await recorder.scan()
    assert sorted(objects.below("ivs/v1/0/c/r")) == [
        "media/hls/360p30/0.ts",
        "media/hls/360p30/1.ts",
        "media/thumbnails/thumb0.jpg",
    ]
    assert [path.name for path in run.glob("*/*.ts")] == ["2.ts"]


async def test_a_store_that_comes_back_gets_everything(
    spool: Spool, objects: MemoryObjects, executor: ThreadPoolExecutor
) -> None:
    recorder, recording = recorder_of(spool, objects, executor)
    encoded(spool, 6.0, 5.5)
    objects.refuse = unreachable
    await recorder.scan()
    with pytest.raises(StorageFailed):
        await recorder.finish(ENDED_AT, 0)
    objects.refuse = lambda key: None
    encoded(spool, 2.0, first=2)
    # As another server would that finds the spool.
    again, recording = recorder_of(spool, objects, executor)
    await again.finish(ENDED_AT, 0)
    found = objects.below("ivs/v1/0/c/r")
    assert recording.duration_ms == 13_500
    assert json.loads(found["events/recording-ended.json"])["media"]["hls"]["duration_ms"] == 13_500
    assert found["media/hls/360p30/playlist.m3u8"].decode().splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:4",
        "#EXT-X-TARGETDURATION:6",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXTINF:6.000000,",
        "0.ts",
        "#EXTINF:5.500000,",
        "1.ts",
        "#EXT-X-DISCONTINUITY",
        "#EXTINF:2.000000,",
        "2.ts",
        "#EXT-X-ENDLIST",
    ]
    assert {"media/thumbnails/thumb0.jpg", "media/thumbnails/thumb1.jpg"} < set(found)
    assert not spool.folder.exists()


async def test_what_waits_is_bounded_and_the_recording_fails_in_truth(
    spool: Spool, objects: MemoryObjects, executor: ThreadPoolExecutor
) -> None:
    recorder, _recording = recorder_of(spool, objects, executor, max_spool_bytes=300)
    encoded(spool, 6.0)
    await recorder.scan()
    objects.refuse = unreachable
    encoded(spool, 6.0, 6.0, first=1)
    await recorder.scan()
    await recorder.scan()
    assert list(spool.folder.glob("**/*.ts")) == []
    objects.refuse = lambda key: None
    with pytest.raises(RecordingFailed, match="InternalServerException"):
        await recorder.finish(ENDED_AT, 0)
    found = objects.below("ivs/v1/0/c/r")
    failed = json.loads(found["events/recording-failed.json"])
    assert failed["recording_status"] == "RECORDING_ENDED_WITH_FAILURE"
    assert failed["recording_status_message"] == "InternalServerException"
    assert "events/recording-ended.json" not in found
    assert not spool.folder.exists()


async def test_a_full_disk_is_as_bad(
    spool: Spool, objects: MemoryObjects, executor: ThreadPoolExecutor
) -> None:
    recorder, _ = recorder_of(spool, objects, executor, min_free_bytes=1 << 62)
    encoded(spool, 6.0)
    await recorder.scan()
    encoded(spool, 6.0, first=1)
    await recorder.scan()
    assert list(spool.folder.glob("**/*.ts")) == []


async def test_a_recording_without_a_frame_fails(
    spool: Spool, objects: MemoryObjects, executor: ThreadPoolExecutor
) -> None:
    recorder, recording = recorder_of(spool, objects, executor)
    encoded(spool)
    with pytest.raises(RecordingFailed):
        await recorder.finish(ENDED_AT, 0)
    assert recording.duration_ms == 0
