"""What the ingest server and the channels agree on: who asks to publish, and what they then send.

The server calls `accept` once for each encoder that asks to publish. Refusals are raised as
`PublishRefused` and told to the encoder in RTMP's own words. What is accepted becomes a
`Publication`: it is given `metadata` and `write` in the order of arrival, one call at a time, and
`ended` exactly once, last, whatever happened. Time spent in `write` holds the encoder back.
`accept` is cancelled where it takes longer than two seconds and the server stops meanwhile: it
then has to undo what it did.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from infra.local.ivs.rtmp.facts import IngestFacts
from infra.local.ivs.rtmp.media import FlvTag

__all__ = [
    "Accept",
    "EndReason",
    "Ended",
    "FlvTag",
    "IngestFacts",
    "Publication",
    "PublishRefused",
    "PublishRequest",
    "PublisherConnection",
    "RefusalCode",
]


class RefusalCode(StrEnum):
    """Why an encoder may not publish; each has its own status on the wire."""

    BAD_KEY = "bad_key"
    """Unknown, rotated or malformed stream key: `NetStream.Publish.Denied`."""
    ALREADY_PUBLISHING = "already_publishing"
    """Another encoder holds the channel: `NetStream.Publish.BadName`."""
    INSECURE = "insecure"
    """Plain RTMP, where the channel takes RTMPS alone: `NetStream.Publish.Denied`."""
    UNAVAILABLE = "unavailable"
    """The service cannot take it now (limits, shutting down): `NetStream.Failed`."""


class PublishRefused(Exception):
    """The encoder is told `description`, then its connection is closed. Never holds the key."""

    def __init__(self, code: RefusalCode, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description


class EndReason(StrEnum):
    """What ended a publication."""

    UNPUBLISHED = "unpublished"
    """The encoder said so: FCUnpublish, deleteStream or closeStream."""
    CLOSED = "closed"
    """The connection closed without a word, as when the encoder is killed."""
    IDLE = "idle"
    """Nothing came for longer than the limit: a half-open connection."""
    DISCONNECTED = "disconnected"
    """`PublisherConnection.disconnect` was called; the detail is its reason."""
    UNSUPPORTED_MEDIA = "unsupported_media"
    """A codec other than H.264 and AAC, or a picture or message beyond the limits."""
    PROTOCOL_ERROR = "protocol_error"
    """What came was not RTMP."""
    TOO_LONG = "too_long"
    """The longest stream the service takes."""
    SERVER_STOPPED = "server_stopped"
    """This server is stopping."""
    FAILED = "failed"
    """The publication itself raised; the log has the traceback."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Why and, in words for a log, how."""

    reason: EndReason
    detail: str = ""


class PublisherConnection(Protocol):
    """The channel's hold on its encoder. Both may be called from the event loop at any time."""

    def disconnect(self, reason: str) -> None:
        """Ends the publication and closes the connection; at once, idempotent, never blocks."""

    def facts(self) -> IngestFacts:
        """What was measured up to now."""


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """An encoder that asks to publish."""

    app: str
    stream_key: str
    client_address: str
    """IP address and port, `127.0.0.1:50123`."""
    encoder: str
    """`flashVer` of connect, such as `FMLE/3.0 (compatible; FMSc/1.0)`; may be empty."""
    secure: bool
    """Whether it came by RTMPS."""
    connection: PublisherConnection

    def __repr__(self) -> str:
        """Without the key."""
        return f"PublishRequest(app={self.app!r}, client_address={self.client_address!r})"


class Publication(Protocol):
    """Where the tags of an accepted encoder go."""

    async def metadata(self, values: Mapping[str, object]) -> None:
        """`onMetaData` as the encoder sent it, each time it does: its claims, not measurements."""

    async def write(self, tag: FlvTag) -> None:
        """The next tag. Returns when the next may come.

        Where the publication ends meanwhile it may finish within two seconds, then it is
        cancelled, as `metadata` is; `ended` follows. What it raises ends the publication.
        """

    async def ended(self, ended: Ended) -> None:
        """Nothing follows. Called once for each publication that `accept` returned."""


Accept: TypeAlias = Callable[[PublishRequest], Awaitable[Publication]]
