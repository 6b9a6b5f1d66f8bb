"""The functions of video processing: what each is told and what it may do."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from infra.constructs.function import FunctionSpec
from infra.constructs.grants import (
    DELETE_ITEMS,
    READ_ITEMS,
    WRITE_ITEMS,
    Grant,
    publish_events,
    use_bucket,
    use_objects,
    use_table,
)
from infra.stacks.data import INDEXES, DataStack
from infra.stacks.media import MediaStack

QUICK_SECONDS = 60
LONG_SECONDS = 900
"""Copying or deleting the thousands of objects of a long video takes minutes."""

COPYING_MEMORY_MB = 1024
"""Dozens of threads copy the segments of a replay; more memory is more processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingFunctions:
    """Specifications, from what the stacks before have made."""

    data: DataStack
    media: MediaStack
    job_role: iam.Role
    queue_arn: str
    distribution_id: str

    def on_source_uploaded(self) -> FunctionSpec:
        return self._spec(
            "on_source_uploaded",
            [
                self._rows(),
                self._sources("DeleteObject"),
                use_bucket(self.media.sources, "ListBucket"),
                *self._make_jobs(),
            ],
        )

    def on_transcode_changed(self) -> FunctionSpec:
        return self._spec(
            "on_transcode_changed",
            [
                self._rows(),
                self._media("PutObject", "DeleteObject"),
                use_bucket(self.media.sets, "ListBucket"),
                # A job that failed is tried once more.
                *self._make_jobs(),
            ],
        )

    def on_video_discarded(self) -> FunctionSpec:
        return self._spec(
            "on_video_discarded", [self._rows(delete=True), *self._clean_up()], LONG_SECONDS
        )

    def on_media_misplaced(self) -> FunctionSpec:
        return self._spec(
            "on_media_misplaced",
            [
                self._rows(),
                self._media("GetObject", "PutObject", "DeleteObject"),
                use_bucket(self.media.sets, "ListBucket"),
                self._invalidate(),
            ],
            LONG_SECONDS,
        )

    def on_broadcast_recorded(self) -> FunctionSpec:
        return self._spec(
            "on_broadcast_recorded",
            [
                self._rows(delete=True),
                *self._recordings(),
                self._media("GetObject", "PutObject", "DeleteObject"),
                use_bucket(self.media.sets, "ListBucket"),
            ],
            LONG_SECONDS,
            COPYING_MEMORY_MB,
        )

    def reconcile(self) -> FunctionSpec:
        """It does what any of the others would have done."""
        return self._spec(
            "every_5_minutes_reconcile",
            [
                self._rows(delete=True),
                *self._recordings(),
                self._media("GetObject", "PutObject"),
                *self._make_jobs(),
                *self._clean_up(),
            ],
            LONG_SECONDS,
            COPYING_MEMORY_MB,
        )

    def stream(self) -> FunctionSpec:
        return self._spec("stream", [publish_events(self.data.bus)])

    def _spec(
        self,
        name: str,
        may: list[Grant],
        timeout_seconds: int = QUICK_SECONDS,
        memory_mb: int = 512,
    ) -> FunctionSpec:
        return FunctionSpec(
            context="videos",
            name=name,
            settings={
                "SF_VIDEOS_TABLE": self.data.tables["videos"].table_name,
                "SF_UPLOAD_BUCKET": self.media.uploads.bucket_name,
                "SF_MEDIA_BUCKET": self.media.media.bucket_name,
                "SF_MEDIACONVERT_ROLE": self.job_role.role_arn,
                "SF_MEDIACONVERT_QUEUE": self.queue_arn,
                "SF_DISTRIBUTION_ID": self.distribution_id,
            },
            may=may,
            timeout_seconds=timeout_seconds,
            memory_mb=memory_mb,
        )

    def _rows(self, *, delete: bool = False) -> Grant:
        actions = (*READ_ITEMS, *WRITE_ITEMS, *(DELETE_ITEMS if delete else ()))
        return use_table(self.data.tables["videos"], actions, indexes=INDEXES["videos"])

    def _sources(self, *actions: str) -> Grant:
        return use_objects(self.media.sources, *actions)

    def _media(self, *actions: str) -> Grant:
        return use_objects(self.media.sets, *actions)

    def _recordings(self) -> list[Grant]:
        return [
            use_objects(self.media.recorded, "GetObject"),
            # Thumbnails are listed; and an object that is missing must not look forbidden.
            use_bucket(self.media.recorded, "ListBucket"),
        ]

    def _clean_up(self) -> list[Grant]:
        return [
            self._sources("DeleteObject", "AbortMultipartUpload"),
            use_bucket(self.media.sources, "ListBucket", "ListBucketMultipartUploads"),
            self._media("DeleteObject"),
            use_bucket(self.media.sets, "ListBucket"),
            self._follow_jobs(),
            self._invalidate(),
        ]

    def _make_jobs(self) -> list[Grant]:
        return [
            # Probe reads the source as whoever calls it.
            self._sources("GetObject"),
            Grant(
                actions=["mediaconvert:Probe"],
                resources=["*"],
                because="Probe reads a file and knows no resources.",
            ),
            Grant(actions=["mediaconvert:CreateJob"], resources=[self.queue_arn]),
            Grant(
                actions=["iam:PassRole"],
                resources=[self.job_role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}},
            ),
        ]

    def _follow_jobs(self) -> Grant:
        return Grant(
            actions=["mediaconvert:GetJob", "mediaconvert:CancelJob"],
            resources=[f"arn:{Aws.PARTITION}:mediaconvert:{Aws.REGION}:{Aws.ACCOUNT_ID}:jobs/*"],
            because="MediaConvert gives jobs their ids; none is known at deployment.",
        )

    def _invalidate(self) -> Grant:
        return Grant(
            actions=["cloudfront:CreateInvalidation"],
            resources=[
                f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}"
                f":distribution/{self.distribution_id}"
            ],
        )
