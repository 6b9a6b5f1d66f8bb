"""OBS Studio against the local ingest, where it is installed (it is 400 MB of Debian packages)."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.supervisor import LocalTarget
from tests.functional.broadcasting import Channel, play_replay
from tests.functional.obs_studio import IS_INSTALLED, RECONNECTING, STARTED, STOPPED, streaming
from tests.functional.people import register

pytestmark = pytest.mark.skipif(
    not IS_INSTALLED, reason="OBS is not installed: apt-get install obs-studio xvfb"
)


@pytest.fixture(scope="module")
def channel(target: LocalTarget) -> Channel:
    """One creator's channel; each test broadcasts on it in turn."""
    return Channel(register(target.origin, "obs"))


def test_it_streams_comes_back_by_itself_and_is_replayed(
    channel: Channel, target: LocalTarget, tmp_path: Path
) -> None:
    broadcast_id = channel.announce("From OBS")
    with streaming(
        tmp_path, server=channel.shown["ingest_url"], key=channel.stream_key()
    ) as encoder:
        channel.wait_until(broadcast_id, "live")
        assert STARTED in encoder.log
        target.kill_ivs()
        encoder.wait_until(RECONNECTING)
        channel.wait_for_sessions(broadcast_id, live=1, over=1)
        assert channel.broadcast(broadcast_id)["state"] == "live"
        encoder.close()
    channel.end(broadcast_id)

    video = channel.replay(broadcast_id, chapters=2)
    assert video["duration_ms"] > 1_000
    assert "#EXT-X-ENDLIST" in play_replay(video, {})


def test_a_wrong_key_is_told_to_whoever_streams(channel: Channel, tmp_path: Path) -> None:
    server = channel.shown["ingest_url"]
    with streaming(tmp_path, server=server, key=channel.stream_key()[:-1]) as encoder:
        encoder.wait_until(STOPPED)

        # OBS_OUTPUT_INVALID_STREAM: "Could not access the specified channel or stream key".
        assert "failed: -3" in encoder.log
        assert STARTED not in encoder.log
