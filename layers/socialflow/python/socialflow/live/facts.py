"""What IVS's events say, read into partial accounts of a stream.

Shapes: "Using Amazon EventBridge with IVS", Amazon IVS User Guide. `Session Created` says nothing
that `Stream Start` does not say better, so it is left alone, and so is whatever is new there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from socialflow.live.models import CHANNEL_PREFIX
from socialflow.live.sessions import Incident, IncidentKind, Recording, RecordingStatus, Session

STATE_CHANGE: Final = "IVS Stream State Change"
HEALTH_CHANGE: Final = "IVS Stream Health Change"
LIMIT_BREACH: Final = "IVS Limit Breach"
RECORDING_CHANGE: Final = "IVS Recording State Change"
_MAX_TEXT: Final = 200
_HEALTH: Final = {
    "Starvation Start": (IncidentKind.STARVATION_START, "No video comes from the encoder."),
    "Starvation End": (IncidentKind.STARVATION_END, "Video comes from the encoder again."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFact:
    """Something that IVS said of a stream of a channel, at `at`."""

    channel_id: str
    channel_arn: str
    at: datetime
    session: Session
    incidents: tuple[Incident, ...] = ()


def stream_fact(envelope: Mapping[str, Any]) -> StreamFact | None:
    """What a state, health or limit event says; None for what is not ours or says nothing."""
    detail, at = envelope["detail"], _moment(str(envelope["time"]))
    stream_id = str(detail.get("stream_id", ""))
    session = Session(stream_id=stream_id)
    incidents: tuple[Incident, ...] = ()
    match envelope["detail-type"], detail.get("event_name"):
        case str(kind), "Stream Start" if kind == STATE_CHANGE:
            session = Session(stream_id=stream_id, started_at=at)
        case str(kind), "Stream End" if kind == STATE_CHANGE:
            session = Session(stream_id=stream_id, ended_at=at)
        case str(kind), "Session Ended" if kind == STATE_CHANGE:
            session = Session(stream_id=stream_id, disconnected_at=at)
        case str(kind), "Stream Failure" if kind == STATE_CHANGE:
            session = Session(stream_id=stream_id, failed=True)
            reason = str(detail.get("reason") or "IVS could not process the stream.")
            incidents = (_incident(at, IncidentKind.STREAM_FAILURE, reason),)
        case str(kind), str(name) if kind == HEALTH_CHANGE and name in _HEALTH:
            incidents = (_incident(at, *_HEALTH[name]),)
        case str(kind), _ if kind == LIMIT_BREACH:
            incidents = (_incident(at, IncidentKind.LIMIT_BREACH, _breach(detail)),)
        case _:
            return None
    return _fact(envelope, at, session, incidents)


def recording_fact(
    envelope: Mapping[str, Any], *, started_at: datetime | None = None
) -> StreamFact | None:
    """What a recording event says; `started_at` is the first frame's time where that is known."""
    detail, at = envelope["detail"], _moment(str(envelope["time"]))
    duration_ms = int(detail.get("recording_duration_ms") or 0)
    incidents: tuple[Incident, ...] = ()
    match detail.get("recording_status"):
        case "Recording Start":
            status, began = RecordingStatus.STARTED, started_at or at
        case "Recording End":
            status = RecordingStatus.ENDED
            began = started_at or at - timedelta(milliseconds=duration_ms)
        case "Recording Start Failure" | "Recording End Failure":
            status, began = RecordingStatus.FAILED, started_at or at
            reason = str(detail.get("recording_status_reason") or "The recording failed.")
            incidents = (_incident(at, IncidentKind.RECORDING_FAILURE, reason),)
        case _:
            return None
    bucket, prefix = recording_place(envelope)
    recording = Recording(
        status=status,
        duration_ms=duration_ms,
        bucket=bucket,
        key_prefix=prefix,
        started_at=began,
    )
    # A recording that failed to start has no place, and says nothing of when the stream began.
    failed = status is RecordingStatus.FAILED
    session = Session(
        stream_id=str(detail.get("stream_id", "")), recording=None if failed else recording
    )
    return _fact(envelope, at, session, incidents)


def recording_place(envelope: Mapping[str, Any]) -> tuple[str, str]:
    """The bucket and the key prefix of a recording, without a slash at its end."""
    detail = envelope["detail"]
    bucket = str(detail.get("recording_s3_bucket_name", ""))
    return bucket, str(detail.get("recording_s3_key_prefix", "")).strip("/")


def _fact(
    envelope: Mapping[str, Any],
    at: datetime,
    session: Session,
    incidents: tuple[Incident, ...],
) -> StreamFact | None:
    channel_id = str(envelope["detail"].get("channel_name", ""))
    resources = envelope.get("resources") or []
    if not session.stream_id or not resources or not channel_id.startswith(f"{CHANNEL_PREFIX}_"):
        return None
    return StreamFact(
        channel_id=channel_id,
        channel_arn=str(resources[0]),
        at=at,
        session=session,
        incidents=incidents,
    )


def _incident(at: datetime, kind: IncidentKind, text: str) -> Incident:
    return Incident(at=at, kind=kind, text=text[:_MAX_TEXT])


def _breach(detail: Mapping[str, Any]) -> str:
    name, limit = detail.get("limit_name", "A limit"), detail.get("limit_value", "")
    unit, over = detail.get("limit_unit", ""), detail.get("exceeded_by", "")
    return f"{name}: {over} over the limit of {limit} {unit}".strip()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
