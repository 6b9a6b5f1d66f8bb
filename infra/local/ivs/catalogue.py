"""The records behind the control API, kept in memory and saved on each change.

Belongs to the event loop: no locks. Reads cost a dictionary look-up, so ingest and playback ask
here on every connection.
"""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from infra.local.ivs.config import Config
from infra.local.ivs.errors import InConflict, Invalid, QuotaExceeded, ResourceNotFound
from infra.local.ivs.ids import Ids
from infra.local.ivs.records import (
    Channel,
    PlaybackKey,
    RecordingConfiguration,
    StreamKey,
    as_record,
)
from infra.local.ivs.store import Store

__all__ = ["Catalogue"]

Record = Channel | StreamKey | RecordingConfiguration | PlaybackKey
_R = TypeVar("_R", Channel, StreamKey, RecordingConfiguration, PlaybackKey)
_MAX_TAGS = 50


class Catalogue:
    """Refuses with IVS's own exceptions."""

    def __init__(self, config: Config, store: Store, ids: Ids) -> None:
        self._config = config
        self._store = store
        self._ids = ids
        self.channels = self._loaded(Channel, "channel")
        self.stream_keys = self._loaded(StreamKey, "stream-key")
        self.recordings = self._loaded(RecordingConfiguration, "recording-configuration")
        self.playback_keys = self._loaded(PlaybackKey, "playback-key")

    def channel(self, arn: str) -> Channel:
        return _existing(self.channels, arn)

    def stream_key(self, arn: str) -> StreamKey:
        return _existing(self.stream_keys, arn)

    def recording_configuration(self, arn: str) -> RecordingConfiguration:
        return _existing(self.recordings, arn)

    def playback_key(self, arn: str) -> PlaybackKey:
        return _existing(self.playback_keys, arn)

    def channel_of_key(self, value: str) -> Channel | None:
        """Whose stream key it is; None for a key that is wrong or no more."""
        for key in self.stream_keys.values():
            if key.value == value:
                return self.channels.get(key.channel_arn)
        return None

    def channel_by_id(self, channel_id: str) -> Channel | None:
        return self.channels.get(f"{self._config.arn_prefix}channel/{channel_id}")

    def keys_of(self, channel_arn: str) -> list[StreamKey]:
        return [key for key in self.stream_keys.values() if key.channel_arn == channel_arn]

    def create_channel(self, settings: dict[str, Any], tags: dict[str, str]) -> Channel:
        if len(self.channels) >= self._config.max_channels:
            raise QuotaExceeded(f"At most {self._config.max_channels} channels.")
        self._known_recording(settings)
        channel = Channel(arn=self._arn("channel"), name="", tags=tags)
        return self._keep("channel", self.channels, dataclasses.replace(channel, **settings))

    def update_channel(self, arn: str, settings: dict[str, Any]) -> Channel:
        self._known_recording(settings)
        changed = dataclasses.replace(self.channel(arn), **settings)
        return self._keep("channel", self.channels, changed)

    def delete_channel(self, arn: str) -> None:
        """With its stream keys. Whether it is live is for the caller to know."""
        self.channel(arn)
        for key in self.keys_of(arn):
            self._drop("stream-key", self.stream_keys, key.arn)
        self._drop("channel", self.channels, arn)

    def create_stream_key(self, channel_arn: str, tags: dict[str, str]) -> StreamKey:
        self.channel(channel_arn)
        if self.keys_of(channel_arn):
            raise QuotaExceeded(
                "Stream-key quota per channel exceeded. Your account is allowed at most 1."
            )
        key = StreamKey(
            arn=self._arn("stream-key"),
            value=self._ids.stream_key(self._config.region),
            channel_arn=channel_arn,
            tags=tags,
        )
        return self._keep("stream-key", self.stream_keys, key)

    def delete_stream_key(self, arn: str) -> StreamKey:
        key = self.stream_key(arn)
        self._drop("stream-key", self.stream_keys, arn)
        return key

    def create_recording_configuration(
        self,
        name: str,
        bucket: str,
        thumbnails: dict[str, Any],
        renditions: dict[str, Any],
        tags: dict[str, str],
    ) -> RecordingConfiguration:
        most = self._config.max_recording_configurations
        if len(self.recordings) >= most:
            raise QuotaExceeded(f"At most {most} recording configurations.")
        made = RecordingConfiguration(
            self._arn("recording-configuration"), name, bucket, thumbnails, renditions, tags
        )
        return self._keep("recording-configuration", self.recordings, made)

    def delete_recording_configuration(self, arn: str) -> None:
        self.recording_configuration(arn)
        if any(one.recording_configuration_arn == arn for one in self.channels.values()):
            raise InConflict(f"The recording configuration {arn} is in use by a channel.")
        self._drop("recording-configuration", self.recordings, arn)

    def import_playback_key(self, name: str, pem: str, tags: dict[str, str]) -> PlaybackKey:
        public_key = _p384(pem)
        if any(key.public_key == public_key for key in self.playback_keys.values()):
            raise InConflict("The public key was imported before.")
        if len(self.playback_keys) >= self._config.max_playback_keys:
            raise QuotaExceeded(f"At most {self._config.max_playback_keys} playback key pairs.")
        key = PlaybackKey(self._arn("playback-key"), name, public_key, tags)
        return self._keep("playback-key", self.playback_keys, key)

    def delete_playback_key(self, arn: str) -> None:
        self.playback_key(arn)
        self._drop("playback-key", self.playback_keys, arn)

    def tags(self, arn: str) -> dict[str, str]:
        tags: dict[str, str] = self._tagged(arn)[2].tags
        return tags

    def change_tags(self, arn: str, add: dict[str, str], remove: list[str]) -> None:
        kind, table, record = self._tagged(arn)
        tags = {name: value for name, value in record.tags.items() if name not in remove} | add
        if len(tags) > _MAX_TAGS:
            raise Invalid(f"A resource has at most {_MAX_TAGS} tags.")
        self._keep(kind, table, dataclasses.replace(record, tags=tags))

    def _tagged(self, arn: str) -> tuple[str, Any, Any]:
        tables: dict[str, Any] = {
            "channel": self.channels,
            "stream-key": self.stream_keys,
            "recording-configuration": self.recordings,
            "playback-key": self.playback_keys,
        }
        kind = arn.removeprefix(self._config.arn_prefix).partition("/")[0]
        table = tables.get(kind, {})
        return kind, table, _existing(table, arn)

    def _known_recording(self, settings: dict[str, Any]) -> None:
        arn = settings.get("recording_configuration_arn")
        if arn:
            self.recording_configuration(arn)

    def _arn(self, kind: str) -> str:
        return f"{self._config.arn_prefix}{kind}/{self._ids.resource_id()}"

    def _loaded(self, record: type[_R], kind: str) -> dict[str, _R]:
        return {body["arn"]: record(**body) for body in self._store.load(kind)}

    def _keep(self, kind: str, table: dict[str, _R], record: _R) -> _R:
        self._store.save(kind, record.arn, as_record(record))
        table[record.arn] = record
        return record

    def _drop(self, kind: str, table: dict[str, _R], arn: str) -> None:
        self._store.forget(kind, arn)
        del table[arn]


def _existing(table: dict[str, _R], arn: str) -> _R:
    if arn not in table:
        raise ResourceNotFound(arn)
    return table[arn]


def _p384(pem: str) -> str:
    """The key in one spelling."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as unreadable:
        raise Invalid("/publicKeyMaterial: is not a public key in PEM") from unreadable
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP384R1):
        raise Invalid("/publicKeyMaterial: must be a P-384 key, for ES384")
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
