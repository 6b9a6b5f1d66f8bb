"""The account's rooms and logging configurations: in memory, and on disk before an answer."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from infra.local.ivschat.errors import QuotaExceeded, ResourceNotFound, ValidationFailed
from infra.local.ivschat.records import LoggingConfiguration, ReviewHandler, Room
from infra.local.ivschat.store import Store

__all__ = ["Registry"]

_MAX_TAGS = 50
_PAGE = 50
_ROOM, _LOGGING = "room", "logging-configuration"

Record = TypeVar("Record", Room, LoggingConfiguration)


class Registry:
    """Requests are what `check_request` let through."""

    def __init__(
        self,
        store: Store,
        *,
        arn_prefix: str,
        max_rooms: int,
        max_logging_configurations: int,
        make_id: Callable[[], str],
        now_ns: Callable[[], int],
    ) -> None:
        self._store = store
        self._arn_prefix = arn_prefix
        self._max_rooms = max_rooms
        self._max_logging = max_logging_configurations
        self._make_id = make_id
        self._now_ns = now_ns
        self._rooms = {room.arn: room for room in map(Room.from_json, store.load(_ROOM))}
        self._logging = {
            each.arn: each for each in map(LoggingConfiguration.from_json, store.load(_LOGGING))
        }

    def create_room(self, request: dict[str, Any]) -> Room:
        if len(self._rooms) >= self._max_rooms:
            raise QuotaExceeded("ROOM", self._max_rooms)
        room_id, now = self._make_id(), self._now_ns()
        room = Room(
            id=room_id,
            arn=f"{self._arn_prefix}{_ROOM}/{room_id}",
            created_ns=now,
            updated_ns=now,
            tags=request.get("tags", {}),
            **self._settings(request),
        )
        return self._keep_room(room)

    def room(self, arn: str) -> Room:
        """Raises `ResourceNotFound`."""
        room = self._rooms.get(arn)
        if room is None:
            raise ResourceNotFound(_id_of(arn))
        return room

    def update_room(self, request: dict[str, Any]) -> Room:
        room = self.room(request["identifier"])
        changed = {**self._settings(request), "updated_ns": self._now_ns()}
        return self._keep_room(dataclasses.replace(room, **changed))

    def delete_room(self, arn: str) -> None:
        room = self.room(arn)
        self._store.forget(_ROOM, room.id)
        del self._rooms[arn]

    def list_rooms(self, request: dict[str, Any]) -> tuple[list[Room], str | None]:
        """A page, what was changed last first, and the token of the next one."""
        name, uri = request.get("name"), request.get("messageReviewHandlerUri")
        logging = request.get("loggingConfigurationIdentifier")
        if logging is not None:
            self.logging_configuration(logging)
        matching = [
            room
            for room in self._rooms.values()
            if (name is None or room.name == name)
            and (uri is None or (room.handler.uri if room.handler else "") == uri)
            and (logging is None or logging in room.logging)
        ]
        return _page(matching, request)

    def create_logging(self, request: dict[str, Any]) -> LoggingConfiguration:
        if len(self._logging) >= self._max_logging:
            raise QuotaExceeded("LOGGING_CONFIGURATION", self._max_logging)
        made_id, now = self._make_id(), self._now_ns()
        made = LoggingConfiguration(
            id=made_id,
            arn=f"{self._arn_prefix}{_LOGGING}/{made_id}",
            created_ns=now,
            updated_ns=now,
            bucket=_bucket(request["destinationConfiguration"]),
            name=request.get("name", ""),
            tags=request.get("tags", {}),
        )
        return self._keep_logging(made)

    def logging_configuration(self, arn: str) -> LoggingConfiguration:
        """Raises `ResourceNotFound`."""
        found = self._logging.get(arn)
        if found is None:
            raise ResourceNotFound(_id_of(arn), "LOGGING_CONFIGURATION")
        return found

    def update_logging(self, request: dict[str, Any]) -> LoggingConfiguration:
        before = self.logging_configuration(request["identifier"])
        destination = request.get("destinationConfiguration")
        after = dataclasses.replace(
            before,
            name=request.get("name", before.name),
            bucket=_bucket(destination) if destination else before.bucket,
            updated_ns=self._now_ns(),
        )
        return self._keep_logging(after)

    def delete_logging(self, arn: str) -> None:
        """Rooms that name it go on without it."""
        self._store.forget(_LOGGING, self.logging_configuration(arn).id)
        del self._logging[arn]

    def list_logging(
        self, request: dict[str, Any]
    ) -> tuple[list[LoggingConfiguration], str | None]:
        return _page(list(self._logging.values()), request)

    def log_buckets(self, room: Room) -> list[str]:
        """The buckets that the room's messages are logged to, each once."""
        attached = [self._logging[arn].bucket for arn in room.logging if arn in self._logging]
        return list(dict.fromkeys(attached))

    def tags(self, arn: str) -> Mapping[str, str]:
        return self._tagged(arn).tags

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        self._retag(arn, {**self._tagged(arn).tags, **tags})

    def untag(self, arn: str, keys: list[str]) -> None:
        kept = {key: value for key, value in self._tagged(arn).tags.items() if key not in keys}
        self._retag(arn, kept)

    def _retag(self, arn: str, tags: dict[str, str]) -> None:
        if len(tags) > _MAX_TAGS:
            raise ValidationFailed("A resource has at most 50 tags.", {"tags": "are too many"})
        tagged = self._tagged(arn)
        if isinstance(tagged, Room):
            self._keep_room(dataclasses.replace(tagged, tags=tags))
        else:
            self._keep_logging(dataclasses.replace(tagged, tags=tags))

    def _tagged(self, arn: str) -> Room | LoggingConfiguration:
        return self._logging[arn] if arn in self._logging else self.room(arn)

    def _settings(self, request: dict[str, Any]) -> dict[str, Any]:
        """The fields of a room that the request names, as the room keeps them."""
        found: dict[str, Any] = {}
        for wire, own in (
            ("name", "name"),
            ("maximumMessageRatePerSecond", "messages_per_second"),
            ("maximumMessageLength", "message_length"),
        ):
            if wire in request:
                found[own] = request[wire]
        if "messageReviewHandler" in request:
            handler = request["messageReviewHandler"]
            fallback = handler.get("fallbackResult", "ALLOW")
            uri = handler.get("uri", "")
            found["handler"] = ReviewHandler(uri, fallback) if uri else None
        if "loggingConfigurationIdentifiers" in request:
            found["logging"] = tuple(
                self.logging_configuration(arn).arn
                for arn in dict.fromkeys(request["loggingConfigurationIdentifiers"])
            )
        return found

    def _keep_room(self, room: Room) -> Room:
        self._store.save(_ROOM, room.id, room.to_json())
        self._rooms[room.arn] = room
        return room

    def _keep_logging(self, made: LoggingConfiguration) -> LoggingConfiguration:
        self._store.save(_LOGGING, made.id, made.to_json())
        self._logging[made.arn] = made
        return made


