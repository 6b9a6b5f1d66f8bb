"""What each control operation does. Requests are checked by the service's model already.

Settings that this server does not act on are refused here, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from infra.local.ivs.addresses import Addresses
from infra.local.ivs.api import Handler, Members
from infra.local.ivs.broadcast import Broadcast
from infra.local.ivs.broadcasts import Broadcasts
from infra.local.ivs.catalogue import Catalogue
from infra.local.ivs.errors import (
    ChannelNotBroadcasting,
    InConflict,
    Invalid,
    ResourceNotFound,
)
from infra.local.ivs.pages import page
from infra.local.ivs.records import Channel
from infra.local.ivs.sessions import Sessions, wire_time
from infra.local.ivs.viewers import Viewers

__all__ = ["Operations"]

_SETTINGS = {
    "name": "name",
    "latencyMode": "latency_mode",
    "type": "type",
    "authorized": "authorized",
    "insecureIngest": "insecure_ingest",
    "recordingConfigurationArn": "recording_configuration_arn",
    "preset": "preset",
}
_WITHOUT_EFFECT: dict[str, tuple[object, ...]] = {
    "containerFormat": ("TS",),
    "playbackRestrictionPolicyArn": ("",),
    "adConfigurationArn": ("",),
    "multitrackInputConfiguration": ({"enabled": False},),
}
"""Members of a channel that may be given, but only with what they are anyway."""


class Operations:
    """Belongs to the event loop."""

    def __init__(
        self,
        catalogue: Catalogue,
        sessions: Sessions,
        broadcasts: Broadcasts,
        viewers: Viewers,
        addresses: Addresses,
    ) -> None:
        self._catalogue = catalogue
        self._sessions = sessions
        self._broadcasts = broadcasts
        self._viewers = viewers
        self._addresses = addresses

    def handlers(self) -> dict[str, Handler]:
        """By the operation's name."""
        known: Iterable[Callable[[Members], Members | None]] = (
            self.create_channel,
            self.get_channel,
            self.update_channel,
            self.delete_channel,
            self.list_channels,
            self.batch_get_channel,
            self.create_stream_key,
            self.get_stream_key,
            self.list_stream_keys,
            self.batch_get_stream_key,
            self.delete_stream_key,
            self.get_stream,
            self.list_streams,
            self.stop_stream,
            self.get_stream_session,
            self.list_stream_sessions,
        )
        return {_operation(handler.__name__): handler for handler in known}

    def create_channel(self, asked: Members) -> Members:
        settings = _settings(asked)
        channel = self._catalogue.create_channel(settings, asked.get("tags") or {})
        key = self._catalogue.create_stream_key(channel.arn, {})
        return {"channel": self._addresses.channel(channel), "streamKey": key.to_wire()}

    def get_channel(self, asked: Members) -> Members:
        return {"channel": self._addresses.channel(self._catalogue.channel(asked["arn"]))}

    def update_channel(self, asked: Members) -> Members:
        if self._broadcasts.connected(self._catalogue.channel(asked["arn"]).arn):
            raise InConflict(f"The channel {asked['arn']} is live.")
        channel = self._catalogue.update_channel(asked["arn"], _settings(asked))
        return {"channel": self._addresses.channel(channel)}

    def delete_channel(self, asked: Members) -> None:
        if self._broadcasts.connected(self._catalogue.channel(asked["arn"]).arn):
            raise InConflict(f"The channel {asked['arn']} is live.")
        self._catalogue.delete_channel(asked["arn"])

    def list_channels(self, asked: Members) -> Members:
        for name in ("filterByPlaybackRestrictionPolicyArn", "filterByAdConfigurationArn"):
            if asked.get(name):
                raise Invalid(f"/{name}: is not supported here")
        by_name = asked.get("filterByName")
        by_recording = asked.get("filterByRecordingConfigurationArn")
        if by_name and by_recording:
            raise Invalid("At most one filter may be given.")
        found = [
            channel
            for channel in self._catalogue.channels.values()
            if by_name in (None, "", channel.name)
            and by_recording in (None, "", channel.recording_configuration_arn)
        ]
        return page("channels", asked, found, lambda one: one.arn, Channel.summary, 50)

    def batch_get_channel(self, asked: Members) -> Members:
        known = self._catalogue.channels
        shown = [self._addresses.channel(known[arn]) for arn in asked["arns"] if arn in known]
        return {"channels": shown, "errors": _missing(asked["arns"], known)}

    def create_stream_key(self, asked: Members) -> Members:
        key = self._catalogue.create_stream_key(asked["channelArn"], asked.get("tags") or {})
        return {"streamKey": key.to_wire()}

    def get_stream_key(self, asked: Members) -> Members:
        return {"streamKey": self._catalogue.stream_key(asked["arn"]).to_wire()}

    def list_stream_keys(self, asked: Members) -> Members:
        channel = self._catalogue.channel(asked["channelArn"])
        keys = self._catalogue.keys_of(channel.arn)
        return page("streamKeys", asked, keys, lambda one: one.arn, lambda one: one.summary(), 50)

    def batch_get_stream_key(self, asked: Members) -> Members:
        known = self._catalogue.stream_keys
        shown = [known[arn].to_wire() for arn in asked["arns"] if arn in known]
        return {"streamKeys": shown, "errors": _missing(asked["arns"], known)}

    def delete_stream_key(self, asked: Members) -> None:
        """A stream that runs with it goes on, as on AWS: StopStream ends it."""
        self._catalogue.delete_stream_key(asked["arn"])

    def get_stream(self, asked: Members) -> Members:
        channel = self._catalogue.channel(asked["channelArn"])
        broadcast = self._broadcasts.live(channel.arn)
        if broadcast is None:
            raise ChannelNotBroadcasting(channel.arn)
        url = self._addresses.playback_url(channel)
        return {"stream": {**self._stream(broadcast), "playbackUrl": url}}

    def list_streams(self, asked: Members) -> Members:
        health = (asked.get("filterBy") or {}).get("health")
        shown = [self._stream(broadcast) for broadcast in self._broadcasts.all_live()]
        found = [one for one in shown if health in (None, one["health"])]
        return page("streams", asked, found, lambda one: one["channelArn"], dict, 50)

    def stop_stream(self, asked: Members) -> Members:
        channel = self._catalogue.channel(asked["channelArn"])
        broadcast = self._broadcasts.connected(channel.arn)
        if broadcast is None:
            raise ChannelNotBroadcasting(channel.arn)
        broadcast.disconnect("StopStream")
        return {}

    def get_stream_session(self, asked: Members) -> Members:
        channel = self._catalogue.channel(asked["channelArn"])
        newest = self._sessions.of_channel(channel.arn)
        wanted = asked.get("streamId") or (newest[0].stream_id if newest else "")
        session = self._sessions.get(channel.arn, wanted)
        if session is None:
            raise ResourceNotFound(wanted or channel.arn)
        return {"streamSession": session.to_wire()}

    def list_stream_sessions(self, asked: Members) -> Members:
        channel = self._catalogue.channel(asked["channelArn"])
        found = self._sessions.of_channel(channel.arn)
        return page(
            "streamSessions", asked, found, lambda one: one.stream_id, lambda one: one.summary(), 50
        )

    def _stream(self, broadcast: Broadcast) -> Members:
        session = broadcast.session
        return {
            "channelArn": session.channel_arn,
            "streamId": session.stream_id,
            "state": "LIVE",
            "health": "STARVING" if session.starving else "HEALTHY",
            "startTime": wire_time(session.started_at or session.created_at),
            "viewerCount": self._viewers.count(session.stream_id),
        }


def _operation(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _settings(asked: Members) -> dict[str, Any]:
    for name, allowed in _WITHOUT_EFFECT.items():
        if asked.get(name) is not None and asked[name] not in allowed:
            raise Invalid(f"/{name}: is not supported here")
    if asked.get("type", "STANDARD") != "STANDARD":
        raise Invalid("/type: only STANDARD channels are supported here")
    return {
        attribute: asked[name]
        for name, attribute in _SETTINGS.items()
        if asked.get(name) is not None
    }


def _missing(arns: list[str], known: dict[str, Any]) -> list[Members]:
    return [
        {"arn": arn, "code": "ResourceNotFoundException", "message": f"Resource: {arn} not found"}
        for arn in arns
        if arn not in known
    ]
