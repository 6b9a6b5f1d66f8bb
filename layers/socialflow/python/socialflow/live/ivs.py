"""IVS as this context uses it. What a repeat finds already done counts as done.

IVS allows 5 calls a second of those that make and change channels. A throttled call raises, so
that the queue brings its event again later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from socialflow.live.errors import LiveUnavailable
from socialflow.live.models import IvsChannel

if TYPE_CHECKING:
    from mypy_boto3_ivs import IVSClient

ROTATION_TAG: Final = "socialflow:rotation"
STREAM_PAGE: Final = 100
MAX_STREAM_PAGES: Final = 100


class TooManyStreams(Exception):
    """More streams than one look can hold: who is missing from it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStream:
    """A stream that is on now, as IVS lists it."""

    channel_arn: str
    stream_id: str
    started_at: datetime
    viewers: int | None
    """None where IVS could not count them in time, which it says by -1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """What the encoder said that it sends."""

    video_codec: str | None
    width: int | None
    height: int | None
    frame_rate: float | None
    audio_codec: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSession:
    """What IVS knows of one stream; `ended_at` is None while it is on."""

    started_at: datetime | None
    ended_at: datetime | None
    ingest: Ingest | None


class Ivs:
    """Channels, keys and streams at IVS."""

    def __init__(
        self,
        client: Callable[[], IVSClient],
        *,
        recording_configuration: str = "",
        insecure_ingest: bool = False,
    ) -> None:
        self._client = client
        self._recording_configuration = recording_configuration
        self._insecure_ingest = insecure_ingest

    def find_or_create_channel(self, name: str) -> IvsChannel:
        """The channel of that name with its key; CreateChannel itself takes no token."""
        found = self._client().list_channels(filterByName=name)["channels"]
        if not found:
            made = self._client().create_channel(
                name=name,
                type="STANDARD",
                latencyMode="LOW",
                authorized=True,
                insecureIngest=self._insecure_ingest,
                recordingConfigurationArn=self._recording_configuration,
            )
            return _channel(made["channel"], str(made["streamKey"]["arn"]))
        arn = min(str(each["arn"]) for each in found)
        channel = self._client().get_channel(arn=arn)["channel"]
        keys = self._client().list_stream_keys(channelArn=arn)["streamKeys"]
        if keys:
            return _channel(channel, str(keys[0]["arn"]))
        made_key = self._client().create_stream_key(channelArn=arn)
        return _channel(channel, str(made_key["streamKey"]["arn"]))

    def channels_named(self, name: str) -> list[str]:
        """The ARNs of all channels of a name; there is one, unless a run was cut off."""
        found = self._client().list_channels(filterByName=name)["channels"]
        return [str(each["arn"]) for each in found]

    def delete_channel(self, channel_arn: str) -> bool:
        """Deletes a channel with its key; False while somebody still publishes to it."""
        from botocore.exceptions import ClientError

        try:
            self._client().delete_channel(arn=channel_arn)
        except ClientError as error:
            if _code(error) == "ConflictException":
                return False
            if _code(error) != "ResourceNotFoundException":
                raise
        return True

    def stream_key(self, key_arn: str) -> str:
        """The key itself. Raises `LiveUnavailable`."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return str(self._client().get_stream_key(arn=key_arn)["streamKey"]["value"])
        except (BotoCoreError, ClientError) as error:
            raise LiveUnavailable("The stream key cannot be read just now; try again.") from error

    def rotate_key(self, channel_arn: str, rotation: int) -> str:
        """The ARN of the key that the rotation of that number makes; older ones are deleted.

        A channel has one key, so the old one goes first. The new one is tagged with its number:
        a repeat finds it and makes no other.
        """
        wanted, made = str(rotation), None
        for key in self._client().list_stream_keys(channelArn=channel_arn)["streamKeys"]:
            if key.get("tags", {}).get(ROTATION_TAG) == wanted:
                made = str(key["arn"])
            else:
                self._delete_key(str(key["arn"]))
        if made:
            return made
        created = self._client().create_stream_key(
            channelArn=channel_arn, tags={ROTATION_TAG: wanted}
        )
        return str(created["streamKey"]["arn"])

    def current_stream(self, channel_arn: str) -> LiveStream | None:
        """What is on at a channel now."""
        from botocore.exceptions import ClientError

        try:
            found = self._client().get_stream(channelArn=channel_arn)["stream"]
        except ClientError as error:
            if _code(error) in ("ChannelNotBroadcasting", "ResourceNotFoundException"):
                return None
            raise
        return _stream(found)

    def stop(self, channel_arn: str) -> None:
        """Sends whoever is publishing away; nobody publishing is fine."""
        from botocore.exceptions import ClientError

        try:
            self._client().stop_stream(channelArn=channel_arn)
        except ClientError as error:
            if _code(error) not in ("ChannelNotBroadcasting", "ResourceNotFoundException"):
                raise

    def live_streams(self) -> Iterator[LiveStream]:
        """Every stream that is on now. Raises `TooManyStreams` rather than leave some out."""
        token: dict[str, str] = {}
        for _ in range(MAX_STREAM_PAGES):
            page = self._client().list_streams(
                maxResults=STREAM_PAGE,
                **token,  # type: ignore[arg-type]
            )
            yield from (_stream(each) for each in page["streams"])
            if "nextToken" not in page:
                return
            token = {"nextToken": page["nextToken"]}
        raise TooManyStreams(f"over {STREAM_PAGE * MAX_STREAM_PAGES} streams")

    def session(self, channel_arn: str, stream_id: str) -> StreamSession | None:
        """What IVS knows of a stream, on or over; None where it does not know it.

        Raises `LiveUnavailable`.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._client().get_stream_session(channelArn=channel_arn, streamId=stream_id)
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and _code(error) == "ResourceNotFoundException":
                return None
            raise LiveUnavailable("IVS does not tell of the stream just now; try again.") from error
        session = found["streamSession"]
        return StreamSession(
            started_at=session.get("startTime"),
            ended_at=session.get("endTime"),
            ingest=_ingest(session.get("ingestConfiguration")),
        )

    def _delete_key(self, arn: str) -> None:
        from botocore.exceptions import ClientError

        try:
            self._client().delete_stream_key(arn=arn)
        except ClientError as error:
            if _code(error) != "ResourceNotFoundException":
                raise


def _channel(channel: Mapping[str, Any], key_arn: str) -> IvsChannel:
    return IvsChannel(
        arn=channel["arn"],
        ingest_endpoint=channel["ingestEndpoint"],
        playback_url=channel["playbackUrl"],
        key_arn=key_arn,
    )


def _stream(stream: Mapping[str, Any]) -> LiveStream:
    viewers = stream.get("viewerCount", -1)
    return LiveStream(
        channel_arn=stream["channelArn"],
        stream_id=stream["streamId"],
        started_at=stream["startTime"],
        viewers=viewers if viewers >= 0 else None,
    )


def _ingest(found: Mapping[str, Any] | None) -> Ingest | None:
    if not found:
        return None
    video, audio = found.get("video") or {}, found.get("audio") or {}
    rate = video.get("targetFramerate")
    return Ingest(
        video_codec=video.get("codec"),
        width=video.get("videoWidth"),
        height=video.get("videoHeight"),
        frame_rate=float(rate) if rate else None,
        audio_codec=audio.get("codec"),
    )


def _code(error: Any) -> str:
    return str(error.response["Error"]["Code"])
