"""One job from its source to its manifests."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from infra.local.mediaconvert.errors import JobFailed
from infra.local.mediaconvert.ffmpeg_command import TIMELINE, SourceTraits, ffmpeg_argv
from infra.local.mediaconvert.ffmpeg_process import run_ffmpeg
from infra.local.mediaconvert.manifests import manifests_of
from infra.local.mediaconvert.objects import ObjectMissing, ObjectStore, StorageFailed
from infra.local.mediaconvert.plan import JobPlan, S3Location
from infra.local.mediaconvert.prober import MediaUnreadable, Probed
from infra.local.mediaconvert.publish import Publisher
from infra.local.mediaconvert.sources import Sources
from infra.local.mediaconvert.timeline import Track, read_tracks

__all__ = ["Progress", "Transcoder"]

_SCAN_EVERY_TICKS = 3


class Progress(Protocol):
    """How a running job reports, and learns that it must stop (by an exception from `tick`)."""

    def phase(self, name: str) -> None: ...

    def percent(self, value: int) -> None: ...

    def tick(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Transcoder:
    """Runs jobs with one ffmpeg and one scratch directory, a folder in it for each job."""

    ffmpeg: str
    scratch: Path
    sources: Sources
    store: ObjectStore
    max_job_seconds: float

    def run(self, job_id: str, plan: JobPlan, progress: Progress) -> list[dict[str, Any]]:
        """Transcode; the answer is COMPLETE's `outputGroupDetails`.

        Raises `JobFailed`, or whatever `progress.tick` raises. Nothing stays in the scratch
        directory; objects already uploaded stay, as the service leaves them.
        """
        directory = self.scratch / job_id
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        try:
            progress.phase("PROBING")
            with self.sources.open(plan.source, self.store) as source:
                probed = self.sources.probe(source)
                _check(plan, probed)
                return self._encode(plan, probed, source.path, directory, progress)
        except MediaUnreadable as refused:
            raise JobFailed(JobFailed.UNREADABLE_INPUT, f"{plan.source}: {refused}") from refused
        except ObjectMissing as missing:
            raise JobFailed(JobFailed.INPUT_NOT_FOUND, str(missing)) from missing
        except StorageFailed as failed:
            code = JobFailed.ACCESS_DENIED if failed.denied else JobFailed.STORAGE
            raise JobFailed(code, str(failed)) from failed
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def _encode(
        self,
        plan: JobPlan,
        probed: Probed,
        path: Path,
        directory: Path,
        progress: Progress,
    ) -> list[dict[str, Any]]:
        rate = plan.frame_rate or probed.frame_rate
        publisher = Publisher(plan, directory, self.store)
        ticks = 0

        def on_tick() -> None:
            nonlocal ticks
            ticks += 1
            progress.tick()
            if ticks % _SCAN_EVERY_TICKS == 0:
                publisher.scan()

        def on_progress(written_s: float) -> None:
            if probed.duration_s:
                progress.percent(min(98, int(written_s / probed.duration_s * 98)))

        try:
            progress.phase("TRANSCODING")
            run_ffmpeg(
                ffmpeg_argv(self.ffmpeg, plan, SourceTraits(probed.frame_rate), path),
                directory,
                timeout_s=self.max_job_seconds,
                on_progress=on_progress,
                on_tick=on_tick,
            )
            progress.phase("UPLOADING")
            publisher.finish_media()
            tracks = _tracks(plan, directory, publisher.sizes)
            publisher.finish_manifests(manifests_of(plan, tracks, rate, publisher.base))
        finally:
            publisher.close()
        progress.tick()
        return _details(plan, tracks, publisher.last_still)


def _check(plan: JobPlan, probed: Probed) -> None:
    if not probed.has_video:
        raise JobFailed(JobFailed.INVALID_INPUT, f"{plan.source}: no video stream in the input")
    wanted = max((sound.track for sound in plan.audio), default=0)
    if wanted > probed.audio_track_count:
        raise JobFailed(
            JobFailed.INVALID_INPUT,
            f"{plan.source}: audio track {wanted} of {probed.audio_track_count} does not exist",
        )


def _tracks(plan: JobPlan, directory: Path, sizes: dict[str, int]) -> list[Track]:
    manifest = directory / TIMELINE
    tracks = read_tracks(manifest, sizes) if manifest.exists() else []
    expected = len(plan.video) + len(plan.audio)
    if len(tracks) != expected or not all(track.segments for track in tracks):
        raise JobFailed(JobFailed.TRANSCODER, "the input holds no frame that can be decoded")
    return tracks


def _details(
    plan: JobPlan, tracks: list[Track], last_still: dict[int, S3Location]
) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = []
    for number, track in enumerate(tracks):
        output: dict[str, Any] = {"durationInMs": round(track.duration_s * 1000)}
        if number < len(plan.video):
            rung = plan.video[number]
            output["videoDetails"] = {
                "widthInPx": rung.width,
                "heightInPx": rung.height,
                "averageBitrate": track.average_bps,
            }
        outputs.append(output)
    details: list[dict[str, Any]] = [
        {
            "type": "CMAF_GROUP",
            "playlistFilePaths": [f"{plan.destination}.m3u8", f"{plan.destination}.mpd"],
            "outputDetails": outputs,
        }
    ]
    for number, still in enumerate(plan.captures):
        if number in last_still:
            details.append(
                {
                    "type": "FILE_GROUP",
                    "outputDetails": [
                        {
                            "outputFilePaths": [str(last_still[number])],
                            "durationInMs": outputs[0]["durationInMs"],
                            "videoDetails": {
                                "widthInPx": still.width,
                                "heightInPx": still.height,
                            },
                        }
                    ],
                }
            )
    return details
