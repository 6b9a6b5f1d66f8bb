"""CloudFormation types of the AWS services that run beside the engine: IVS and IVS Chat.

Their records belong to those servers, so the handlers here call the services' own REST APIs, as
CloudFormation does. A record carries a digest of its properties as a tag: an engine that was
killed after a record was made, and before it was known here, finds it again instead of making a
second one. Return values are those of the CloudFormation reference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from infra.local.engine import ministack

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

DIGEST_TAG = "socialflow:properties"


class Api(Protocol):
    """One service's REST API."""

    def __call__(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POSTs; answers the JSON. Raises `NotThere` for a record that is gone."""


class NotThere(Exception):
    """The service knows no such record."""


@dataclass(frozen=True, kw_only=True)
class ServiceType:
    """How the API of a service words a CloudFormation type."""

    name: str
    service: str
    create: str
    """Paths of the operations."""
    delete: str
    listing: str
    listed_as: str
    """The member of the list's answer that holds the records."""
    record_as: str = ""
    """The member of the creation's answer that holds the record; the answer itself if empty."""
    update: str = ""
    """Empty: another value of a property is another record."""
    attributes: tuple[tuple[str, str], ...] = (("Arn", "arn"),)
    """What `Fn::GetAtt` answers, and the record's member that holds it."""


SERVICE_TYPES = (
    ServiceType(
        name="AWS::IVS::RecordingConfiguration",
        service="ivs",
        create="/CreateRecordingConfiguration",
        delete="/DeleteRecordingConfiguration",
        listing="/ListRecordingConfigurations",
        listed_as="recordingConfigurations",
        record_as="recordingConfiguration",
        attributes=(("Arn", "arn"), ("State", "state")),
    ),
    ServiceType(
        name="AWS::IVS::PlaybackKeyPair",
        service="ivs",
        create="/ImportPlaybackKeyPair",
        delete="/DeletePlaybackKeyPair",
        listing="/ListPlaybackKeyPairs",
        listed_as="keyPairs",
        record_as="keyPair",
        attributes=(("Arn", "arn"), ("Fingerprint", "fingerprint")),
    ),
    ServiceType(
        name="AWS::IVSChat::LoggingConfiguration",
        service="ivschat",
        create="/CreateLoggingConfiguration",
        delete="/DeleteLoggingConfiguration",
        listing="/ListLoggingConfigurations",
        listed_as="loggingConfigurations",
        update="/UpdateLoggingConfiguration",
        attributes=(("Arn", "arn"), ("Id", "id"), ("State", "state")),
    ),
)


class ServiceTypeHandlers:
    """What ministack calls for one type."""

    def __init__(self, kind: ServiceType, api: Api) -> None:
        self._kind = kind
        self._api = api

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        """The record of these properties, made unless it is there."""
        digest = digest_of(self._kind.name, logical_id, stack, properties)
        found = self._found(digest)
        if found is None:
            body = request_of(properties)
            body["tags"] = {**body.get("tags", {}), DIGEST_TAG: digest}
            answer = self._api(self._kind.create, body)
            found = answer[self._kind.record_as] if self._kind.record_as else answer
        return self._created(found)

    def update(
        self, arn: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Created:
        """In place where the API can; otherwise another record, and ministack deletes this one."""
        if not self._kind.update:
            return self.create(logical_id, new, stack)
        digest = digest_of(self._kind.name, logical_id, stack, new)
        body = {name: value for name, value in request_of(new).items() if name != "tags"}
        try:
            found = self._api(self._kind.update, {"identifier": arn, **body})
        except NotThere:
            return self.create(logical_id, new, stack)
        self._api(f"/tags/{quote(arn, safe='')}", {"tags": {DIGEST_TAG: digest}})
        return self._created(found)

    def delete(self, arn: str, properties: Properties) -> None:
        """One that is gone already is deleted."""
        identifier = "identifier" if self._kind.service == "ivschat" else "arn"
        try:
            self._api(self._kind.delete, {identifier: arn})
        except NotThere:
            return

    def _found(self, digest: str) -> dict[str, Any] | None:
        token: str | None = None
        while True:
            page = self._api(self._kind.listing, {"nextToken": token} if token else {})
            for record in page[self._kind.listed_as]:
                if record.get("tags", {}).get(DIGEST_TAG) == digest:
                    return dict(record)
            token = page.get("nextToken")
            if not token:
                return None

    def _created(self, record: Mapping[str, Any]) -> Created:
        attributes = {name: record[member] for name, member in self._kind.attributes}
        return str(record["arn"]), attributes


def request_of(properties: Properties) -> dict[str, Any]:
    """Properties as the REST API words them: `BucketName` → `bucketName`, tags as a map."""
    body = {name: value for name, value in properties.items() if name != "Tags"}
    written: dict[str, Any] = _lowered(body)
    if tags := properties.get("Tags"):
        written["tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    return written


def _lowered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _lowered(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_lowered(each) for each in value]
    return value


def digest_of(kind: str, logical_id: str, stack: str, properties: Properties) -> str:
    """Tells one resource in one state of its template from every other."""
    told = json.dumps([kind, stack, logical_id, properties], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def add_service_types(apis: Mapping[str, Api]) -> None:
    """Register the types; `apis` are the services' by their names in the SDK."""
    types = ministack.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    stacks = ministack.module("services.cloudformation.stacks")
    for kind in SERVICE_TYPES:
        handlers = ServiceTypeHandlers(kind, apis[kind.service])
        types[kind.name] = {
            "create": handlers.create,
            "update": handlers.update,
            "update_with_logical_id": True,
            "delete": handlers.delete,
        }
    names = {kind.name for kind in SERVICE_TYPES}
    runs_on_worker_thread = stacks._runs_on_worker_thread
    # The services call the engine back before they answer (does the bucket exist?).
    stacks._runs_on_worker_thread = lambda name: name in names or runs_on_worker_thread(name)
