"""IVS as the live context sees it, in memory and strict.

Requests are held to botocore's service model. A channel has one stream key at most, and the name
of a channel is not unique, as at AWS: whoever creates twice has two. Streams start and end only
when a scenario says so; each says what IVS says of it, and leaves a recording.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from socialflow.platform.clock import Clock, utc_now

STATE, HEALTH = "IVS Stream State Change", "IVS Stream Health Change"
RECORDING = "IVS Recording State Change"
# The same for all, so that no delay of the harness makes it another.
RECORDED_MS = 20_000
THUMBNAIL = "media/latest_thumbnail/thumb.jpg"
Emit = Callable[[str, str, dict[str, Any], datetime], None]


@dataclass
class FakeChannel:
    """One channel with its key."""

    arn: str
    request: dict[str, Any]
    key: dict[str, Any] | None = None
    keys_made: int = 0

    @property
    def name(self) -> str:
        return str(self.request["name"])

    @property
    def resource(self) -> str:
        return self.arn.rpartition("/")[2]


@dataclass
class FakeStream:
    """One stream of a channel."""

    id: str
    channel: FakeChannel
    started_at: datetime
    prefix: str
    ended_at: datetime | None = None
    events: list[str] = field(default_factory=list)


class FakeIvs:
    """`write(bucket, key, body)` puts an object; `emit` sends an event of a channel's."""

    def __init__(
        self,
        *,
        write: Callable[[str, str, bytes], None],
        emit: Emit,
        bucket: str,
        now: Clock = utc_now,
    ) -> None:
        self._write = write
        self._emit = emit
        self._bucket = bucket
        self._now = now
        self.channels: dict[str, FakeChannel] = {}
        self.streams: list[FakeStream] = []
        self.throttled = 0

    def call(self, operation: Any, parameters: dict[str, Any]) -> Any:
        """Answers a call as the client would."""
        errors = ParamValidator().validate(parameters, operation.input_shape)
        if errors.has_errors():
            raise AssertionError(f"{operation.name}: {errors.generate_report()}")
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation.name).lower()
        return getattr(self, f"_{method}")(parameters)

    # What a scenario says

    def named(self, name: str) -> FakeChannel:
        """The only channel of a name."""
        (found,) = [each for each in self.channels.values() if each.name == name]
        return found

    def start(self, name: str) -> FakeStream:
        """An encoder streams to a channel, and it can be watched."""
        channel = self.named(name)
        assert self._running(channel) is None, "one publisher a key"
        now, number = self._now(), len(self.streams) + 1
        recording = f"Rec{number:09d}"
        prefix = f"ivs/v1/123456789012/{channel.resource}/2026/11/21/9/30/{recording}"
        stream = FakeStream(f"st-{number:023d}", channel, now, prefix)
        self.streams.append(stream)
        self._say(stream, STATE, event_name="Session Created")
        self._say(stream, STATE, event_name="Stream Start")
        self._say_recording(stream, "Recording Start", 0)
        return stream

    def end(self, name: str) -> FakeStream:
        """The encoder goes; the recording is whole."""
        stream = self._running(self.named(name))
        assert stream, "nobody streams"
        self._end(stream)
        return stream

    def starve(self, name: str) -> None:
        """The encoder sends nothing for a while."""
        stream = self._running(self.named(name))
        assert stream, "nobody streams"
        self._say(stream, HEALTH, event_name="Starvation Start")
        self._say(stream, HEALTH, event_name="Starvation End")

    def facts(self) -> dict[str, list[Any]]:
        """What is there at IVS, for the comparison of two runs."""
        return {
            "IVS channel": [
                {"name": each.name, "request": each.request, "has_key": each.key is not None}
                for each in self.channels.values()
            ],
            "IVS stream": [
                {"id": each.id, "channel": each.channel.name, "is_over": each.ended_at is not None}
                for each in self.streams
            ],
        }

    def _end(self, stream: FakeStream) -> None:
        stream.ended_at = self._now()
        began = stream.started_at.isoformat().replace("+00:00", "Z")
        note = {"version": "v1", "recording_started_at": began}
        for name in ("media/hls/master.m3u8", THUMBNAIL):
            self._write(self._bucket, f"{stream.prefix}/{name}", b"media")
        ended = f"{stream.prefix}/events/recording-ended.json"
        self._write(self._bucket, ended, json.dumps(note).encode())
        self._say(stream, STATE, event_name="Session Ended")
        self._say(stream, STATE, event_name="Stream End")
        self._say_recording(stream, "Recording End", RECORDED_MS)

    def _say_recording(self, stream: FakeStream, status: str, duration_ms: int) -> None:
        self._say(
            stream,
            RECORDING,
            recording_status=status,
            recording_status_reason="",
            recording_s3_bucket_name=self._bucket,
            recording_s3_key_prefix=stream.prefix,
            recording_duration_ms=duration_ms,
        )

    def _say(self, stream: FakeStream, detail_type: str, **detail: Any) -> None:
        ids = {"channel_name": stream.channel.name, "stream_id": stream.id}
        # IVS tells whole seconds.
        at = self._now().replace(microsecond=0)
        self._emit(detail_type, stream.channel.arn, {**ids, **detail}, at)

    def _running(self, channel: FakeChannel) -> FakeStream | None:
        on = [each for each in self.streams if each.channel is channel and each.ended_at is None]
        return on[-1] if on else None

    # The control API

    def _create_channel(self, parameters: dict[str, Any]) -> Any:
        if self.throttled:
            self.throttled -= 1
            raise _error("ThrottlingException", "CreateChannel")
        number = len(self.channels) + 1
        arn = f"arn:aws:ivs:eu-west-1:123456789012:channel/Ch{number:010d}"
        channel = FakeChannel(arn, parameters)
        self.channels[arn] = channel
        self._make_key(channel, {})
        return {"channel": _shown(channel), "streamKey": channel.key}

    def _get_channel(self, parameters: dict[str, Any]) -> Any:
        return {"channel": _shown(self._channel(parameters["arn"], "GetChannel"))}

    def _delete_channel(self, parameters: dict[str, Any]) -> Any:
        channel = self._channel(parameters["arn"], "DeleteChannel")
        if self._running(channel):
            raise _error("ConflictException", "DeleteChannel")
        del self.channels[channel.arn]
        return {}

    def _list_channels(self, parameters: dict[str, Any]) -> Any:
        wanted = parameters.get("filterByName")
        found = [each for each in self.channels.values() if wanted in (None, each.name)]
        return {"channels": [{"arn": each.arn, "name": each.name} for each in found]}

    def _list_stream_keys(self, parameters: dict[str, Any]) -> Any:
        key = self._channel(parameters["channelArn"], "ListStreamKeys").key
        shown = ("arn", "channelArn", "tags")
        return {"streamKeys": [{name: key[name] for name in shown}] if key else []}

    def _create_stream_key(self, parameters: dict[str, Any]) -> Any:
        channel = self._channel(parameters["channelArn"], "CreateStreamKey")
        if channel.key:
            raise _error("ServiceQuotaExceededException", "CreateStreamKey")
        self._make_key(channel, parameters.get("tags", {}))
        return {"streamKey": channel.key}

    def _delete_stream_key(self, parameters: dict[str, Any]) -> Any:
        self._keyed(parameters["arn"], "DeleteStreamKey").key = None
        return {}

    def _get_stream_key(self, parameters: dict[str, Any]) -> Any:
        return {"streamKey": self._keyed(parameters["arn"], "GetStreamKey").key}

    def _get_stream(self, parameters: dict[str, Any]) -> Any:
        stream = self._running(self._channel(parameters["channelArn"], "GetStream"))
        if stream is None:
            raise _error("ChannelNotBroadcasting", "GetStream")
        return {"stream": _listed(stream)}

    def _list_streams(self, _parameters: dict[str, Any]) -> Any:
        return {"streams": [_listed(each) for each in self.streams if each.ended_at is None]}

    def _stop_stream(self, parameters: dict[str, Any]) -> Any:
        stream = self._running(self._channel(parameters["channelArn"], "StopStream"))
        if stream is None:
            raise _error("ChannelNotBroadcasting", "StopStream")
        self._end(stream)
        return {}

    def _get_stream_session(self, parameters: dict[str, Any]) -> Any:
        for each in self.streams:
            if each.id == parameters["streamId"]:
                ended = {"endTime": each.ended_at} if each.ended_at else {}
                ingest = {"ingestConfiguration": INGEST}
                session = {"streamId": each.id, "startTime": each.started_at, **ended, **ingest}
                return {"streamSession": session}
        raise _error("ResourceNotFoundException", "GetStreamSession")

    def _make_key(self, channel: FakeChannel, tags: dict[str, str]) -> None:
        channel.keys_made += 1
        number = channel.keys_made
        channel.key = {
            "arn": f"arn:aws:ivs:eu-west-1:123456789012:stream-key/{channel.resource}{number}",
            "value": f"sk_eu-west-1_{channel.resource}_{number}",
            "channelArn": channel.arn,
            "tags": tags,
        }

    def _channel(self, arn: str, operation: str) -> FakeChannel:
        if arn not in self.channels:
            raise _error("ResourceNotFoundException", operation)
        return self.channels[arn]

    def _keyed(self, key_arn: str, operation: str) -> FakeChannel:
        for each in self.channels.values():
            if each.key and each.key["arn"] == key_arn:
                return each
        raise _error("ResourceNotFoundException", operation)


def _shown(channel: FakeChannel) -> dict[str, Any]:
    return {
        "arn": channel.arn,
        "name": channel.name,
        "ingestEndpoint": "a1b2c3.global-contribute.live-video.net",
        "playbackUrl": f"https://a1b2c3.playback.live-video.net/{channel.resource}.m3u8",
    }


def _listed(stream: FakeStream) -> dict[str, Any]:
    return {
        "channelArn": stream.channel.arn,
        "streamId": stream.id,
        "state": "LIVE",
        "health": "HEALTHY",
        "viewerCount": 3,
        "startTime": stream.started_at,
    }


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


INGEST: dict[str, Any] = {
    "video": {
        "avcProfile": "High",
        "codec": "avc1.64001F",
        "encoder": "obs",
        "targetBitrate": 2_500_000,
        "targetFramerate": 30,
        "videoWidth": 1280,
        "videoHeight": 720,
    },
    "audio": {"codec": "mp4a.40.2", "sampleRate": 48_000, "channels": 2},
}
