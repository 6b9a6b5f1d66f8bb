"""What follows from people's decisions: media that moves between zones, remains that go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from socialflow.platform.clock import Clock
from socialflow.videos.models import JobKind, MediaSet, Status, Video, Zone, zone_for
from socialflow.videos.paths import prefix_of, set_prefix, source_key, video_prefix
from socialflow.videos.processing_repository import PREVIEW_KEPT, ProcessingRepository
from socialflow.videos.replay_repository import FORMER_KEPT
from socialflow.videos.storage import MediaStorage, SourceStorage
from socialflow.videos.transcoder import FIRST_ATTEMPT, Transcoder, set_name
from socialflow.videos.viewers_repository import ViewerRepository

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


class EdgeCache:
    """CloudFront's copies of what is no longer public."""

    def __init__(self, client: Callable[[], CloudFrontClient], distribution_id: str) -> None:
        self._client = client
        self._distribution_id = distribution_id

    def forget(self, prefix: str) -> None:
        """Invalidates everything below a prefix; the prefix names the request, so once."""
        if self._distribution_id:
            self._client().create_invalidation(
                DistributionId=self._distribution_id,
                InvalidationBatch={
                    "Paths": {"Quantity": 1, "Items": [f"/{prefix}*"]},
                    "CallerReference": prefix,
                },
            )


class HousekeepingService:
    """Purges and moves. Safe to repeat and to stop half-way."""

    def __init__(
        self,
        videos: ProcessingRepository,
        viewers: ViewerRepository,
        *,
        sources: SourceStorage,
        media: MediaStorage,
        transcoder: Transcoder,
        edge: EdgeCache,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._videos = videos
        self._viewers = viewers
        self._sources = sources
        self._media = media
        self._transcoder = transcoder
        self._edge = edge

    def discard(self, video_id: str) -> None:
        """Removes all that a deleted or failed video has; of a deleted one the rows, too.

        The row goes last: as long as it is there, the reconciler comes back to what is left.
        """
        video = self._videos.get(video_id)
        if video is not None and not video.deleted_at and video.status is not Status.FAILED:
            return
        if video is not None:
            for job_id in video.jobs.values():
                self._transcoder.cancel(job_id)
        if video is None or video.upload is not None:
            self._sources.abort(source_key(video_id))
            self._sources.delete(source_key(video_id))
        for zone in Zone:
            self._media.delete_below(video_prefix(zone, video_id))
        if video is None:
            return
        if video.deleted_at:
            self._edge.forget(video_prefix(Zone.PUBLIC, video_id))
            self._viewers.purge(video_id)
            self._videos.purge(video)
        else:
            self._videos.end_checks(video)

    def place_media(self, video_id: str) -> None:
        """Moves the sets of a video to the zone that its visibility asks for.

        Copy, point the row to the copy, delete what it pointed to. A set never comes back to a
        prefix that it had, so two moves at once cannot delete each other's copies.
        """
        for kind in JobKind:
            video = self._videos.get(video_id)
            if video is None or video.deleted_at:
                return
            media = video.full if kind is JobKind.FULL else video.preview
            if media is None:
                continue
            if media.zone is not zone_for(video.visibility):
                media = self._move(video, kind, media)
            self._remove_former(video, media)
        video = self._videos.get(video_id)
        if video and not video.misplaced_sets() and not video.is_open and not video.deleted_at:
            self._drop_spare_sets(video)

    def _drop_spare_sets(self, video: Video) -> None:
        """Removes what a ready video does not need, once nobody can be playing it any more.

        The row goes last; it shows the best set all the while.
        """
        if video.former:
            self._drop_former(video)
        elif video.has_preview:
            self._drop_preview(video)
        elif video.replay is None or video.replay.is_complete:
            self._videos.end_checks(video)

    def _drop_former(self, video: Video) -> None:
        """What a replay showed before it grew; at once where it may not be seen any more."""
        hidden = [each for each in video.former if each.zone is not zone_for(video.visibility)]
        kept = FORMER_KEPT - (self._clock() - (video.grown_at or self._clock()))
        if kept > timedelta(0) and not hidden:
            if video.replay and video.replay.is_complete:
                self._videos.put_off_check(video.id, kept)
            return
        for each in video.former:
            # With the copy that a move may have begun before the replay grew.
            for generation in range(1, each.generation + 2):
                for zone in Zone:
                    self._media.delete_below(set_prefix(zone, video.id, each.name, generation))
            if each in hidden and each.zone is Zone.PUBLIC:
                self._edge.forget(prefix_of(video.id, each))
        self._videos.forget_former(video)

    def _drop_preview(self, video: Video) -> None:
        kept = PREVIEW_KEPT - (self._clock() - (video.published_at or self._clock()))
        if kept > timedelta(0):
            self._videos.put_off_check(video.id, kept)
            return
        name = set_name(JobKind.PREVIEW, FIRST_ATTEMPT)
        for generation in range(1, (video.preview.generation if video.preview else 1) + 1):
            for zone in Zone:
                self._media.delete_below(set_prefix(zone, video.id, name, generation))
        self._videos.drop_preview(video)

    def _move(self, video: Video, kind: JobKind, media: MediaSet) -> MediaSet:
        moved = replace(media, zone=zone_for(video.visibility), generation=media.generation + 1)
        self._media.copy_prefix(prefix_of(video.id, media), prefix_of(video.id, moved))
        changed = self._videos.move_set(video, kind, moved) or self._videos.get(video.id)
        if changed is None or changed.deleted_at or moved not in changed.sets:
            # Deleted or overtaken while the copy was made, which nobody else may have seen.
            self._media.delete_below(prefix_of(video.id, moved))
        now = None if changed is None else changed.full if kind is JobKind.FULL else changed.preview
        return now or media

    def _remove_former(self, video: Video, media: MediaSet) -> None:
        """Deletes the earlier generations of a set that is now at `media`."""
        for zone in Zone:
            for generation in range(1, media.generation):
                before = replace(media, zone=zone, generation=generation)
                prefix = prefix_of(video.id, before)
                self._media.delete_below(prefix)
                if zone is Zone.PUBLIC:
                    self._edge.forget(prefix)
