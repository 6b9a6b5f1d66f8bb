"""Recordings as part of sessions: begun, carried on, ended, also those of a server that was killed.

A recording's state and the event that tells of it are one transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from infra.local.ivs.config import Config
from infra.local.ivs.events import RECORDING_CHANGE
from infra.local.ivs.ids import Ids
from infra.local.ivs.ingest_facts import audio_codec
from infra.local.ivs.ladder import rung_of_class
from infra.local.ivs.objects import Objects, StorageFailed
from infra.local.ivs.recorder import Recorder, RecordingFailed
from infra.local.ivs.recording_layout import recording_prefix
from infra.local.ivs.records import RecordingConfiguration
from infra.local.ivs.sessions import Recording, RecordingState, Session, Sessions
from infra.local.ivs.spool import Spool
from infra.local.ivs.transcode import Transcode, recorded_rungs

__all__ = ["Archive"]

_LOG = logging.getLogger(__name__)
_STOPPING_SECONDS = 3.0
_ENCODER_GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.05


class Archive:
    """Belongs to the event loop."""

    def __init__(
        self,
        config: Config,
        sessions: Sessions,
        objects: Objects,
        executor: Executor,
        ids: Ids,
        clock: Callable[[], float],
    ) -> None:
        self._config = config
        self._sessions = sessions
        self._objects = objects
        self._executor = executor
        self._ids = ids
        self._clock = clock
        self._recorders: dict[str, Recorder] = {}

    def spool_of(self, session: Session) -> Spool:
        return Spool(self._config.state / "spool" / session.stream_id)

    async def begin(
        self, session: Session, settings: RecordingConfiguration, transcode: Transcode
    ) -> None:
        """Prove the bucket, then tell of the recording."""
        recording = self._new(session, settings, transcode)
        recorder = self._recorder(session, recording)
        self._recorders[session.stream_id] = recorder
        try:
            await recorder.start()
        except RecordingFailed as failed:
            recording.state = RecordingState.FAILED
            session.recording = recording
            self._tell(session, recording, "Recording Start Failure", failed.reason)
            return
        session.recording = recording
        self._tell(session, recording, "Recording Start")

    async def scan(self, session: Session) -> None:
        """Upload what became whole."""
        recorder = self._recorders.get(session.stream_id)
        if recorder:
            await recorder.scan()

    async def end(self, session: Session, *, stopping: bool = False) -> None:
        """Upload the rest and tell of the end; without a recording, forget what was encoded.

        A server that is stopping leaves to the next what the store does not take soon.
        """
        recording = session.recording
        recorder = self._recorders.pop(session.stream_id, None)
        if recording is None or not recording.open:
            await asyncio.to_thread(self.spool_of(session).remove)
            return
        recorder = recorder or self._recorder(session, recording)
        ended_at = self._clock()
        patience_s = _STOPPING_SECONDS if stopping else self._config.recording_end_seconds
        try:
            await recorder.finish(ended_at, patience_s)
        except RecordingFailed as failed:
            recording.state = RecordingState.FAILED
            self._tell(session, recording, "Recording End Failure", failed.reason)
        except StorageFailed as unreachable:
            _LOG.error("recording %s: %s", recording.prefix, unreachable)
            if stopping:
                return
            await recorder.give_up(ended_at)
            recording.state = RecordingState.FAILED
            self._tell(session, recording, "Recording End Failure", "InternalServerException")
        else:
            recording.state = RecordingState.ENDED
            self._tell(session, recording, "Recording End")

    async def encoders_gone(self, session: Session) -> None:
        """Until the encoders of a killed server have closed their files."""
        spool = self.spool_of(session)
        for pid in spool.pids():
            for _ in range(round(_ENCODER_GRACE_SECONDS / _POLL_SECONDS)):
                if not _is_encoder(pid, spool.folder):
                    break
                await asyncio.sleep(_POLL_SECONDS)
            else:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(spool.salvage)

    def _new(
        self, session: Session, settings: RecordingConfiguration, transcode: Transcode
    ) -> Recording:
        now = self._clock()
        channel_id = session.channel_arn.rpartition("/")[2]
        rungs = list(recorded_rungs(transcode.rungs, settings))
        heard = (session.ingest or {}).get("audio", {}).get("codec", audio_codec(None))
        sound = f",{heard}" if transcode.has_sound else ""
        return Recording(
            bucket=settings.bucket,
            prefix=recording_prefix(
                self._config.account_id, channel_id, self._ids.resource_id(), now
            ),
            session_id=self._ids.recording_session_id(),
            started_at=transcode.first_frame_at or now,
            rungs=rungs,
            codecs=[transcode.timelines[rung.name].codecs + sound for rung in rungs],
            frame_rate=transcode.frame_rate,
            thumbnails=_thumbnails(settings, transcode),
        )

    def _recorder(self, session: Session, recording: Recording) -> Recorder:
        return Recorder(
            self._config,
            session.channel_arn,
            recording,
            self.spool_of(session),
            self._objects,
            self._executor,
        )

    def _tell(self, session: Session, recording: Recording, status: str, reason: str = "") -> None:
        detail = {
            "recording_status": status,
            "recording_status_reason": reason,
            "recording_s3_bucket_name": recording.bucket,
            "recording_s3_key_prefix": "" if status.endswith("Start Failure") else recording.prefix,
            "recording_duration_ms": recording.duration_ms,
            "recording_session_id": recording.session_id,
            "recording_session_stream_ids": [session.stream_id],
        }
        self._sessions.record(session, (RECORDING_CHANGE, detail))


def _thumbnails(settings: RecordingConfiguration, transcode: Transcode) -> dict[str, Any] | None:
    wanted = settings.thumbnails()
    if wanted is None:
        return None
    size = rung_of_class(transcode.rungs, wanted.resolution)
    return {
        "width": size.width,
        "height": size.height,
        "sequential": wanted.sequential,
        "latest": wanted.latest,
    }


def _is_encoder(pid: int, folder: Path) -> bool:
    """Whether that process is the one that writes there, and no later one of the same number."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return str(folder).encode() in command