def _page(records: list[Record], request: dict[str, Any]) -> tuple[list[Record], str | None]:
    """The token names the last record of the page before, so that new ones shift nothing."""
    ordered = sorted(records, key=lambda each: (-each.updated_ns, each.id))
    token = request.get("nextToken")
    if token:
        after = _place(token)
        ordered = [each for each in ordered if (-each.updated_ns, each.id) > after]
    size = request.get("maxResults", _PAGE)
    page = ordered[:size]
    if len(ordered) <= size:
        return page, None
    last = f"{page[-1].updated_ns}/{page[-1].id}"
    return page, base64.urlsafe_b64encode(last.encode()).decode()


def _place(token: str) -> tuple[int, str]:
    try:
        updated, _, record_id = base64.urlsafe_b64decode(token.encode()).decode().partition("/")
        return -int(updated), record_id
    except (binascii.Error, ValueError) as forged:
        raise ValidationFailed("The token is none of ours.", {"nextToken": "is not"}) from forged


def _bucket(destination: dict[str, Any]) -> str:
    if "s3" not in destination:
        kind = next(iter(destination))
        raise ValidationFailed(
            f"Logging to {kind} is not supported here.",
            {f"destinationConfiguration.{kind}": "is not supported"},
        )
    bucket: str = destination["s3"]["bucketName"]
    return bucket


def _id_of(arn: str) -> str:
    return arn.rpartition("/")[2]
