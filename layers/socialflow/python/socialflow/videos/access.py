"""Who may know of a video: the one rule by which it is shown, played and read about."""

from __future__ import annotations

from socialflow.platform.principal import Principal
from socialflow.videos.errors import VideoNotFound
from socialflow.videos.models import Status, Video, Visibility
from socialflow.videos.repository import VideoRepository
from socialflow.videos.viewers_repository import ViewerRepository


class VideoAccess:
    """Finds videos for people. What somebody may not see does not exist for them."""

    def __init__(self, videos: VideoRepository, viewers: ViewerRepository) -> None:
        self._videos = videos
        self._viewers = viewers

    def visible(self, viewer: Principal | None, video_id: str) -> Video:
        """The video, for one who may watch it. Raises `VideoNotFound`.

        One read; a second one for somebody else's private video.
        """
        video = self._videos.get(video_id)
        if video is None or video.deleted_at:
            raise VideoNotFound(video_id)
        if viewer and viewer.user_id == video.owner_id:
            return video
        # To others a video is there once it plays, and never once it has failed.
        if video.playable is None or video.status is Status.FAILED:
            raise VideoNotFound(video_id)
        if video.visibility is Visibility.PRIVATE and not self._is_named(viewer, video_id):
            raise VideoNotFound(video_id)
        return video

    def _is_named(self, viewer: Principal | None, video_id: str) -> bool:
        return viewer is not None and self._viewers.has(video_id, viewer.user_id)
