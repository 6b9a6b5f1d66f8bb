"""Live: how streams are recorded, and what follows them.

Channels and their stream keys are IVS's and made for each creator at run time; the recording
configuration is one for all, because a region has twenty. IVS's own events are best effort and
unordered, so a job looks every minute after what they have left behind.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_ivs as ivs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.handlers import (
    BATCH,
    EventHandler,
    EventSource,
    QueueHandler,
    ScheduledHandler,
    StreamHandler,
)
from infra.constructs.kept import removal_policy
from infra.constructs.stack import StageStack
from infra.stacks.data import DataStack
from infra.stacks.live_functions import LiveFunctions
from infra.stacks.media import MediaStack
from infra.stage import Stage

FOLLOW_EVERY = Duration.minutes(1)
CONTROL_CALLS = 2
"""How many make or change channels at a time: IVS takes 5 such calls a second, not raisable."""

TOLD = ({"sk": {"S": ["CHANNEL", "BROADCAST"]}},)
"""Changes that somebody is told of; the heartbeats of viewers, most of all writes, are none."""


class LiveStack(StageStack):
    """The live context's recording configuration, handlers, audience queue and minute job."""

    def __init__(
        self, scope: Construct, *, stage: Stage, data: DataStack, media: MediaStack
    ) -> None:
        super().__init__(scope, "live", stage=stage)
        recording = self._recording(media.recordings)
        functions = LiveFunctions(
            stage=stage, data=data, media=media, recording_arn=recording.attr_arn
        )
        self.audience = QueueHandler(
            self, "AudienceDue", stage=stage, spec=functions.on_audience_due()
        )
        aws_events = events.EventBus.from_event_bus_name(self, "AwsEvents", "default")

        def ours(*names: str) -> EventSource:
            return EventSource(bus=data.bus, source="socialflow.live", detail_types=names)

        def of_ivs(*names: str) -> EventSource:
            return EventSource(bus=aws_events, source="aws.ivs", detail_types=names)

        def objects(bucket: s3.Bucket, key: dict[str, str]) -> EventSource:
            return EventSource(
                bus=aws_events,
                source="aws.s3",
                detail_types=["Object Created"],
                detail={"bucket": {"name": [bucket.bucket_name]}, "object": {"key": [key]}},
            )

        self.event_handlers = [
            EventHandler(
                self,
                id,
                stage=stage,
                spec=spec,
                source=source,
                batch=1 if slowly else BATCH,
                concurrency=CONTROL_CALLS if slowly else None,
            )
            for id, spec, source, slowly in (
                (
                    "ChannelRequested",
                    functions.on_channel_requested(),
                    ours("ChannelRequested.v1"),
                    True,
                ),
                (
                    "KeyRotationRequested",
                    functions.on_stream_key_rotation_requested(),
                    ours("StreamKeyRotationRequested.v1"),
                    True,
                ),
                (
                    "StreamChanged",
                    functions.on_stream_changed(),
                    of_ivs(
                        "IVS Stream State Change", "IVS Stream Health Change", "IVS Limit Breach"
                    ),
                    False,
                ),
                (
                    "RecordingChanged",
                    functions.on_recording_changed(),
                    of_ivs("IVS Recording State Change"),
                    False,
                ),
                (
                    "StopRequested",
                    functions.on_broadcast_stop_requested(),
                    ours("BroadcastStopRequested.v1"),
                    False,
                ),
                (
                    "Hidden",
                    functions.on_broadcast_hidden(),
                    ours("BroadcastHidden.v1"),
                    False,
                ),
                (
                    "ThumbnailUploaded",
                    functions.on_thumbnail_uploaded(),
                    objects(media.uploads, {"prefix": media.pictures.prefix}),
                    False,
                ),
                (
                    "ThumbnailCaptured",
                    functions.on_thumbnail_captured(),
                    objects(media.recordings, {"suffix": "/media/latest_thumbnail/thumb.jpg"}),
                    False,
                ),
            )
        ]
        stream_arn = data.tables["live"].table_stream_arn
        if stream_arn is None:
            raise ValueError("The live table has no stream.")
        self.stream = StreamHandler(
            self,
            "Stream",
            stage=stage,
            spec=functions.stream(self.audience.queue),
            stream_arn=stream_arn,
            keys=TOLD,
        )
        self.follower = ScheduledHandler(
            self,
            "Follower",
            stage=stage,
            spec=functions.follow_broadcasts(self.audience.queue),
            every=FOLLOW_EVERY,
        )
        self.publish(RecordingConfigurationArn=recording.attr_arn)

    def _recording(self, bucket: s3.Bucket) -> ivs.CfnRecordingConfiguration:
        """Each session of the encoder is a recording of its own; broadcasts join them."""
        configuration = ivs.CfnRecordingConfiguration(
            self,
            "Recording",
            name=self.stage_data.prefix,
            destination_configuration=ivs.CfnRecordingConfiguration.DestinationConfigurationProperty(
                s3=ivs.CfnRecordingConfiguration.S3DestinationConfigurationProperty(
                    bucket_name=bucket.bucket_name
                )
            ),
            thumbnail_configuration=ivs.CfnRecordingConfiguration.ThumbnailConfigurationProperty(
                recording_mode="INTERVAL",
                target_interval_seconds=self.stage_data.thumbnail_seconds,
                storage=["SEQUENTIAL", "LATEST"],
            ),
            recording_reconnect_window_seconds=0,
        )
        # Channels that were made with it go on using it.
        configuration.apply_removal_policy(removal_policy(self.stage_data))
        return configuration
