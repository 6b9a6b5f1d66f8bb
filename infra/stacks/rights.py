"""People's rights to their data: what every context does when somebody asks for it or leaves.

Each context answers with an object in the records bucket, a part of an export or the receipt of an
erasure; identity hears of those objects and knows when all have answered.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.handlers import EventHandler, EventSource, ScheduledHandler
from infra.constructs.stack import StageStack
from infra.stacks.data import DataStack
from infra.stacks.media import MediaStack
from infra.stacks.rights_functions import RightsFunctions
from infra.stage import Stage

ONE_AT_A_TIME = 1
"""An export or an erasure may take minutes: what is behind it must not wait in its batch."""

ERASURES = 2
"""Erasures of a context that run at a time: nobody waits for them, and others use the table."""

SETTLE_EVERY = Duration.hours(1)


class RightsStack(StageStack):
    """Two handlers for each context, and identity's own that collects what they write."""

    def __init__(
        self, scope: Construct, *, stage: Stage, data: DataStack, media: MediaStack
    ) -> None:
        super().__init__(scope, "rights", stage=stage)
        functions = RightsFunctions(stage=stage, data=data, media=media)

        def told(name: str) -> EventSource:
            return EventSource(bus=data.bus, source="socialflow.identity", detail_types=[name])

        self.exports = [
            EventHandler(
                self,
                f"{context.capitalize()}Export",
                stage=stage,
                spec=functions.on_export_requested(context),
                source=told("ExportRequested.v1"),
                batch=ONE_AT_A_TIME,
            )
            for context in data.tables
        ]
        self.erasures = [
            EventHandler(
                self,
                f"{context.capitalize()}Erasure",
                stage=stage,
                spec=functions.on_account_deleted(context),
                source=told("AccountDeleted.v1"),
                batch=ONE_AT_A_TIME,
                concurrency=ERASURES,
                address_as="SF_ERASURE_QUEUE",
            )
            for context in data.tables
        ]
        self.collector = EventHandler(
            self,
            "RecordWritten",
            stage=stage,
            spec=functions.on_record_written(),
            source=EventSource(
                bus=events.EventBus.from_event_bus_name(self, "AwsEvents", "default"),
                source="aws.s3",
                detail_types=["Object Created"],
                detail={
                    "bucket": {"name": [media.records.bucket_name]},
                    # Not the archive that is made of the parts.
                    "object": {"key": [{"suffix": ".json"}]},
                },
            ),
            batch=ONE_AT_A_TIME,
        )
        self.settling = ScheduledHandler(
            self, "Settling", stage=stage, spec=functions.settle_rights(), every=SETTLE_EVERY
        )
