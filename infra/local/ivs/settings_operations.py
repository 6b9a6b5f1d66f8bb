"""Control operations on recording configurations, playback keys and tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from infra.local.ivs.api import Handler, Members
from infra.local.ivs.catalogue import Catalogue
from infra.local.ivs.errors import Invalid
from infra.local.ivs.pages import page
from infra.local.ivs.records import PlaybackKey, RecordingConfiguration

__all__ = ["SettingsOperations"]


class SettingsOperations:
    """Belongs to the event loop."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def handlers(self) -> dict[str, Handler]:
        """By the operation's name."""
        known: Iterable[Callable[[Members], Members | None]] = (
            self.create_recording_configuration,
            self.get_recording_configuration,
            self.list_recording_configurations,
            self.delete_recording_configuration,
            self.import_playback_key_pair,
            self.get_playback_key_pair,
            self.list_playback_key_pairs,
            self.delete_playback_key_pair,
            self.list_tags_for_resource,
            self.tag_resource,
            self.untag_resource,
        )
        names = {
            handler: "".join(part.capitalize() for part in handler.__name__.split("_"))
            for handler in known
        }
        return {name: handler for handler, name in names.items()}

    def create_recording_configuration(self, asked: Members) -> Members:
        if asked.get("recordingReconnectWindowSeconds"):
            raise Invalid("/recordingReconnectWindowSeconds: only 0 is supported here")
        destination = asked["destinationConfiguration"].get("s3")
        if destination is None:
            raise Invalid("/destinationConfiguration/s3: is required")
        renditions = asked.get("renditionConfiguration") or {}
        selection = renditions.get("renditionSelection", "ALL")
        if selection == "NONE":
            raise Invalid("/renditionConfiguration/renditionSelection: NONE is not supported here")
        if selection == "CUSTOM" and not renditions.get("renditions"):
            raise Invalid("/renditionConfiguration/renditions: is required for CUSTOM")
        made = self._catalogue.create_recording_configuration(
            asked.get("name") or "",
            destination["bucketName"],
            asked.get("thumbnailConfiguration") or {},
            renditions,
            asked.get("tags") or {},
        )
        return {"recordingConfiguration": made.to_wire()}

    def get_recording_configuration(self, asked: Members) -> Members:
        found = self._catalogue.recording_configuration(asked["arn"])
        return {"recordingConfiguration": found.to_wire()}

    def list_recording_configurations(self, asked: Members) -> Members:
        found = list(self._catalogue.recordings.values())
        shown = RecordingConfiguration.summary
        return page("recordingConfigurations", asked, found, lambda one: one.arn, shown, 50)

    def delete_recording_configuration(self, asked: Members) -> None:
        self._catalogue.delete_recording_configuration(asked["arn"])

    def import_playback_key_pair(self, asked: Members) -> Members:
        key = self._catalogue.import_playback_key(
            asked.get("name") or "", asked["publicKeyMaterial"], asked.get("tags") or {}
        )
        return {"keyPair": key.to_wire()}

    def get_playback_key_pair(self, asked: Members) -> Members:
        return {"keyPair": self._catalogue.playback_key(asked["arn"]).to_wire()}

    def list_playback_key_pairs(self, asked: Members) -> Members:
        found = list(self._catalogue.playback_keys.values())
        return page("keyPairs", asked, found, lambda one: one.arn, PlaybackKey.summary, 50)

    def delete_playback_key_pair(self, asked: Members) -> Members:
        self._catalogue.delete_playback_key(asked["arn"])
        return {}

    def list_tags_for_resource(self, asked: Members) -> Members:
        return {"tags": self._catalogue.tags(asked["resourceArn"])}

    def tag_resource(self, asked: Members) -> Members:
        self._catalogue.change_tags(asked["resourceArn"], asked["tags"], [])
        return {}

    def untag_resource(self, asked: Members) -> Members:
        self._catalogue.change_tags(asked["resourceArn"], {}, asked["tagKeys"])
        return {}
