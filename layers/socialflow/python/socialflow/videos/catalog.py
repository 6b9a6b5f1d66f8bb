"""Videos as people see them: shown, listed, edited, shared, deleted.

Reads go skeleton (the row) → rules (who may see it) → hydration (its owner's profile) →
presentation. What somebody may not see does not exist for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from socialflow.identity.facade import Profile, UserDirectory
from socialflow.platform.principal import Principal, UserId
from socialflow.videos.access import VideoAccess
from socialflow.videos.errors import ChannelNotFound, VideoEditedMeanwhile, VideoNotFound
from socialflow.videos.models import Video
from socialflow.videos.playback import Cookie, Playback, PlaybackService
from socialflow.videos.repository import VideoRepository
from socialflow.videos.viewers_repository import ViewerRepository

MAX_EDIT_RACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoView:
    """A video as one person sees it."""

    video: Video
    owner: Profile | None
    playback: Playback | None
    is_owner: bool


@dataclass(frozen=True, slots=True)
class VideoViewPage:
    """One page of videos, and the position to go on from."""

    views: tuple[VideoView, ...]
    next_position: str | None


class CatalogService:
    """What people read and change of videos that are there."""

    def __init__(
        self,
        videos: VideoRepository,
        viewers: ViewerRepository,
        *,
        directory: UserDirectory,
        playback: PlaybackService,
    ) -> None:
        self._videos = videos
        self._viewers = viewers
        self._access = VideoAccess(videos, viewers)
        self._directory = directory
        self._playback = playback

    def show(self, viewer: Principal | None, video_id: str) -> tuple[VideoView, tuple[Cookie, ...]]:
        """A video and the cookies to play it. Raises `VideoNotFound`."""
        video = self._access.visible(viewer, video_id)
        owner = self._directory.profiles([video.owner_id]).get(video.owner_id)
        return self._view(video, owner, viewer), self._playback.cookies_for(video)

    def present_own(self, owner: Principal, video: Video) -> VideoView:
        """A video that its owner has just changed, as the owner sees it."""
        profile = self._directory.profiles([owner.user_id]).get(owner.user_id)
        return self._view(video, profile, owner)

    def list_mine(self, owner: Principal, *, after: str | None, limit: int) -> VideoViewPage:
        """All videos of the caller, whatever their state, newest first."""
        page = self._videos.list_of_owner(owner.user_id, after=after, limit=limit)
        profile = self._directory.profiles([owner.user_id]).get(owner.user_id)
        return VideoViewPage(
            tuple(self._view(video, profile, owner) for video in page.videos), page.next_position
        )

    def list_channel(
        self, viewer: Principal | None, handle: str, *, after: str | None, limit: int
    ) -> VideoViewPage:
        """A channel's public videos, newest first. Raises `ChannelNotFound`."""
        profile = self._directory.by_handle(handle)
        if profile is None:
            raise ChannelNotFound(handle)
        page = self._videos.list_of_channel(profile.id, after=after, limit=limit)
        return VideoViewPage(
            tuple(self._view(video, profile, viewer) for video in page.videos), page.next_position
        )

    def edit(
        self,
        owner: Principal,
        video_id: str,
        changes: Mapping[str, object],
        *,
        expected_edits: int | None,
    ) -> VideoView:
        """Changes title, description, tags or visibility.

        Raises `VideoEditedMeanwhile` where `expected_edits` is no longer the current number.
        """
        for _ in range(MAX_EDIT_RACES):
            video = self._owned(owner, video_id)
            if expected_edits is not None and video.edits != expected_edits:
                break
            edited = self._videos.edit(video, changes, expected_edits=expected_edits)
            if edited:
                return self.present_own(owner, edited)
        raise VideoEditedMeanwhile(
            "This video was changed since you read it; read it again and repeat your change.",
            video_id=video_id,
        )

    def delete(self, owner: Principal, video_id: str) -> None:
        """Takes the video away from everybody at once; its objects go shortly after."""
        video = self._owned(owner, video_id)
        if self._videos.mark_deleted(video) is None:
            raise VideoNotFound(video_id)

    def share(self, owner: Principal, video_id: str, handle: str) -> Profile:
        """Names somebody who may watch while the video is private."""
        video = self._owned(owner, video_id)
        profile = self._named(handle)
        self._viewers.add(video.id, profile.id)
        return profile

    def unshare(self, owner: Principal, video_id: str, handle: str) -> None:
        """Takes the name off again."""
        video = self._owned(owner, video_id)
        self._viewers.remove(video.id, self._named(handle).id)

    def list_shared(
        self, owner: Principal, video_id: str, *, after: str | None, limit: int
    ) -> tuple[Sequence[Profile], str | None]:
        """The people whom the owner named."""
        video = self._owned(owner, video_id)
        ids, position = self._viewers.list(video.id, after=after, limit=limit)
        profiles = self._directory.profiles(list(ids))
        return [profiles[each] for each in ids if each in profiles], position

    def _owned(self, owner: Principal, video_id: str) -> Video:
        video = self._videos.get(video_id, consistent=True)
        if video is None or video.deleted_at or video.owner_id != owner.user_id:
            raise VideoNotFound(video_id)
        return video

    def _named(self, handle: str) -> Profile:
        profile = self._directory.by_handle(handle)
        if profile is None:
            raise ChannelNotFound(handle)
        return profile

    def _view(self, video: Video, owner: Profile | None, viewer: Principal | None) -> VideoView:
        viewer_id: UserId | None = viewer.user_id if viewer else None
        return VideoView(
            video=video,
            owner=owner,
            playback=self._playback.of(video),
            is_owner=viewer_id == video.owner_id,
        )
