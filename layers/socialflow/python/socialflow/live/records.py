"""Channels and broadcasts as table items, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from socialflow.live import keys
from socialflow.live.models import (
    Broadcast,
    BroadcastId,
    Channel,
    ChannelId,
    Defaults,
    IvsChannel,
    State,
    ThumbnailKind,
    Visibility,
)
from socialflow.live.sessions import Incident, IncidentKind, Recording, RecordingStatus, Session
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.principal import UserId

LISTING_KEYS: Final = ("gsi2pk", "gsi2sk", "gsi3pk", "gsi3sk")
_SESSION_MOMENTS: Final = ("started_at", "disconnected_at", "ended_at")


def new_channel_item(channel: Channel) -> dict[str, Any]:
    """The item of a channel that has just been asked for."""
    return {
        **keys.channel_key(channel.id),
        "id": channel.id,
        "owner_id": channel.owner_id,
        "created_at": to_rfc3339(channel.created_at),
        "defaults": defaults_to_item(channel.defaults),
        "rotation": channel.rotation,
        "edits": channel.edits,
        "revision": channel.revision,
    }


def defaults_to_item(defaults: Defaults) -> dict[str, Any]:
    return {
        "title": defaults.title,
        "category": defaults.category,
        "visibility": defaults.visibility,
        "replay": defaults.replay,
    }


def ivs_to_item(ivs: IvsChannel) -> dict[str, Any]:
    return {
        "arn": ivs.arn,
        "ingest_endpoint": ivs.ingest_endpoint,
        "playback_url": ivs.playback_url,
        "key_arn": ivs.key_arn,
    }


def channel_from_item(item: Mapping[str, Any]) -> Channel:
    """Reads an item; what later versions add has defaults here."""
    defaults, ivs = item["defaults"], item.get("ivs")
    return Channel(
        id=ChannelId(item["id"]),
        owner_id=UserId(item["owner_id"]),
        created_at=from_rfc3339(item["created_at"]),
        defaults=Defaults(
            title=defaults["title"],
            category=defaults["category"],
            visibility=Visibility(defaults["visibility"]),
            replay=defaults["replay"],
        ),
        ivs=IvsChannel(
            arn=ivs["arn"],
            ingest_endpoint=ivs["ingest_endpoint"],
            playback_url=ivs["playback_url"],
            key_arn=ivs["key_arn"],
        )
        if ivs
        else None,
        rotation=item["rotation"],
        is_rotating=item.get("is_rotating", False),
        current_broadcast_id=BroadcastId(item["current_broadcast_id"])
        if "current_broadcast_id" in item
        else None,
        closed_at=_moment(item, "closed_at"),
        edits=item["edits"],
        revision=item["revision"],
    )


def broadcast_to_item(broadcast: Broadcast) -> dict[str, Any]:
    """All of a broadcast but what the counting of viewers writes, with its places in lists."""
    return {
        **keys.broadcast_key(broadcast.id),
        "gsi1pk": keys.owner_partition(broadcast.owner_id),
        "gsi1sk": broadcast.id,
        **listing_of(broadcast),
        "id": broadcast.id,
        "channel_id": broadcast.channel_id,
        "owner_id": broadcast.owner_id,
        "state": broadcast.state,
        "title": broadcast.title,
        "description": broadcast.description,
        "category": broadcast.category,
        "visibility": broadcast.visibility,
        "replay": broadcast.replay,
        "created_at": to_rfc3339(broadcast.created_at),
        **_moments(
            scheduled_for=broadcast.scheduled_for,
            opened_at=broadcast.opened_at,
            closed_at=broadcast.closed_at,
            concluded_at=broadcast.concluded_at,
        ),
        "sessions": {each.stream_id: _session_to_item(each) for each in broadcast.in_order},
        "incidents": [
            {"at": to_rfc3339(each.at), "kind": each.kind, "text": each.text}
            for each in broadcast.incidents
        ],
        **({"thumbnail": broadcast.thumbnail} if broadcast.thumbnail else {}),
        "edits": broadcast.edits,
        "revision": broadcast.revision,
    }


def listing_of(broadcast: Broadcast) -> dict[str, str]:
    """Where the public finds a broadcast; nowhere while it is not to be found."""
    if broadcast.visibility is not Visibility.PUBLIC:
        return {}
    match broadcast.state:
        case State.SCHEDULED if broadcast.scheduled_for:
            return {
                "gsi2pk": keys.scheduled_partition(broadcast.owner_id),
                "gsi2sk": keys.timed(broadcast.scheduled_for, broadcast.id),
            }
        case State.LIVE:
            place = keys.ranked(broadcast.viewers, broadcast.id)
            listing = {"gsi2pk": keys.DIRECTORY, "gsi2sk": place}
            if broadcast.category:
                category = keys.category_partition(broadcast.category)
                listing |= {"gsi3pk": category, "gsi3sk": place}
            return listing
        # One that never went live is of no interest to others.
        case State.ENDED if broadcast.started_at and broadcast.ended_at:
            return {
                "gsi2pk": keys.ended_partition(broadcast.owner_id),
                "gsi2sk": keys.timed(broadcast.ended_at, broadcast.id),
            }
    return {}


def broadcast_from_item(item: Mapping[str, Any]) -> Broadcast:
    """Reads an item; what later versions add has defaults here."""
    return Broadcast(
        id=BroadcastId(item["id"]),
        channel_id=ChannelId(item["channel_id"]),
        owner_id=UserId(item["owner_id"]),
        state=State(item["state"]),
        title=item["title"],
        description=item["description"],
        category=item["category"],
        visibility=Visibility(item["visibility"]),
        replay=item["replay"],
        created_at=from_rfc3339(item["created_at"]),
        scheduled_for=_moment(item, "scheduled_for"),
        opened_at=_moment(item, "opened_at"),
        closed_at=_moment(item, "closed_at"),
        concluded_at=_moment(item, "concluded_at"),
        sessions={
            stream_id: _session_from_item(stream_id, each)
            for stream_id, each in item["sessions"].items()
        },
        incidents=tuple(
            Incident(
                at=from_rfc3339(each["at"]), kind=IncidentKind(each["kind"]), text=each["text"]
            )
            for each in item["incidents"]
        ),
        thumbnail=ThumbnailKind(item["thumbnail"]) if "thumbnail" in item else None,
        edits=item["edits"],
        revision=item["revision"],
        viewers=item.get("viewers", 0),
        peak_viewers=item.get("peak_viewers", 0),
        counted_slot=item.get("counted_slot", 0),
        counts=item.get("counts", 0),
    )


def _session_to_item(session: Session) -> dict[str, Any]:
    recording = session.recording
    return {
        **_moments(**{name: getattr(session, name) for name in _SESSION_MOMENTS}),
        **({"failed": True} if session.failed else {}),
        **(
            {
                "recording": {
                    "status": recording.status.name,
                    "duration_ms": recording.duration_ms,
                    "bucket": recording.bucket,
                    "key_prefix": recording.key_prefix,
                    "started_at": to_rfc3339(recording.started_at),
                }
            }
            if recording
            else {}
        ),
    }


def _session_from_item(stream_id: str, item: Mapping[str, Any]) -> Session:
    recording = item.get("recording")
    return Session(
        stream_id=stream_id,
        **{name: _moment(item, name) for name in _SESSION_MOMENTS},
        failed=item.get("failed", False),
        recording=Recording(
            status=RecordingStatus[recording["status"]],
            duration_ms=recording["duration_ms"],
            bucket=recording["bucket"],
            key_prefix=recording["key_prefix"],
            started_at=from_rfc3339(recording["started_at"]),
        )
        if recording
        else None,
    )


def _moments(**moments: datetime | None) -> dict[str, str]:
    return {name: to_rfc3339(moment) for name, moment in moments.items() if moment}


def _moment(item: Mapping[str, Any], name: str) -> datetime | None:
    return from_rfc3339(item[name]) if name in item else None
