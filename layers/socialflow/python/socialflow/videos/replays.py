"""From the recordings of a broadcast to its replay. Nothing is encoded: S3 copies the segments.

    wanted ─ one write: processing, or more footage ─ recordings read ─ segments copied
           ─ playlists, storyboard, poster ─ one write: →ready, or the longer set in place

A step that was cut off is done again by the next delivery of the event, or by the reconciler;
segments that are there already are not copied again. A set is named after its footage, so that
two of them never share a prefix, and whoever plays the shorter one goes on undisturbed.

9,000 objects (5 hours of 8-second segments in 4 rungs) by `COPY_THREADS` threads: S3 takes some
50 ms to copy a segment, so waiting makes 9,000 * 0.05 s / 64 = 7 s; a request costs 1.4 ms of a
processor (measured), 13 s on a whole one, 22 s on the 0.6 of one that 1 GB of memory buys. Of the
15 minutes that a function has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from socialflow.platform.clock import Clock
from socialflow.platform.ids import same_ulid
from socialflow.platform.observability import logger
from socialflow.platform.principal import UserId
from socialflow.videos.models import MediaSet, Status, Video, VideoId, Visibility, Zone, zone_for
from socialflow.videos.paths import prefix_of, set_prefix
from socialflow.videos.processing import MAX_RACES, STORYBOARD, VideoChangedTooOften
from socialflow.videos.recordings import ReadRecording, RecordingStorage
from socialflow.videos.records import recordings_from
from socialflow.videos.replay import Footage, Recording, Replay, footage_of
from socialflow.videos.replay_merge import MASTER, Merged, merge
from socialflow.videos.replay_repository import ReplayRepository
from socialflow.videos.replay_stills import Still, stills_of
from socialflow.videos.storage import COPY_THREADS, MediaStorage
from socialflow.videos.storyboard import cues_vtt, frame_name

PLAYLIST: Final = "application/vnd.apple.mpegurl"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedBroadcast:
    """A broadcast as its context tells of it: all recordings so far, in any order."""

    video_id: VideoId
    broadcast_id: str
    owner_id: UserId
    title: str
    description: str
    visibility: Visibility
    recordings: tuple[Recording, ...]
    poster_key: str | None


class ReplayService:
    """Makes replays and lets them grow. Safe to repeat, to stop half-way, to call out of order."""

    def __init__(
        self,
        replays: ReplayRepository,
        *,
        recordings: RecordingStorage,
        media: MediaStorage,
        clock: Clock,
    ) -> None:
        self._replays = replays
        self._recordings = recordings
        self._media = media
        self._clock = clock

    def recorded(self, broadcast: RecordedBroadcast) -> None:
        """There is a recording, or one more: make the replay, or make it longer."""
        footage = footage_of(broadcast.recordings, broadcast.poster_key)
        if not footage.recordings:
            return
        video = self._replays.want(self._new(broadcast, footage), footage)
        if video and _awaits(video, footage):
            self._build(video, footage)
        else:
            self._tidy(broadcast.video_id, footage, video)

    def build(self, video: Video) -> None:
        """Makes the replay of all the footage that is known of it."""
        if video.replay and _awaits(video, video.replay.footage):
            self._build(video, video.replay.footage)

    def _build(self, video: Video, footage: Footage) -> None:
        with ThreadPoolExecutor(COPY_THREADS) as pool:
            recordings = self._recordings.read(footage.recordings, pool)
            merged = merge([each.session for each in recordings]) if recordings else None
            if merged is None or merged.duration_ms < (video.duration_ms or 0):
                self._do_without(video, footage)
                return
            for _ in range(MAX_RACES):
                made = self._make(video, footage, merged, recordings, pool)
                now = self._replays.publish(
                    video, made, merged.sessions, extent=footage.extent
                ) or self._replays.get(video.id)
                if now is None or not _awaits(now, footage):
                    self._tidy(video.id, footage, now)
                    return
                # Its visibility changed, or its set was moved: once more, for where it belongs.
                video = now
        raise VideoChangedTooOften(video.id)

    def _make(
        self,
        video: Video,
        footage: Footage,
        merged: Merged,
        recordings: Sequence[ReadRecording],
        pool: Executor,
    ) -> MediaSet:
        """Writes the set where the visibility wants it; what is there of it already stays."""
        zone = zone_for(video.visibility)
        prefix = set_prefix(zone, video.id, footage.set_name, 1)
        stills = stills_of(merged.sessions, [each.thumbnails for each in recordings])
        posters = self._posters(footage, stills)
        frames = {frame_name(place): still.source for place, still in enumerate(stills)}
        copies = {
            prefix + name: source for name, source in {**merged.copies, **frames, **posters}.items()
        }
        missing = self._media.copy(copies, pool, done=set(self._media.keys_below(prefix)))
        lost = {key.removeprefix(prefix) for key in missing}
        if gaps := lost & merged.copies.keys():
            logger().error("segments missing", extra={"video_id": video.id, "count": len(gaps)})
        texts = [(name, text, PLAYLIST) for name, text in merged.playlists(missing=lost).items()]
        if stills:
            starts_ms = [each.starts_at_ms for each in stills]
            texts.append((STORYBOARD, cues_vtt(starts_ms, merged.duration_ms), "text/vtt"))
        list(pool.map(lambda each: self._media.put_text(prefix + each[0], *each[1:]), texts))
        return MediaSet(
            name=footage.set_name,
            zone=zone,
            generation=1,
            hls=MASTER,
            dash=None,
            poster=next((name for name in posters if name not in lost), None),
            storyboard=STORYBOARD if stills else None,
            renditions=merged.renditions,
        )

    def _posters(self, footage: Footage, stills: Sequence[Still]) -> dict[str, tuple[str, str]]:
        """Pictures for the poster, the preferred one first: the broadcast's own, else a still."""
        found: dict[str, tuple[str, str]] = {}
        if footage.poster_key:
            name = footage.poster_key.rpartition("/")[2]
            found[f"picture-{name}"] = (self._media.bucket, footage.poster_key)
        if stills:
            found["poster.jpg"] = stills[len(stills) // 2].source
        return found

    def _do_without(self, video: Video, footage: Footage) -> None:
        """Nothing is gained by this footage: its recordings have failed or are gone."""
        logger().warning("nothing to replay", extra={"video_id": video.id})
        if video.full:
            self._replays.settle_for_less(video, extent=footage.extent)
        else:
            self._replays.withdraw(video, extent=footage.extent)
        self._tidy(video.id, footage, video)

    def _tidy(self, video_id: str, footage: Footage, video: Video | None) -> None:
        """Removes what tries that were cut off or overtaken have left of this footage's set."""
        sets = video.sets if video and not video.deleted_at else ()
        shown = {prefix_of(video_id, each) for each in sets}
        for zone in Zone:
            prefix = set_prefix(zone, video_id, footage.set_name, 1)
            if prefix not in shown:
                self._media.delete_below(prefix)

    def _new(self, broadcast: RecordedBroadcast, footage: Footage) -> Video:
        now = self._clock()
        return Video(
            id=broadcast.video_id,
            owner_id=broadcast.owner_id,
            status=Status.PROCESSING,
            title=broadcast.title,
            description=broadcast.description,
            tags=(),
            visibility=broadcast.visibility,
            created_at=now,
            uploaded_at=now,
            replay=Replay(broadcast_id=broadcast.broadcast_id, footage=footage),
        )


def recorded_broadcast(data: Mapping[str, Any]) -> RecordedBroadcast:
    """Reads the data of a `BroadcastRecorded.v1`. The replay's id follows from the broadcast's."""
    return RecordedBroadcast(
        video_id=VideoId(same_ulid(data["broadcast_id"], "vid")),
        broadcast_id=data["broadcast_id"],
        owner_id=UserId(data["owner_id"]),
        title=data["title"],
        description=data["description"],
        visibility=Visibility(data["visibility"]),
        recordings=tuple(recordings_from(data["recordings"])),
        poster_key=data["poster_key"],
    )


def _awaits(video: Video, footage: Footage) -> bool:
    """Whether this footage is what the replay should be made of, and is not yet."""
    return (
        video.replay is not None
        and not video.deleted_at
        and video.status in (Status.PROCESSING, Status.READY)
        and video.replay.footage.extent == footage.extent
        and not video.replay.is_complete
    )
