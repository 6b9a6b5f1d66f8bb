"""Chat rooms: how they are made, moderated and logged.

Rooms are IVS Chat's and made for each creator at run time. Here is what all of them share: the
function that reviews each message before it is delivered, and where delivered ones are logged.
"""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ivschat as ivschat
from constructs import Construct

from infra.constructs.function import Function
from infra.constructs.handlers import EventHandler, EventSource, StreamHandler, begins_with
from infra.constructs.stack import StageStack
from infra.stacks.chat_functions import ChatFunctions
from infra.stacks.data import DataStack
from infra.stacks.media import MediaStack
from infra.stage import Stage

CONTROL_CALLS = 2
"""Rooms being made at the same time: IVS Chat takes a few control calls a second."""

TOLD = (
    begins_with("pk", "ROOM#", "POLL#"),
    begins_with("pk", "MESSAGE#") | {"sk": {"S": ["DELETED"]}},
)
"""Changes that somebody is told of; what was said and who voted is not among them."""


class ChatStack(StageStack):
    """The chat context's handlers, its review function and its logging configuration."""

    def __init__(
        self, scope: Construct, *, stage: Stage, data: DataStack, media: MediaStack
    ) -> None:
        super().__init__(scope, "chat", stage=stage)
        logging = ivschat.CfnLoggingConfiguration(
            self,
            "Log",
            name=stage.prefix,
            destination_configuration=ivschat.CfnLoggingConfiguration.DestinationConfigurationProperty(
                s3=ivschat.CfnLoggingConfiguration.S3DestinationConfigurationProperty(
                    bucket_name=media.chat_logs.bucket_name
                )
            ),
        )
        functions = ChatFunctions(data=data, media=media)
        self.review = Function(self, "Review", stage=stage, spec=functions.on_message_review(stage))
        self.review.target.add_permission(
            "Rooms",
            principal=iam.ServicePrincipal("ivschat.amazonaws.com"),
            source_account=Aws.ACCOUNT_ID,
            source_arn=f"arn:{Aws.PARTITION}:ivschat:{Aws.REGION}:{Aws.ACCOUNT_ID}:room/*",
        )
        aws_events = events.EventBus.from_event_bus_name(self, "AwsEvents", "default")
        self.rooms = EventHandler(
            self,
            "ChannelRequested",
            stage=stage,
            spec=functions.on_channel_requested(
                review_arn=self.review.target.function_arn, logging_arn=logging.attr_arn
            ),
            source=_told(data, "live", "ChannelRequested.v1"),
            concurrency=CONTROL_CALLS,
        )
        self.silences = EventHandler(
            self,
            "SenderSilenced",
            stage=stage,
            spec=functions.on_sender_silenced(),
            source=_told(data, "chat", "SenderSilenced.v1"),
        )
        self.deletions = EventHandler(
            self,
            "MessageDeleted",
            stage=stage,
            spec=functions.on_message_deleted(),
            source=_told(data, "chat", "MessageDeleted.v1"),
        )
        self.polls = EventHandler(
            self,
            "PollChanged",
            stage=stage,
            spec=functions.on_poll_changed(),
            source=_told(data, "chat", "PollChanged.v1"),
            address_as="SF_POLL_QUEUE",
        )
        self.logged = EventHandler(
            self,
            "ChatLogged",
            stage=stage,
            spec=functions.on_chat_logged(),
            source=EventSource(
                bus=aws_events,
                source="aws.s3",
                detail_types=["Object Created"],
                detail={
                    "bucket": {"name": [media.chat_logs.bucket_name]},
                    "object": {"key": [{"suffix": ".log.gz"}]},
                },
            ),
        )
        stream_arn = data.tables["chat"].table_stream_arn
        if stream_arn is None:
            raise ValueError("The chat table has no stream.")
        self.stream = StreamHandler(
            self, "Stream", stage=stage, spec=functions.stream(), stream_arn=stream_arn, keys=TOLD
        )
        self.publish(ChatLoggingConfigurationArn=logging.attr_arn)


def _told(data: DataStack, context: str, event: str) -> EventSource:
    return EventSource(bus=data.bus, source=f"socialflow.{context}", detail_types=[event])
