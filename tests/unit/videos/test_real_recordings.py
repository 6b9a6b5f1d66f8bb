"""Two real sessions, recorded as MPEG-TS by ffmpeg, merged and decoded from end to end."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import av
import pytest

from socialflow.platform.aws import client
from socialflow.platform.principal import Principal
from socialflow.videos.paths import prefix_of
from socialflow.videos.replay import Recording
from tests.media import ffmpeg
from tests.recordings import FRAME_RATE, record_session
from tests.unit.videos.m3u8_check import check_master, check_media
from tests.unit.videos.recorded import REPLAY_ID, a_broadcast, a_recording
from tests.unit.videos.world import MEDIA, RECORDINGS, VideosWorld

FIRST_SECONDS, SECOND_SECONDS = 5, 3
TOTAL_FRAMES = (FIRST_SECONDS + SECOND_SECONDS) * FRAME_RATE
LADDERS = {"first": ((640, 360), (320, 180)), "second": ((320, 180),)}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`first/` and `second/`, each as below a recording's prefix; the second has a rung less."""
    root = tmp_path_factory.mktemp("recorded")
    for session, seconds in (("first", FIRST_SECONDS), ("second", SECOND_SECONDS)):
        record_session(root / session, seconds, LADDERS[session])
    return root


@pytest.fixture
def replay(world: VideosWorld, ann: Principal, recorded: Path, tmp_path: Path) -> Path:
    """The replay's set, as a player would download it."""
    recordings = [_put(recorded / "first", 1), _put(recorded / "second", 2)]
    world.replays.recorded(a_broadcast(ann, *recordings))
    video = world.rows.get(REPLAY_ID)
    assert video
    assert video.full
    assert video.duration_ms == pytest.approx(
        TOTAL_FRAMES * 1000 / FRAME_RATE, abs=1000 / FRAME_RATE
    )
    prefix = prefix_of(video.id, video.full)
    for key in world.objects():
        target = tmp_path / key.removeprefix(prefix)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(client("s3").get_object(Bucket=MEDIA, Key=key)["Body"].read())
    return tmp_path


@pytest.mark.parametrize(("rung", "sizes"), [("360p", [360, 180]), ("180p", [180, 180])])
def test_every_frame_of_every_rung_decodes(replay: Path, rung: str, sizes: list[int]) -> None:
    heights: list[int] = []
    with av.open(str(replay / f"{rung}.m3u8")) as container:
        for frame in container.decode(video=0):
            heights.append(frame.height)
    assert len(heights) == TOTAL_FRAMES
    assert (
        heights
        == [sizes[0]] * FIRST_SECONDS * FRAME_RATE + [sizes[1]] * SECOND_SECONDS * FRAME_RATE
    )


@pytest.mark.parametrize("rung", ["360p", "180p"])
def test_a_player_meets_no_gap_and_no_error(replay: Path, rung: str) -> None:
    """ffmpeg follows discontinuities as players do: what it writes has one timeline."""
    done = subprocess.run(  # noqa: S603 - our own program
        [
            *(ffmpeg(), "-loglevel", "level+info", "-i", str(replay / f"{rung}.m3u8")),
            *("-map", "0:v", "-vf", "showinfo", "-fps_mode", "passthrough", "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = [float(found) for found in re.findall(r"pts_time:([\d.]+)", done.stderr)]
    assert len(seconds) == TOTAL_FRAMES
    steps = [later - earlier for earlier, later in pairwise(seconds)]
    # One frame to the next everywhere; where the encoder came back, sound may end a bit later.
    assert max(steps) < 2.5 / FRAME_RATE
    assert min(steps) > 0
    # Warnings there may be: ffmpeg counts TS packets on across a discontinuity, unlike players.
    assert "[error]" not in done.stderr
    assert "[fatal]" not in done.stderr


def test_lengths_add_up_in_every_rung(replay: Path) -> None:
    rungs = check_master((replay / "stream.m3u8").read_text())
    assert [each["RESOLUTION"] for each in rungs] == ["640x360", "320x180"]
    for each in rungs:
        found = check_media((replay / each["uri"]).read_text())
        assert sum(found.durations) == pytest.approx(TOTAL_FRAMES / FRAME_RATE, abs=1 / FRAME_RATE)
        assert len(found.cuts) == 1
        assert [(replay / uri).is_file() for uri in found.uris] == [True] * len(found.uris)


def _put(folder: Path, number: int) -> Recording:
    recording = a_recording(number)
    for path in folder.rglob("*.*"):
        client("s3").put_object(
            Bucket=RECORDINGS,
            Key=f"{recording.key_prefix}/{path.relative_to(folder)}",
            Body=path.read_bytes(),
        )
    return recording
