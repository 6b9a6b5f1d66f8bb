"""Rooms and logging configurations as values, and their JSON on the wire and on disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

__all__ = ["LoggingConfiguration", "ReviewHandler", "Room"]


def _time(ns: int) -> str:
    at = dt.datetime.fromtimestamp(ns // 1_000_000 / 1000, dt.UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class ReviewHandler:
    """The function that reviews messages, and what happens when it does not answer."""

    uri: str
    fallback: str

    @property
    def allows_on_failure(self) -> bool:
        return self.fallback == "ALLOW"

    def to_wire(self) -> dict[str, str]:
        return {"uri": self.uri, "fallbackResult": self.fallback}


@dataclass(frozen=True, slots=True)
class Room:
    """Times are nanoseconds since 1970."""

    id: str
    arn: str
    created_ns: int
    updated_ns: int
    name: str = ""
    messages_per_second: int = 10
    message_length: int = 500
    handler: ReviewHandler | None = None
    logging: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def to_summary(self) -> dict[str, Any]:
        """As ListRooms shows it."""
        return {
            "arn": self.arn,
            "id": self.id,
            "name": self.name,
            "createTime": _time(self.created_ns),
            "updateTime": _time(self.updated_ns),
            **({"messageReviewHandler": self.handler.to_wire()} if self.handler else {}),
            "tags": dict(self.tags),
            "loggingConfigurationIdentifiers": list(self.logging),
        }

    def to_wire(self) -> dict[str, Any]:
        return {
            **self.to_summary(),
            "maximumMessageRatePerSecond": self.messages_per_second,
            "maximumMessageLength": self.message_length,
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "arn": self.arn,
            "created_ns": self.created_ns,
            "updated_ns": self.updated_ns,
            "name": self.name,
            "messages_per_second": self.messages_per_second,
            "message_length": self.message_length,
            "handler": self.handler.to_wire() if self.handler else None,
            "logging": list(self.logging),
            "tags": dict(self.tags),
        }

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        handler = saved["handler"]
        return cls(
            **{
                **saved,
                "handler": handler and ReviewHandler(handler["uri"], handler["fallbackResult"]),
                "logging": tuple(saved["logging"]),
            }
        )


@dataclass(frozen=True, slots=True)
class LoggingConfiguration:
    """Where rooms' messages are logged: a bucket."""

    id: str
    arn: str
    created_ns: int
    updated_ns: int
    bucket: str
    name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def to_wire(self) -> dict[str, Any]:
        return {
            "arn": self.arn,
            "id": self.id,
            "name": self.name,
            "createTime": _time(self.created_ns),
            "updateTime": _time(self.updated_ns),
            "destinationConfiguration": {"s3": {"bucketName": self.bucket}},
            "state": "ACTIVE",
            "tags": dict(self.tags),
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "arn": self.arn,
            "created_ns": self.created_ns,
            "updated_ns": self.updated_ns,
            "bucket": self.bucket,
            "name": self.name,
            "tags": dict(self.tags),
        }

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        return cls(**saved)
