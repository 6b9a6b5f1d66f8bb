"""Carries a recording from its spool to S3: segments while live, playlists and the last at the end.

Uploading is resumed from the spool by whichever server comes next. What waits on disk is bounded:
when the store does not take it, the recording fails and what it would still write is dropped.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple

from infra.local.ivs.config import Config
from infra.local.ivs.objects import Objects, StorageFailed
from infra.local.ivs.recording_layout import (
    HLS,
    LATEST_THUMBNAIL,
    THUMBNAILS,
    master_playlist,
    media_playlist,
    metadata_document,
)
from infra.local.ivs.sessions import Recording
from infra.local.ivs.spool import Spool

__all__ = ["Recorder", "RecordingFailed"]

_LOG = logging.getLogger(__name__)
_RETRY_S = 0.25
_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")


class RecordingFailed(Exception):
    """`reason` is what the event says."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Recorder:
    """Belongs to the event loop; files and uploads are the executor's."""

    def __init__(
        self,
        config: Config,
        channel_arn: str,
        recording: Recording,
        spool: Spool,
        objects: Objects,
        executor: Executor,
    ) -> None:
        self._config = config
        self._channel_arn = channel_arn
        self._recording = recording
        self._spool = spool
        self._objects = objects
        self._executor = executor
        self._busy = asyncio.Lock()
        self._failed: str | None = None
        self._uploaded: dict[str, list[int]] = {}

    async def start(self) -> None:
        """Prove that the bucket takes it. Raises `RecordingFailed`."""
        document = metadata_document(
            self._channel_arn, self._recording, "RECORDING_STARTED", ended_at=None, message=""
        )
        try:
            await self._in_thread(self._put, "events/recording-started.json", document)
        except StorageFailed as failed:
            _LOG.warning("a recording cannot start: %s", failed)
            self._failed = "ValidationException" if failed.refused else "InternalServerException"
            raise RecordingFailed(self._failed) from failed

    async def scan(self) -> None:
        """Upload what became whole; what cannot be sent now waits for the next time."""
        async with self._busy:
            if self._failed:
                await self._in_thread(self._spool.drop_media)
                return
            try:
                await self._upload()
            except StorageFailed as failed:
                _LOG.warning("recording %s: %s", self._recording.prefix, failed)
            if self._failed is None and not await self._in_thread(self._has_room):
                _LOG.error("recording %s: no room for what waits", self._recording.prefix)
                self._failed = "InternalServerException"

    async def finish(self, ended_at: float, patience_s: float) -> None:
        """Upload the rest; the spool is gone after that. Raises `RecordingFailed`.

        Raises `StorageFailed` when the store did not take it in time: all is kept to try again.
        """
        deadline = time.monotonic() + patience_s
        while True:
            try:
                async with self._busy:
                    if self._failed is None:
                        await self._finish(ended_at)
                    else:
                        await self._tell_failure(ended_at, self._failed)
                break
            except StorageFailed as failed:
                if time.monotonic() > deadline:
                    raise
                _LOG.warning("recording %s: %s", self._recording.prefix, failed)
            await asyncio.sleep(_RETRY_S)
        await self.discard()
        if self._failed:
            raise RecordingFailed(self._failed)

    async def give_up(self, ended_at: float) -> None:
        """End a recording whose rest the store never took."""
        self._failed = self._failed or "InternalServerException"
        try:
            await self._tell_failure(ended_at, self._failed)
        except StorageFailed as failed:
            _LOG.warning("recording %s: %s", self._recording.prefix, failed)
        await self.discard()

    async def discard(self) -> None:
        await self._in_thread(self._spool.remove)

    async def _finish(self, ended_at: float) -> None:
        await self._upload()
        recording = self._recording
        recording.duration_ms = self._duration_ms()
        if not recording.duration_ms:
            self._failed = "InternalServerException"
            await self._tell_failure(ended_at, self._failed)
            return
        documents = {
            f"{HLS}/{rung.name}/playlist.m3u8": media_playlist(
                [segment for segment, _ in self._spool.segments(rung.name)]
            )
            for rung in recording.rungs
        }
        documents[f"{HLS}/master.m3u8"] = master_playlist(recording)
        await asyncio.gather(
            *(self._in_thread(self._put, key, text.encode()) for key, text in documents.items())
        )
        ended = metadata_document(
            self._channel_arn, recording, "RECORDING_ENDED", ended_at=ended_at, message=""
        )
        await self._in_thread(self._put, "events/recording-ended.json", ended)

    async def _tell_failure(self, ended_at: float, reason: str) -> None:
        self._recording.duration_ms = self._duration_ms()
        document = metadata_document(
            self._channel_arn,
            self._recording,
            "RECORDING_ENDED_WITH_FAILURE",
            ended_at=ended_at,
            message=reason,
        )
        await self._in_thread(self._put, "events/recording-failed.json", document)

    async def _upload(self) -> None:
        names = [rung.name for rung in self._recording.rungs]
        sent = await asyncio.gather(
            self._in_thread(self._upload_stills),
            *(self._in_thread(self._upload_rung, name) for name in names),
            return_exceptions=True,
        )
        for failed in sent:
            if isinstance(failed, BaseException):
                raise failed

    def _upload_rung(self, name: str) -> None:
        # The list of a long stream has thousands of entries, and this is asked twice a second.
        listed_at = self._spool.listed_at(name)
        if self._uploaded.get(name) == listed_at:
            return
        for segment, path in self._spool.segments(name):
            if path.exists():
                self._put(f"{HLS}/{name}/{segment.name}", path.read_bytes())
                path.unlink()
        self._uploaded[name] = listed_at

    def _upload_stills(self) -> None:
        wanted = self._recording.thumbnails or {}
        for number, path in self._spool.stills():
            body = path.read_bytes()
            if wanted.get("sequential"):
                self._put(f"{THUMBNAILS}/thumb{number}.jpg", body)
            if wanted.get("latest"):
                self._put(LATEST_THUMBNAIL, body)
            self._spool.mark_sent(path)

    def _duration_ms(self) -> int:
        best = self._recording.rungs[:1]
        segments = [one for rung in best for one, _ in self._spool.segments(rung.name)]
        return round(1000 * sum(segment.seconds for segment in segments))

    def _has_room(self) -> bool:
        free = shutil.disk_usage(self._spool.folder.parent).free
        return (
            self._spool.size_bytes() <= self._config.max_spool_bytes
            and free >= self._config.min_free_bytes
        )

    def _put(self, name: str, body: bytes) -> None:
        self._objects.put(self._recording.bucket, f"{self._recording.prefix}/{name}", body)

    async def _in_thread(self, call: Callable[[*_Args], _T], *arguments: *_Args) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, call, *arguments)
