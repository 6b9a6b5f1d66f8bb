"""The functions of the chat: what each is told and what it may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.constructs.function import FunctionSpec
from infra.constructs.grants import Grant, publish_events, use_made, use_objects, use_table
from infra.stacks.data import DataStack
from infra.stacks.media import MediaStack
from infra.stage import Stage

QUICK_SECONDS = 60
LOG_SECONDS = 300
LOG_MEMORY_MB = 1024

REVIEW_SECONDS = 3
REVIEW_MEMORY_MB = 1769
"""One whole processor (Lambda Developer Guide, "Configure Lambda function memory"): IVS Chat waits
200 ms, and a start that nothing was kept ready for has to fit into it as nearly as it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFunctions:
    """Specifications, from what the stacks before have made."""

    data: DataStack
    media: MediaStack

    def on_message_review(self, stage: Stage) -> FunctionSpec:
        """Called by IVS Chat for each message."""
        return self._spec(
            "on_message_review",
            [self._rows("BatchGetItem", "GetItem", "PutItem", "UpdateItem")],
            timeout_seconds=REVIEW_SECONDS,
            memory_mb=REVIEW_MEMORY_MB,
            environments=stage.review_environments,
        )

    def on_channel_requested(self, *, review_arn: str, logging_arn: str) -> FunctionSpec:
        return self._spec(
            "on_channel_requested",
            [
                self._rows("GetItem", "PutItem"),
                use_made("ivschat", "room", "CreateRoom", "DeleteRoom", "ListRooms"),
            ],
            {"SF_CHAT_REVIEW_FUNCTION": review_arn, "SF_CHAT_LOGGING_CONFIGURATION": logging_arn},
        )

    def on_sender_silenced(self) -> FunctionSpec:
        return self._spec(
            "on_sender_silenced",
            [
                self._rows("BatchGetItem", "GetItem"),
                use_made("ivschat", "room", "DisconnectUser"),
            ],
        )

    def on_message_deleted(self) -> FunctionSpec:
        return self._spec(
            "on_message_deleted",
            [self._rows("GetItem"), use_made("ivschat", "room", "DeleteMessage")],
        )

    def on_poll_changed(self) -> FunctionSpec:
        return self._spec(
            "on_poll_changed",
            [
                self._rows("BatchGetItem", "GetItem", "UpdateItem"),
                use_made("ivschat", "room", "SendEvent"),
            ],
        )

    def on_chat_logged(self) -> FunctionSpec:
        return self._spec(
            "on_chat_logged",
            [
                self._rows("GetItem", "PutItem", "BatchWriteItem"),
                use_objects(self.media.logged, "GetObject"),
            ],
            {"SF_CHAT_LOG_BUCKET": self.media.chat_logs.bucket_name},
            timeout_seconds=LOG_SECONDS,
            memory_mb=LOG_MEMORY_MB,
        )

    def stream(self) -> FunctionSpec:
        return self._spec("stream", [publish_events(self.data.bus)])

    def _rows(self, *actions: str) -> Grant:
        return use_table(self.data.tables["chat"], actions)

    def _spec(
        self,
        name: str,
        may: Sequence[Grant],
        settings: Mapping[str, str] | None = None,
        *,
        timeout_seconds: int = QUICK_SECONDS,
        memory_mb: int = 512,
        environments: int = 0,
    ) -> FunctionSpec:
        return FunctionSpec(
            context="chat",
            name=name,
            settings={"SF_CHAT_TABLE": self.data.tables["chat"].table_name, **(settings or {})},
            may=may,
            timeout_seconds=timeout_seconds,
            memory_mb=memory_mb,
            environments=environments,
        )
