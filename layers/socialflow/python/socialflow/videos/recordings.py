"""Recordings as IVS leaves them in S3 (IVS User Guide, "Auto-Record to Amazon S3").

Below a recording's prefix: `media/hls/master.m3u8`, `media/hls/<rendition>/playlist.m3u8` with
its segments, and `media/thumbnails/thumb<n>.jpg`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from socialflow.platform.observability import logger
from socialflow.videos.playlists import UnreadablePlaylist, Variant, parse_master, parse_media
from socialflow.videos.replay import Recording
from socialflow.videos.replay_merge import RecordedSession, Rung, recorded_session
from socialflow.videos.replay_stills import ordered_thumbnails
from socialflow.videos.storage import keys_below

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from mypy_boto3_s3 import S3Client

MAX_PLAYLIST_BYTES: Final = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class ReadRecording:
    """What can be played of a recording, and its thumbnails in order, by bucket and key."""

    session: RecordedSession
    thumbnails: tuple[tuple[str, str], ...]


class RecordingStorage:
    """Reads recordings; nothing is ever changed there."""

    def __init__(self, client: Callable[[], S3Client]) -> None:
        self._client = client

    def read(self, recordings: Sequence[Recording], pool: Executor) -> list[ReadRecording]:
        """Those that can be played, in the order given. Three reads one after the other."""
        masters = [pool.submit(self._variants, each) for each in recordings]
        pictures = [pool.submit(self._thumbnails, each) for each in recordings]
        rungs = [
            [pool.submit(self._rung, recording, variant) for variant in variants.result()]
            for recording, variants in zip(recordings, masters, strict=True)
        ]
        found = []
        for recording, parts, listed in zip(recordings, rungs, pictures, strict=True):
            # Waited for in any case: no call is under way when the read has ended.
            thumbnails = listed.result()
            session = recorded_session(recording, _results(parts))
            if session is None:
                logger().warning("nothing to play", extra={"recording": recording.key_prefix})
            else:
                found.append(ReadRecording(session, thumbnails))
        return found

    def _variants(self, recording: Recording) -> tuple[Variant, ...]:
        text = self._text(recording, "master.m3u8")
        try:
            return parse_master(text) if text is not None else ()
        except UnreadablePlaylist:
            logger().exception("unreadable", extra={"recording": recording.key_prefix})
            return ()

    def _rung(self, recording: Recording, variant: Variant) -> Rung | None:
        folder = variant.uri.rpartition("/")[0]
        text = self._text(recording, variant.uri)
        try:
            segments = parse_media(text) if text is not None else ()
        except UnreadablePlaylist:
            logger().exception(
                "unreadable", extra={"recording": recording.key_prefix, "rendition": variant.uri}
            )
            return None
        return Rung(variant=variant, folder=folder, segments=segments) if folder else None

    def _thumbnails(self, recording: Recording) -> tuple[tuple[str, str], ...]:
        prefix = f"{recording.key_prefix}/media/thumbnails/"
        keys = ordered_thumbnails(keys_below(self._client(), recording.bucket, prefix))
        return tuple((recording.bucket, key) for key in keys)

    def _text(self, recording: Recording, name: str) -> str | None:
        """A playlist below `media/hls/`; None where there is none."""
        from botocore.exceptions import ClientError

        key = f"{recording.key_prefix}/media/hls/{name}"
        try:
            found = self._client().get_object(Bucket=recording.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return found["Body"].read(MAX_PLAYLIST_BYTES).decode("utf-8", errors="replace")


def _results(parts: Sequence[Future[Rung | None]]) -> list[Rung]:
    return [rung for part in parts if (rung := part.result()) is not None]
