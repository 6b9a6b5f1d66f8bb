"""Bodies of the live routes, and how channels and broadcasts are presented."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.moments import Moment
from api.people import Person
from api.text import Description, Title, one_line
from socialflow.live.broadcasts import NewBroadcast
from socialflow.live.catalog import BroadcastView, BroadcastViewPage, LivePage
from socialflow.live.models import (
    Channel,
    ChannelState,
    State,
    StreamKeyState,
    Visibility,
)
from socialflow.live.playback import LivePlayback
from socialflow.platform.ids import id_pattern
from socialflow.platform.uploads import SignedUpload

MAX_LATENCY_MS = 600_000
BroadcastIdPath = Annotated[str, StringConstraints(pattern=id_pattern("brd"))]
Category = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=40),
    AfterValidator(one_line),
]
CategoryQuery = Annotated[Category | None, Query(description="Only broadcasts of this category.")]
ListedState = Annotated[
    Literal["scheduled", "ended"],
    Query(description="Those to come, soonest first, or those that are over, newest first."),
]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EditChannel(_Input):
    """What new broadcasts are like that nobody describes. What is given is changed."""

    title: Title | None = None
    category: Category | None = None
    visibility: Visibility | None = None
    replay: bool | None = None


class CreateBroadcast(_Input):
    """A broadcast to start now, or at `scheduled_for`."""

    title: Title
    description: Description = ""
    category: Category = ""
    visibility: Visibility
    replay: bool = Field(default=True, description="Whether it becomes a video afterwards.")
    scheduled_for: Moment | None = None

    def to_domain(self) -> NewBroadcast:
        return NewBroadcast(
            title=self.title,
            description=self.description,
            category=self.category,
            visibility=self.visibility,
            replay=self.replay,
            scheduled_for=self.scheduled_for,
        )


class EditBroadcast(_Input):
    """What is given is changed, the rest stays."""

    title: Title | None = None
    description: Description | None = None
    category: Category | None = None
    visibility: Visibility | None = None
    scheduled_for: Moment | None = None


class StartPlayback(_Input):
    """Nothing is needed."""

    viewer_token: Annotated[
        str | None,
        Field(
            max_length=200,
            description="The former token of this player, to go on as the same viewer.",
        ),
    ] = None


class Heartbeat(_Input):
    """A player that plays."""

    viewer_token: Annotated[str, Field(max_length=200)]
    latency_ms: Annotated[
        int | None,
        Field(
            strict=True, ge=0, le=MAX_LATENCY_MS, description="How far behind the encoder it plays."
        ),
    ] = None


class NewThumbnail(_Input):
    """A picture, before a byte of it is sent."""

    content_type: Literal["image/jpeg", "image/png"]
    size_bytes: Annotated[int, Field(strict=True, ge=1, le=2**31)]


class ChannelDefaults(BaseModel):
    """What a broadcast is like that nobody has described."""

    title: str
    category: str
    visibility: Visibility
    replay: bool


class BroadcastBody(BaseModel):
    """A broadcast as its viewer sees it."""

    id: str
    channel_id: str
    state: State
    title: str
    description: str
    category: str
    visibility: Visibility
    replay: bool
    owner: Person | None
    viewer_is_owner: bool
    thumbnail_url: str | None = Field(
        description="Its picture; the same address may show another one half a minute later."
    )
    scheduled_for: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    viewers: int = Field(description="Who watches now, as of some seconds ago; 0 unless live.")
    peak_viewers: int
    replay_video_id: str | None = Field(description="The video, from its first recording on.")

    @classmethod
    def of(cls, view: BroadcastView) -> BroadcastBody:
        broadcast = view.broadcast
        return cls(
            id=broadcast.id,
            channel_id=broadcast.channel_id,
            state=view.state,
            title=broadcast.title,
            description=broadcast.description,
            category=broadcast.category,
            visibility=broadcast.visibility,
            replay=broadcast.replay,
            owner=Person.of(view.owner) if view.owner else None,
            viewer_is_owner=view.is_owner,
            thumbnail_url=view.thumbnail_url,
            scheduled_for=broadcast.scheduled_for,
            created_at=broadcast.created_at,
            started_at=broadcast.started_at,
            ended_at=view.ended_at,
            viewers=view.viewers,
            peak_viewers=broadcast.peak_viewers,
            replay_video_id=view.replay_video_id,
        )


class BroadcastList(BaseModel):
    """One page of broadcasts."""

    items: list[BroadcastBody]
    next_cursor: str | None

    @classmethod
    def of(cls, page: BroadcastViewPage, next_cursor: str | None) -> BroadcastList:
        return cls(items=[BroadcastBody.of(each) for each in page.views], next_cursor=next_cursor)


class ChannelBody(BaseModel):
    """The caller's channel."""

    id: str
    state: ChannelState = Field(description="`requested` for some seconds, then `ready`.")
    ingest_url: str | None = Field(description="The server to stream to, once it is ready.")
    stream_key_state: StreamKeyState
    defaults: ChannelDefaults
    current_broadcast: BroadcastBody | None
    created_at: datetime

    @classmethod
    def of(
        cls, channel: Channel, ingest_url: str | None, current: BroadcastView | None
    ) -> ChannelBody:
        defaults = channel.defaults
        return cls(
            id=channel.id,
            state=channel.state,
            ingest_url=ingest_url,
            stream_key_state=channel.stream_key_state,
            defaults=ChannelDefaults(
                title=defaults.title,
                category=defaults.category,
                visibility=defaults.visibility,
                replay=defaults.replay,
            ),
            current_broadcast=BroadcastBody.of(current) if current else None,
            created_at=channel.created_at,
        )


class StreamKeyBody(BaseModel):
    """What an encoder signs in with. Whoever has it can stream as its owner."""

    stream_key: str


class ChannelLive(BaseModel):
    """What is on at a channel."""

    owner: Person
    state: Literal["offline", "starting", "live", "ending"]
    broadcast: BroadcastBody | None
    upcoming: list[BroadcastBody]

    @classmethod
    def of(cls, page: LivePage) -> ChannelLive:
        state: Literal["offline", "starting", "live", "ending"] = "offline"
        match page.current.state if page.current else None:
            case State.STARTING:
                state = "starting"
            case State.LIVE:
                state = "live"
            case State.ENDING:
                state = "ending"
        return cls(
            owner=Person.of(page.owner),
            state=state,
            broadcast=BroadcastBody.of(page.current) if page.current else None,
            upcoming=[BroadcastBody.of(each) for each in page.upcoming],
        )


class LivePlaybackBody(BaseModel):
    """Where to play, and how to be counted."""

    url: str = Field(description="HLS; it starts playing until `expires_at` and goes on after.")
    expires_at: datetime
    viewer_token: str
    heartbeat_seconds: int

    @classmethod
    def of(cls, playback: LivePlayback) -> LivePlaybackBody:
        return cls(
            url=playback.url,
            expires_at=playback.expires_at,
            viewer_token=playback.viewer_token,
            heartbeat_seconds=playback.heartbeat_seconds,
        )


class ThumbnailUploadBody(BaseModel):
    """Where to PUT the picture; it is checked and published shortly after."""

    upload_url: str
    headers: dict[str, str] = Field(description="Send exactly these with the PUT.")

    @classmethod
    def of(cls, upload: SignedUpload) -> ThumbnailUploadBody:
        return cls(upload_url=upload.url, headers=upload.headers)
