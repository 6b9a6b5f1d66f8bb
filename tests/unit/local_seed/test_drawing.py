"""Every clip of the catalogue can be drawn, in its size and with or without sound."""

from dataclasses import replace
from pathlib import Path

import av
import pytest

from infra.local.seed.catalogue import CLIPS, PEOPLE, Clip
from infra.local.seed.drawing import DrawingFailed, draw


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.title)
def test_a_clip_is_what_the_catalogue_says(clip: Clip, tmp_path: Path) -> None:
    short = replace(clip, seconds=1, width=clip.width // 4 * 2, height=clip.height // 4 * 2)
    with av.open(str(draw(short, tmp_path))) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == (short.width, short.height)
        assert bool(container.streams.audio) is (clip.tone_hz is not None)
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(1, abs=0.2)


def test_what_was_drawn_is_kept(tmp_path: Path) -> None:
    clip = replace(CLIPS[0], seconds=1, width=64, height=36)
    path = draw(clip, tmp_path)
    drawn_at = path.stat().st_mtime_ns
    assert draw(clip, tmp_path).stat().st_mtime_ns == drawn_at


def test_a_clip_that_ffmpeg_cannot_draw(tmp_path: Path) -> None:
    with pytest.raises(DrawingFailed, match="no-such-source"):
        draw(replace(CLIPS[0], picture="no-such-source"), tmp_path)
    assert not list(tmp_path.glob("*.mp4"))


def test_the_catalogue_covers_what_creators_bring() -> None:
    owners = {person.handle for person in PEOPLE}
    assert {clip.owner for clip in CLIPS} == owners
    assert len({clip.file_name for clip in CLIPS}) == len(CLIPS)
    assert {clip.visibility for clip in CLIPS} == {"public", "unlisted", "private"}
    assert any(clip.height > clip.width for clip in CLIPS)
    assert any(clip.tone_hz is None for clip in CLIPS)
    assert any(clip.seconds > 60 for clip in CLIPS)
