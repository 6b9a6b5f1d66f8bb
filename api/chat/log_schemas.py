"""Bodies of what was said: the chat beside a replay, and how lively it was."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from socialflow.chat.message_log import MinuteCount
from socialflow.chat.models import Role
from socialflow.chat.replay_chat import ReplayedMessage


class MessageSender(BaseModel):
    """Who wrote, as they were called then."""

    id: str
    handle: str
    display_name: str
    role: Role


class LoggedMessage(BaseModel):
    """A message beside the replay."""

    id: str
    offset_ms: int = Field(description="When it was sent, in the replay's own time.")
    sender: MessageSender
    content: str

    @classmethod
    def of(cls, replayed: ReplayedMessage) -> LoggedMessage:
        message = replayed.message
        return cls(
            id=message.id,
            offset_ms=replayed.offset_ms,
            sender=MessageSender(
                id=message.sender_id,
                handle=message.handle,
                display_name=message.display_name,
                role=message.role,
            ),
            content=message.content,
        )


class LoggedMessageList(BaseModel):
    """One page of messages in order of time. It can be empty and still have a next one."""

    items: list[LoggedMessage]
    next_cursor: str | None


class MinuteActivity(BaseModel):
    """How many messages were sent in the minute that begins `at`."""

    at: datetime
    messages: int

    @classmethod
    def of(cls, counted: MinuteCount) -> MinuteActivity:
        return cls(at=counted.at, messages=counted.messages)


class ChatActivity(BaseModel):
    """The minutes that had messages, in order of time."""

    minutes: list[MinuteActivity]
