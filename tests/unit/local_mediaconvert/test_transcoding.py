"""Real ffmpeg on every kind of source: what comes out can be played, by HLS and by DASH."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from infra.local.mediaconvert.errors import JobFailed
from infra.local.mediaconvert.plan import plan_of
from infra.local.mediaconvert.prober import MediaUnreadable, probe_file
from infra.local.mediaconvert.sources import Sources
from infra.local.mediaconvert.transcode import Transcoder
from infra.local.service.ffmpeg import find_ffmpeg
from socialflow.videos.failures import SourceRejected
from socialflow.videos.ladder import ladder_for
from socialflow.videos.probe import SourceInfo, probe_source
from socialflow.videos.transcode_events import TranscodeResult, parse_complete
from tests import media
from tests.unit.local_mediaconvert.fakes import MemoryObjects, QuietProgress
from tests.unit.local_mediaconvert.jobs import SOURCE_URL, full_request, on_the_wire
from tests.unit.local_mediaconvert.playback import (
    decode_playlist,
    decode_with_ffmpeg,
    playlist_seconds,
    sound_playlists,
    variants,
)
from tests.unit.local_mediaconvert.wire import parsed_probe

_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Outcome:
    """A finished job, its objects written to `folder`."""

    source: SourceInfo
    result: TranscodeResult
    folder: Path
    objects: MemoryObjects
    progress: QuietProgress


def transcode(path: Path, folder: Path, objects: MemoryObjects | None = None) -> Outcome:
    objects = objects or MemoryObjects()
    objects.put(SOURCE_URL, path.read_bytes())
    source = probe_source(parsed_probe(probe_file(path, 30).result), "application/octet-stream")
    state = folder / f"state{next(_NUMBERS)}"
    progress = QuietProgress()
    transcoder = Transcoder(
        ffmpeg=find_ffmpeg(),
        scratch=state / "scratch",
        sources=Sources(state / "sources", 10**9, 30),
        store=objects,
        max_job_seconds=120,
    )
    request = on_the_wire(full_request(source))
    try:
        details = transcoder.run("job", plan_of(request["settings"]), progress)
    finally:
        assert list((state / "scratch").iterdir()) == []
    for name, body in objects.objects.items():
        written = folder / Path(name.removeprefix("s3://"))
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_bytes(body)
    result = parse_complete({"outputGroupDetails": json.loads(json.dumps(details))})
    return Outcome(source, result, folder / "media", objects, progress)


@pytest.mark.parametrize("kind", media.SOURCES)
def test_every_source_becomes_playable(kind: str, tmp_path: Path) -> None:
    outcome = transcode(media.SOURCES[kind](), tmp_path)
    source, result = outcome.source, outcome.result
    master = outcome.folder / result.hls_key

    rungs = ladder_for(source)
    assert [(one.width, one.height) for one in result.renditions] == [
        (rung.width, rung.height) for rung in rungs
    ]
    assert [attributes["RESOLUTION"] for attributes, _ in variants(master)] == [
        f"{rung.width}x{rung.height}" for rung in rungs
    ]
    for (attributes, playlist), rung in zip(variants(master), rungs, strict=True):
        decoded = decode_playlist(playlist)
        assert (decoded.width, decoded.height) == (rung.width, rung.height)
        assert decoded.first_s == pytest.approx(0, abs=0.001)
        assert decoded.end_s == pytest.approx(source.duration_ms / 1000, abs=0.15)
        assert playlist_seconds(playlist) == pytest.approx(decoded.end_s, abs=0.05)
        assert float(attributes["FRAME-RATE"]) == pytest.approx(
            decoded.frames / decoded.end_s, rel=0.02
        )
        assert int(attributes["BANDWIDTH"]) >= int(attributes["AVERAGE-BANDWIDTH"]) > 0
    assert len(sound_playlists(master)) == int(source.has_audio)
    for playlist in sound_playlists(master):
        decoded = decode_playlist(playlist)
        assert decoded.first_s == pytest.approx(0, abs=0.03)
        assert decoded.end_s == pytest.approx(source.duration_ms / 1000, abs=0.15)
    assert decode_with_ffmpeg(master) == ""
    assert decode_with_ffmpeg(outcome.folder / result.dash_key) == ""


@pytest.mark.parametrize("kind", media.BROKEN_SOURCES)
def test_every_broken_source_is_refused_by_its_code(kind: str) -> None:
    make, code = media.BROKEN_SOURCES[kind]
    try:
        probed = probe_file(make(), 30)
    except MediaUnreadable:
        assert code == "unreadable_media"
        return
    with pytest.raises(SourceRejected) as refused:
        probe_source(parsed_probe(probed.result), "video/mp4")
    assert refused.value.code == code


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return transcode(media.long_landscape(), tmp_path_factory.mktemp("long"))


class TestWhatIsWritten:
    def test_segments_of_all_rungs_start_together(self, outcome: Outcome) -> None:
        durations = {
            tuple(line for line in playlist.read_text().splitlines() if line.startswith("#EXTINF"))
            for _, playlist in variants(outcome.folder / outcome.result.hls_key)
        }
        assert durations == {("#EXTINF:4.000000,",) * 3}

    def test_playlists_are_complete_vod(self, outcome: Outcome) -> None:
        master = outcome.folder / outcome.result.hls_key
        assert "#EXT-X-INDEPENDENT-SEGMENTS" in master.read_text()
        for _, playlist in variants(master):
            lines = playlist.read_text().splitlines()
            assert "#EXT-X-PLAYLIST-TYPE:VOD" in lines
            assert "#EXT-X-INDEPENDENT-SEGMENTS" in lines
            assert "#EXT-X-TARGETDURATION:4" in lines
            assert lines[-1] == "#EXT-X-ENDLIST"

    def test_every_segment_begins_with_a_key_frame(self, outcome: Outcome) -> None:
        for _, playlist in variants(outcome.folder / outcome.result.hls_key):
            base = playlist.name.removesuffix(".m3u8")
            head = (playlist.parent / f"{base}init.cmfv").read_bytes()
            for number in (1, 2, 3):
                alone = playlist.parent / "alone.mp4"
                segment = playlist.parent / f"{base}_{number:09d}.cmfv"
                alone.write_bytes(head + segment.read_bytes())
                with av.open(str(alone)) as container:
                    assert next(container.demux(video=0)).is_keyframe

    def test_manifests_go_last_and_the_master_after_all(self, outcome: Outcome) -> None:
        kinds = [Path(key).suffix for key in outcome.objects.order]
        first_manifest = next(n for n, kind in enumerate(kinds) if kind in (".m3u8", ".mpd"))
        assert set(kinds[first_manifest:]) == {".m3u8", ".mpd"}
        assert outcome.objects.order[-1].endswith("/stream.m3u8")

    def test_content_types(self, outcome: Outcome) -> None:
        types = outcome.objects.content_types
        assert types["s3://media/" + outcome.result.hls_key] == "application/vnd.apple.mpegurl"
        assert types["s3://media/" + outcome.result.dash_key] == "application/dash+xml"
        assert types[f"s3://media/{outcome.result.poster_key}"] == "image/jpeg"

    def test_a_frame_a_second_for_the_storyboard(self, outcome: Outcome) -> None:
        frames = sorted((outcome.folder / outcome.result.hls_key).parent.glob("frames.*.jpg"))
        assert [path.name for path in frames] == [
            f"frames.{number:07d}.jpg" for number in range(outcome.result.storyboard_frame_count)
        ]
        assert len(frames) == 12

    def test_the_poster_is_a_picture_from_inside_the_video(self, outcome: Outcome) -> None:
        assert outcome.result.poster_key is not None
        assert outcome.result.poster_key.endswith("poster.0000001.jpg")
        with av.open(str(outcome.folder / outcome.result.poster_key)) as container:
            frame = next(container.decode(video=0))
            assert (frame.width, frame.height) == (640, 360)

    def test_progress_goes_through_the_phases_and_forward(self, outcome: Outcome) -> None:
        assert outcome.progress.phases == ["PROBING", "TRANSCODING", "UPLOADING"]
        assert outcome.progress.percents == sorted(outcome.progress.percents)
        assert 50 < outcome.progress.percents[-1] <= 98


class TestFailing:
    def failure(self, run: Callable[[], Any]) -> JobFailed:
        with pytest.raises(JobFailed) as failed:
            run()
        return failed.value

    def test_a_source_that_is_gone(self, tmp_path: Path) -> None:
        transcoder = Transcoder(
            find_ffmpeg(),
            tmp_path / "scratch",
            Sources(tmp_path / "sources", 10**9, 30),
            MemoryObjects(),
            60,
        )
        plan = plan_of(on_the_wire(full_request())["settings"])
        failed = self.failure(lambda: transcoder.run("job", plan, QuietProgress()))
        assert failed.code == JobFailed.INPUT_NOT_FOUND

    def test_an_output_bucket_that_refuses(self, tmp_path: Path) -> None:
        objects = MemoryObjects()
        objects.refuse = lambda key: key.endswith(".cmfv")
        failed = self.failure(lambda: transcode(media.landscape(), tmp_path, objects))
        assert failed.code == JobFailed.ACCESS_DENIED
        assert not any(key.endswith((".m3u8", ".mpd")) for key in objects.order)

    def test_a_whole_index_over_nothing(self, tmp_path: Path) -> None:
        data = bytearray(media.landscape().read_bytes())
        start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
        data[start:end] = bytes(end - start)
        path = tmp_path / "hollow.mp4"
        path.write_bytes(data)
        failed = self.failure(lambda: transcode(path, tmp_path))
        assert failed.code == JobFailed.TRANSCODER

    def test_too_long_a_job_is_stopped(self, tmp_path: Path) -> None:
        objects = MemoryObjects()
        objects.put(SOURCE_URL, media.long_landscape().read_bytes())
        transcoder = Transcoder(
            find_ffmpeg(),
            tmp_path / "scratch",
            Sources(tmp_path / "sources", 10**9, 30),
            objects,
            0.2,
        )
        plan = plan_of(on_the_wire(full_request())["settings"])
        failed = self.failure(lambda: transcoder.run("job", plan, QuietProgress()))
        assert failed.code == JobFailed.TOOK_TOO_LONG
        assert list((tmp_path / "scratch").iterdir()) == []


def test_a_source_is_downloaded_and_probed_once(tmp_path: Path) -> None:
    objects = MemoryObjects()
    objects.put(SOURCE_URL, media.landscape().read_bytes())
    sources = Sources(tmp_path / "sources", 10**9, 30)
    plan = plan_of(on_the_wire(full_request())["settings"])
    with sources.open(plan.source, objects) as first:
        probed = sources.probe(first)
    with sources.open(plan.source, objects) as second:
        assert sources.probe(second) is probed
    assert objects.downloads == 1


def test_old_copies_of_sources_make_room(tmp_path: Path) -> None:
    objects = MemoryObjects()
    sources = Sources(tmp_path / "sources", 1000, 30)
    plan = plan_of(on_the_wire(full_request())["settings"])
    objects.put(SOURCE_URL, b"a" * 800)
    with sources.open(plan.source, objects) as first:
        assert first.path.read_bytes() == b"a" * 800
        objects.put(SOURCE_URL, b"b" * 800)
        with sources.open(plan.source, objects) as second:
            assert second.path.read_bytes() == b"b" * 800
            assert first.path.exists()
    assert len(list((tmp_path / "sources").iterdir())) == 1
