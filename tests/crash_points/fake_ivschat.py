"""IVS Chat as the chat context sees it, in memory and strict.

Requests are held to botocore's service model. Names of rooms need not be unique, as on AWS. What
clients have been told is kept in a form that does not change when they are told it twice.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from socialflow.platform.clock import Clock, utc_now

REGION, ACCOUNT = "eu-west-1", "123456789012"
MAX_ATTRIBUTE_BYTES = 1024


@dataclass
class FakeRoom:
    """A room and what those in it were told."""

    arn: str
    request: dict[str, Any]
    created_at: datetime
    events: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    disconnected: set[str] = field(default_factory=set)


class FakeIvsChat:
    """`busy` is how many of the next calls are throttled, `failure` what all of them raise."""

    def __init__(self, now: Clock = utc_now) -> None:
        self._now = now
        self._numbers = itertools.count(1)
        self.rooms: dict[str, FakeRoom] = {}
        self.tokens: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.busy = 0
        self.failure: Exception | None = None

    def call(self, operation: Any, parameters: dict[str, Any]) -> Any:
        """Answers a call as the client would."""
        errors = ParamValidator().validate(parameters, operation.input_shape)
        if errors.has_errors():
            raise AssertionError(f"{operation.name}: {errors.generate_report()}")
        self.calls.append(operation.name)
        if self.failure:
            raise self.failure
        if self.busy:
            self.busy -= 1
            raise _error("ThrottlingException", operation.name)
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation.name).lower()
        return getattr(self, f"_{method}")(parameters)

    def room_of(self, name: str) -> FakeRoom:
        """The only room of a name."""
        (found,) = [room for room in self.rooms.values() if room.request["name"] == name]
        return found

    def told(self, name: str, event: str) -> list[Any]:
        """Every event of a kind that a room got, as the JSON in its only attribute."""
        events = self.room_of(name).events.get(event, [])
        return [json.loads(text) for attributes in events for text in attributes.values()]

    def facts(self) -> dict[str, list[Any]]:
        """What a run leaves: rooms, what became of people and messages, each kind's last event."""
        return {
            "chat room": [
                {
                    "request": room.request,
                    "deleted": sorted(room.deleted),
                    "disconnected": sorted(room.disconnected),
                    "last events": {name: told[-1] for name, told in room.events.items()},
                }
                for room in self.rooms.values()
            ]
        }

    def _list_rooms(self, parameters: dict[str, Any]) -> Any:
        found = [
            {"arn": room.arn, "name": room.request["name"], "createTime": room.created_at}
            for room in self.rooms.values()
            if parameters.get("name", room.request["name"]) == room.request["name"]
        ]
        return {"rooms": found}

    def _create_room(self, parameters: dict[str, Any]) -> Any:
        arn = f"arn:aws:ivschat:{REGION}:{ACCOUNT}:room/Room{next(self._numbers):08d}"
        self.rooms[arn] = FakeRoom(arn, parameters, self._now())
        return {"arn": arn}

    def _delete_room(self, parameters: dict[str, Any]) -> Any:
        del self.rooms[self._room(parameters["identifier"], "DeleteRoom").arn]
        return {}

    def _create_chat_token(self, parameters: dict[str, Any]) -> Any:
        self._room(parameters["roomIdentifier"], "CreateChatToken")
        _check_attributes(parameters["attributes"])
        self.tokens.append(parameters)
        now, minutes = self._now(), parameters["sessionDurationInMinutes"]
        return {
            "token": f"token-{len(self.tokens)}",
            "tokenExpirationTime": now + timedelta(minutes=1),
            "sessionExpirationTime": now + timedelta(minutes=minutes),
        }

    def _disconnect_user(self, parameters: dict[str, Any]) -> Any:
        room = self._room(parameters["roomIdentifier"], "DisconnectUser")
        room.disconnected.add(parameters["userId"])
        return {}

    def _delete_message(self, parameters: dict[str, Any]) -> Any:
        room = self._room(parameters["roomIdentifier"], "DeleteMessage")
        room.deleted.add(parameters["id"])
        return {"id": "AbCdEfGhIjKl"}

    def _send_event(self, parameters: dict[str, Any]) -> Any:
        room = self._room(parameters["roomIdentifier"], "SendEvent")
        _check_attributes(parameters["attributes"])
        room.events.setdefault(parameters["eventName"], []).append(parameters["attributes"])
        return {"id": "AbCdEfGhIjKl"}

    def _room(self, arn: str, operation: str) -> FakeRoom:
        if arn not in self.rooms:
            raise _error("ResourceNotFoundException", operation)
        return self.rooms[arn]


def _check_attributes(attributes: dict[str, str]) -> None:
    size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
    assert size <= MAX_ATTRIBUTE_BYTES, f"{size} bytes of attributes"


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
