"""The functions of live: what each is told and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_sqs as sqs

from infra.constructs.function import FunctionSpec
from infra.constructs.grants import (
    READ_ITEMS,
    WRITE_ITEMS,
    Grant,
    publish_events,
    send_messages,
    use_bucket,
    use_made,
    use_objects,
    use_table,
)
from infra.stacks.data import DataStack
from infra.stacks.media import MediaStack
from infra.stage import Stage

QUICK_SECONDS = 30
FOLLOW_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFunctions:
    """Specifications, from what the stacks before have made."""

    stage: Stage
    data: DataStack
    media: MediaStack
    recording_arn: str

    def on_channel_requested(self) -> FunctionSpec:
        return self._spec(
            "on_channel_requested",
            [self._rows("GetItem", "UpdateItem"), *self._make_channels()],
            self._of_channels(),
        )

    def on_stream_key_rotation_requested(self) -> FunctionSpec:
        return self._spec(
            "on_stream_key_rotation_requested",
            [self._rows("GetItem", "UpdateItem"), *self._rotate_keys(), self._stop()],
            self._of_channels(),
        )

    def on_stream_changed(self) -> FunctionSpec:
        return self._spec("on_stream_changed", [self._sessions(), self._send_away()])

    def on_recording_changed(self) -> FunctionSpec:
        return self._spec(
            "on_recording_changed",
            [self._sessions(), self._send_away(), use_objects(self.media.recorded, "GetObject")],
            {"SF_RECORDING_BUCKET": self.media.recordings.bucket_name},
        )

    def on_broadcast_stop_requested(self) -> FunctionSpec:
        return self._spec(
            "on_broadcast_stop_requested",
            [self._rows("GetItem"), self._send_away()],
        )

    def on_broadcast_hidden(self) -> FunctionSpec:
        return self._spec(
            "on_broadcast_hidden",
            [self._rows("GetItem"), use_objects(self.media.live_pictures, "DeleteObject")],
            self._of_pictures(),
        )

    def on_thumbnail_uploaded(self) -> FunctionSpec:
        return self._spec(
            "on_thumbnail_uploaded",
            [
                self._rows("GetItem", "PutItem", "UpdateItem"),
                use_objects(self.media.pictures, "GetObject", "DeleteObject"),
                # An event that comes again finds its picture gone; without this, forbidden.
                use_bucket(self.media.pictures, "ListBucket"),
                use_objects(self.media.live_pictures, "PutObject", "DeleteObject"),
            ],
            self._of_pictures(),
        )

    def on_thumbnail_captured(self) -> FunctionSpec:
        return self._spec(
            "on_thumbnail_captured",
            [
                self._rows("GetItem", "UpdateItem"),
                use_table(self.data.tables["live"], ["Query"], indexes=["gsi1"]),
                use_objects(self.media.captured, "GetObject"),
                use_objects(self.media.live_pictures, "PutObject", "DeleteObject"),
            ],
            self._of_pictures(),
        )

    def on_audience_due(self) -> FunctionSpec:
        return self._spec(
            "on_audience_due",
            [self._rows("GetItem", "PutItem", "UpdateItem", "Query")],
        )

    def follow_broadcasts(self, audience: sqs.IQueue) -> FunctionSpec:
        """It does what any of the others would have done."""
        return self._spec(
            "every_1_minute_follow_broadcasts",
            [
                use_table(
                    self.data.tables["live"],
                    [*READ_ITEMS, *WRITE_ITEMS],
                    indexes=["gsi1", "gsi3"],
                ),
                use_made("ivs", "channel", "ListStreams", "GetStream", "GetStreamSession"),
                *self._make_channels(),
                *self._rotate_keys(),
                self._stop(),
                send_messages(audience),
            ],
            {**self._of_channels(), "SF_AUDIENCE_QUEUE": audience.queue_url},
            FOLLOW_SECONDS,
        )

    def stream(self, audience: sqs.IQueue) -> FunctionSpec:
        return self._spec(
            "stream",
            [publish_events(self.data.bus), send_messages(audience)],
            {"SF_AUDIENCE_QUEUE": audience.queue_url},
        )

    def _spec(
        self,
        name: str,
        may: list[Grant],
        settings: Mapping[str, str] | None = None,
        timeout_seconds: int = QUICK_SECONDS,
    ) -> FunctionSpec:
        return FunctionSpec(
            context="live",
            name=name,
            settings={**of_live(self.stage, self.data), **(settings or {})},
            may=may,
            timeout_seconds=timeout_seconds,
        )

    def _of_channels(self) -> dict[str, str]:
        return {
            "SF_RECORDING_CONFIGURATION": self.recording_arn,
            "SF_INSECURE_INGEST": "true" if self.stage.insecure_ingest else "false",
        }

    def _of_pictures(self) -> dict[str, str]:
        return {
            "SF_UPLOAD_BUCKET": self.media.uploads.bucket_name,
            "SF_MEDIA_BUCKET": self.media.media.bucket_name,
        }

    def _rows(self, *actions: str) -> Grant:
        return use_table(self.data.tables["live"], actions)

    def _sessions(self) -> Grant:
        """Whose channel it is, by its ARN; its broadcast and the stream's own row."""
        return use_table(self.data.tables["live"], [*READ_ITEMS, *WRITE_ITEMS], indexes=["gsi1"])

    def _make_channels(self) -> list[Grant]:
        return [
            use_made("ivs", "channel", "CreateChannel", "GetChannel", "ListChannels"),
            use_made("ivs", "channel", "ListStreamKeys"),
            use_made("ivs", "stream-key", "CreateChannel", "CreateStreamKey", "ListStreamKeys"),
        ]

    def _rotate_keys(self) -> list[Grant]:
        return [
            use_made("ivs", "channel", "ListStreamKeys"),
            use_made(
                "ivs",
                "stream-key",
                "CreateStreamKey",
                "DeleteStreamKey",
                "ListStreamKeys",
                "TagResource",
            ),
        ]

    def _send_away(self) -> Grant:
        """Only the stream that is meant: what is on is asked for first."""
        return use_made("ivs", "channel", "GetStream", "StopStream")

    def _stop(self) -> Grant:
        return use_made("ivs", "channel", "StopStream")


def of_live(stage: Stage, data: DataStack) -> dict[str, str]:
    """What every function of the context is told."""
    return {
        "SF_LIVE_TABLE": data.tables["live"].table_name,
        "SF_RECONNECT_WINDOW_SECONDS": str(stage.reconnect_window_seconds),
    }
