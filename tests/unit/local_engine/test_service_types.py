"""Resources of IVS and its chat: each record made once, updated where the API can, and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest

from infra.local.engine.service_types import (
    DIGEST_TAG,
    SERVICE_TYPES,
    NotThere,
    ServiceType,
    ServiceTypeHandlers,
    request_of,
)

RECORDING, KEY_PAIR, LOGGING = SERVICE_TYPES
TO_BUCKET = {"DestinationConfiguration": {"S3": {"BucketName": "recordings"}}}


class Service:
    """A service that keeps records of one kind, two to a page."""

    def __init__(self, kind: ServiceType) -> None:
        self._kind = kind
        self.records: dict[str, dict[str, Any]] = {}
        self._made = 0

    def __call__(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if path == self._kind.create:
            self._made += 1
            arn = f"arn:{self._made}"
            more = {"state": "ACTIVE", "fingerprint": "f", "id": str(self._made)}
            self.records[arn] = {**body, "arn": arn, **more}
            record = self.records[arn]
            return {self._kind.record_as: record} if self._kind.record_as else record
        if path == self._kind.listing:
            start = int(body.get("nextToken", 0))
            page = {self._kind.listed_as: list(self.records.values())[start : start + 2]}
            more = {"nextToken": str(start + 2)} if start + 2 < len(self.records) else {}
            return page | more
        if path.startswith("/tags/"):
            self.records[unquote(path.removeprefix("/tags/"))]["tags"] |= body["tags"]
            return {}
        arn = str(body.get("arn") or body["identifier"])
        if arn not in self.records:
            raise NotThere(arn)
        if path == self._kind.delete:
            del self.records[arn]
            return {}
        self.records[arn] |= {name: value for name, value in body.items() if name != "identifier"}
        return self.records[arn]


@pytest.mark.parametrize("kind", SERVICE_TYPES, ids=lambda kind: kind.name)
class TestEveryType:
    def test_a_record_is_made_once_whatever_else_there_is(self, kind: ServiceType) -> None:
        service = Service(kind)
        handlers = ServiceTypeHandlers(kind, service)
        made = [handlers.create(f"R{n}", {"Name": "same"}, "stack") for n in range(5)]
        # As after an engine that was killed before it knew them.
        again = [handlers.create(f"R{n}", {"Name": "same"}, "stack") for n in range(5)]
        assert again == made
        assert len(service.records) == 5

    def test_attributes_are_those_of_the_reference(self, kind: ServiceType) -> None:
        arn, attributes = ServiceTypeHandlers(kind, Service(kind)).create("R", {}, "stack")
        assert attributes["Arn"] == arn
        assert (
            set(attributes)
            == {
                RECORDING.name: {"Arn", "State"},
                KEY_PAIR.name: {"Arn", "Fingerprint"},
                LOGGING.name: {"Arn", "Id", "State"},
            }[kind.name]
        )

    def test_deleting_is_done_when_the_record_is_gone(self, kind: ServiceType) -> None:
        service = Service(kind)
        handlers = ServiceTypeHandlers(kind, service)
        arn, _ = handlers.create("R", {}, "stack")
        handlers.delete(arn, {})
        handlers.delete(arn, {})
        assert service.records == {}


class TestUpdates:
    @pytest.mark.parametrize("kind", [RECORDING, KEY_PAIR], ids=lambda kind: kind.name)
    def test_are_another_record_where_the_reference_says_replacement(
        self, kind: ServiceType
    ) -> None:
        handlers = ServiceTypeHandlers(kind, Service(kind))
        arn, _ = handlers.create("R", {"Name": "a"}, "stack")
        other, _ = handlers.update(arn, {"Name": "a"}, {"Name": "b"}, "stack", "R")
        assert other != arn

    def test_are_in_place_for_logging_and_found_again(self) -> None:
        service = Service(LOGGING)
        handlers = ServiceTypeHandlers(LOGGING, service)
        arn, _ = handlers.create("R", {"Name": "a"}, "stack")
        updated = handlers.update(arn, {"Name": "a"}, {"Name": "b", **TO_BUCKET}, "stack", "R")
        assert updated[0] == arn
        assert service.records[arn]["name"] == "b"
        assert handlers.create("R", {"Name": "b", **TO_BUCKET}, "stack") == updated

    def test_of_a_record_that_is_gone_make_it(self) -> None:
        service = Service(LOGGING)
        handlers = ServiceTypeHandlers(LOGGING, service)
        arn, _ = handlers.update("arn:gone", {}, {"Name": "b"}, "stack", "R")
        assert list(service.records) == [arn]


class TestRequest:
    def test_words_properties_as_the_api_does(self) -> None:
        properties = {
            **TO_BUCKET,
            "ThumbnailConfiguration": {"TargetIntervalSeconds": 10, "Storage": ["LATEST"]},
            "Tags": [{"Key": "Stage", "Value": "local"}],
        }
        assert request_of(properties) == {
            "destinationConfiguration": {"s3": {"bucketName": "recordings"}},
            "thumbnailConfiguration": {"targetIntervalSeconds": 10, "storage": ["LATEST"]},
            "tags": {"Stage": "local"},
        }

    def test_tells_records_of_different_properties_apart(self) -> None:
        service = Service(RECORDING)
        handlers = ServiceTypeHandlers(RECORDING, service)
        for properties in ({"Name": "a"}, {"Name": "b"}):
            handlers.create("R", properties, "stack")
        assert len({record["tags"][DIGEST_TAG] for record in service.records.values()}) == 2
