"""What happens to a video between its upload and its playback, and when it goes.

Every event takes the same road: bus → rule → queue → function. The functions and what each may
do are listed in `processing_functions`.
"""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_mediaconvert as mediaconvert
from constructs import Construct

from infra.constructs.grants import allow, use_objects
from infra.constructs.handlers import (
    BATCH,
    EventHandler,
    EventSource,
    ScheduledHandler,
    StreamHandler,
)
from infra.constructs.stack import StageStack
from infra.stacks.data import DataStack
from infra.stacks.edge import EdgeStack
from infra.stacks.media import MediaStack
from infra.stacks.processing_functions import ProcessingFunctions
from infra.stage import Stage

JOB_STATES = ("PROGRESSING", "STATUS_UPDATE", "COMPLETE", "ERROR", "CANCELED")
RECONCILE_EVERY = Duration.minutes(5)
ONE_AT_A_TIME = 1
"""A replay copies for minutes: messages behind it would wait as long as it, and longer than their
queue lets them."""


class ProcessingStack(StageStack):
    """The videos context's queues, handlers and MediaConvert queue."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        data: DataStack,
        media: MediaStack,
        edge: EdgeStack,
    ) -> None:
        super().__init__(scope, "processing", stage=stage)
        queue = mediaconvert.CfnQueue(self, "Transcoding", name=f"{stage.prefix}-videos")
        self.job_role = self._job_role(media)
        functions = ProcessingFunctions(
            data=data,
            media=media,
            job_role=self.job_role,
            queue_arn=queue.attr_arn,
            distribution_id=edge.distribution.distribution_id,
        )
        aws_events = events.EventBus.from_event_bus_name(self, "AwsEvents", "default")
        self.event_handlers = [
            EventHandler(self, id, stage=stage, spec=spec, source=source, batch=batch)
            for id, spec, source, batch in (
                (
                    "SourceUploaded",
                    functions.on_source_uploaded(),
                    EventSource(
                        bus=aws_events,
                        source="aws.s3",
                        detail_types=["Object Created"],
                        detail={
                            "bucket": {"name": [media.uploads.bucket_name]},
                            "object": {"key": [{"prefix": media.sources.prefix}]},
                        },
                    ),
                    BATCH,
                ),
                (
                    "TranscodeChanged",
                    functions.on_transcode_changed(),
                    EventSource(
                        bus=aws_events,
                        source="aws.mediaconvert",
                        detail_types=["MediaConvert Job State Change"],
                        detail={
                            "status": list(JOB_STATES),
                            "userMetadata": {"app": [stage.prefix]},
                        },
                    ),
                    BATCH,
                ),
                (
                    "VideoDiscarded",
                    functions.on_video_discarded(),
                    EventSource(
                        bus=data.bus,
                        source="socialflow.videos",
                        detail_types=["VideoDeleted.v1", "VideoFailed.v1"],
                    ),
                    BATCH,
                ),
                (
                    "MediaMisplaced",
                    functions.on_media_misplaced(),
                    EventSource(
                        bus=data.bus,
                        source="socialflow.videos",
                        detail_types=["VideoMediaMisplaced.v1"],
                    ),
                    BATCH,
                ),
                (
                    "BroadcastRecorded",
                    functions.on_broadcast_recorded(),
                    EventSource(
                        bus=data.bus,
                        source="socialflow.live",
                        detail_types=["BroadcastRecorded.v1"],
                    ),
                    ONE_AT_A_TIME,
                ),
            )
        ]
        stream_arn = data.tables["videos"].table_stream_arn
        if stream_arn is None:
            raise ValueError("The videos table has no stream.")
        self.stream = StreamHandler(
            self, "Stream", stage=stage, spec=functions.stream(), stream_arn=stream_arn
        )
        self.reconciler = ScheduledHandler(
            self, "Reconciler", stage=stage, spec=functions.reconcile(), every=RECONCILE_EVERY
        )
        self.publish(
            MediaConvertQueueArn=queue.attr_arn, MediaConvertRoleArn=self.job_role.role_arn
        )

    def _job_role(self, media: MediaStack) -> iam.Role:
        """What MediaConvert works as: it reads sources and writes media, nothing else."""
        role = iam.Role(
            self,
            "JobRole",
            assumed_by=iam.ServicePrincipal(
                "mediaconvert.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            ),
        )
        allow(role, use_objects(media.sources, "GetObject"), use_objects(media.sets, "PutObject"))
        return role
