"""One video that is ready, its owner, and the requests for it: what request benchmarks work on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from socialflow.identity import keys as identity_keys
from socialflow.identity.models import User
from socialflow.identity.records import handle_item, session_item, user_item
from socialflow.identity.sessions.models import Session
from socialflow.identity.tokens.issuing_keys import IssuingKey
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb_values import encode_map
from socialflow.platform.ids import ulid
from socialflow.platform.principal import SessionId, UserId
from socialflow.videos.models import (
    MediaSet,
    Rendition,
    Status,
    Upload,
    Video,
    VideoId,
    Visibility,
    Zone,
    part_size_bytes,
)
from socialflow.videos.records import new_video_item, set_to_item

CREATED_AT: Final = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SIZE_BYTES: Final = 180_000_000
LADDER: Final = ((426, 240), (640, 360), (854, 480), (1280, 720), (1920, 1080))
ENVIRONMENT: Final[Mapping[str, str]] = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_SESSION_TOKEN": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "LOG_LEVEL": "INFO",
    "POWERTOOLS_SERVICE_NAME": "videos",
    "POWERTOOLS_METRICS_NAMESPACE": "SocialFlow",
    "SF_STAGE": "bench",
    "SF_EVENT_BUS": "bus",
    "SF_PUBLIC_ORIGIN": "https://video.example",
    "SF_VIDEOS_TABLE": "videos",
    "SF_IDENTITY_TABLE": "identity",
    "SF_UPLOAD_BUCKET": "uploads",
    "SF_MEDIA_BUCKET": "media",
    "SF_MEDIA_SIGNING_SECRET": "media-signing",
    "SF_MEDIA_KEY_PAIR_ID": "K1",
}

OWNER: Final = User(
    id=UserId("usr_" + ulid(CREATED_AT, 1)),
    email="ann@example.com",
    handle="ann",
    display_name="Ann Example",
    created_at=CREATED_AT,
)


FAR: Final = CREATED_AT.replace(year=2099)
SESSION: Final = Session(
    id=SessionId("ses_" + ulid(CREATED_AT, 3)),
    user_id=OWNER.id,
    root_hash="0" * 64,
    generation=7,
    device="Mozilla/5.0 (X11; Linux x86_64)",
    created_at=CREATED_AT,
    rotated_at=CREATED_AT,
    expires_at=FAR,
    ends_by=FAR,
    verified_at=CREATED_AT,
)


def _media_set(name: str, ladder: tuple[tuple[int, int], ...]) -> MediaSet:
    return MediaSet(
        name=name,
        zone=Zone.PUBLIC,
        generation=1,
        hls="stream.m3u8",
        dash="stream.mpd",
        poster="poster.0000000.jpg",
        storyboard="storyboard.vtt",
        renditions=tuple(
            Rendition(width=width, height=height, bitrate_bps=width * height * 3)
            for width, height in ladder
        ),
    )


VIDEO: Final = Video(
    id=VideoId("vid_" + ulid(CREATED_AT, 2)),
    owner_id=OWNER.id,
    status=Status.READY,
    title="A walk along the river in November",
    description="Four kilometres from the old mill to the sea, without a cut. " * 5,
    tags=("walk", "river", "november", "4k"),
    visibility=Visibility.PUBLIC,
    created_at=CREATED_AT,
    published_at=CREATED_AT,
    edits=2,
    revision=9,
    upload=Upload(
        upload_id="u" * 96,
        file_name="walk.mp4",
        content_type="video/mp4",
        size_bytes=SIZE_BYTES,
        part_size_bytes=part_size_bytes(SIZE_BYTES),
    ),
    attempt=1,
    progress_percent=100,
    duration_ms=184_000,
    preview=_media_set("p1", LADDER[1:2]),
    full=_media_set("a1", LADDER),
)


def video_item() -> dict[str, Any]:
    """The row of `VIDEO`, as plain values."""
    assert VIDEO.preview  # noqa: S101 - narrows for mypy
    assert VIDEO.full  # noqa: S101 - narrows for mypy
    return new_video_item(VIDEO) | {
        "published_at": to_rfc3339(CREATED_AT),
        "upload_id": VIDEO.source.upload_id,
        "duration_ms": VIDEO.duration_ms,
        "preview_job_id": "1700000000000-preview",
        "full_job_id": "1700000000000-full00",
        "preview": set_to_item(VIDEO.preview),
        "full": set_to_item(VIDEO.full),
    }


def rows(key: IssuingKey | None = None) -> dict[str, dict[str, Any]]:
    """The items that requests for `VIDEO` read, in DynamoDB's JSON, by `table pk sk`."""
    people = (user_item(OWNER), handle_item(OWNER.profile), session_item(SESSION))
    items = [("videos", video_item()), *(("identity", item) for item in people)]
    if key:
        published = [{"jwk": key.public_jwk, "since": to_rfc3339(CREATED_AT)}]
        items.append(("identity", identity_keys.PUBLIC_KEYS | {"keys": published, "version": 1}))
    return {
        # Through JSON, so that enumerations and tuples are what they are stored as.
        f"{table} {item['pk']} {item['sk']}": encode_map(json.loads(json.dumps(item)))
        for table, item in items
    }


def show_video_event(token: str | None = None) -> dict[str, Any]:
    """API Gateway's event of `GET /v1/videos/{id}`."""
    return get_event(f"/v1/videos/{VIDEO.id}", token)


def get_event(path: str, token: str | None = None) -> dict[str, Any]:
    """API Gateway's event (payload format 2.0) of a GET."""
    headers = {
        "host": "video.example",
        "accept": "application/json",
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-proto": "https",
    }
    return {
        "version": "2.0",
        "routeKey": "GET /v1/videos/{video_id}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers | ({"authorization": f"Bearer {token}"} if token else {}),
        "requestContext": {
            "http": {
                "method": "GET",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": headers["user-agent"],
            },
            "stage": "$default",
        },
        "pathParameters": {"video_id": VIDEO.id},
        "isBase64Encoded": False,
    }
