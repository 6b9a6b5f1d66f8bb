"""What the edge knows of the deployed distribution, as the deployment wrote it down.

The deployment reads the distribution, its policies, functions and keys through the engine's
CloudFront API and writes one JSON file; the edge reads nothing else. See `deploy/edge_export.py`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Forwarding:
    """Which values of one kind (headers, cookies or query strings) reach the origin."""

    mode: str
    """`none`, `all`, `whitelist` or `allExcept`."""
    names: frozenset[str] = frozenset()

    def passes(self, name: str) -> bool:
        """Whether the value of that name is forwarded."""
        if self.mode == "allExcept":
            return name not in self.names
        return self.mode == "all" or name in self.names


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a behaviour's requests go: a bucket, or the HTTP API with that id."""

    bucket: str = ""
    api_id: str = ""
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the edge adds to each request; a viewer's header of the name does not pass."""


@dataclass(frozen=True, kw_only=True)
class ResponseHeader:
    """A header that a response headers policy sets."""

    name: str
    value: str
    override: bool


@dataclass(frozen=True, kw_only=True)
class Cors:
    """The CORS section of a response headers policy."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    expose: tuple[str, ...]
    credentials: bool
    max_age_seconds: int
    override: bool


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """A cache behaviour: what happens to requests whose path matches the pattern."""

    path_pattern: str
    origin: Origin
    methods: frozenset[str]
    key_groups: tuple[str, ...]
    headers: Forwarding
    cookies: Forwarding
    query: Forwarding
    response_headers: tuple[ResponseHeader, ...]
    removed_headers: frozenset[str]
    cors: Cors | None
    viewer_request_code: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path pattern: `*` any text, `?` any one character, a leading `/` optional."""
        text = self.path_pattern if self.path_pattern[:1] in "/*" else f"/{self.path_pattern}"
        parts = {"*": ".*", "?": "."}
        return re.compile("".join(parts.get(char) or re.escape(char) for char in text), re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """A custom error response: the page shown instead, and the status it is shown with."""

    page: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """The deployed distribution."""

    id: str
    arn: str
    default_root_object: str
    behaviors: tuple[Behavior, ...]
    """In order; the default behaviour, which matches everything, is the last."""
    key_groups: Mapping[str, tuple[str, ...]]
    public_keys: Mapping[str, str]
    error_pages: Mapping[int, ErrorPage]

    def behavior_for(self, path: str) -> Behavior:
        """The first behaviour whose pattern matches."""
        return next(b for b in self.behaviors if b.pattern.fullmatch(path))

    def trusted_keys(self, behavior: Behavior) -> dict[str, str]:
        """The public keys (PEM by id) that may have signed requests of the behaviour."""
        return {
            key_id: self.public_keys[key_id]
            for group in behavior.key_groups
            for key_id in self.key_groups.get(group, ())
            if key_id in self.public_keys
        }


def read_configuration(path: Path) -> Distribution:
    """Read what the deployment wrote."""
    return parse_configuration(json.loads(path.read_text()))


def parse_configuration(document: dict[str, Any]) -> Distribution:
    """The distribution in the exported document."""
    return Distribution(
        id=document["id"],
        arn=document["arn"],
        default_root_object=document["default_root_object"],
        behaviors=tuple(_behavior(entry) for entry in document["behaviors"]),
        key_groups={name: tuple(keys) for name, keys in document["key_groups"].items()},
        public_keys=document["public_keys"],
        error_pages={
            int(status): ErrorPage(page=entry["page"], status=entry["status"])
            for status, entry in document["error_pages"].items()
        },
    )


def _behavior(entry: dict[str, Any]) -> Behavior:
    def forwarding(kind: str) -> Forwarding:
        return Forwarding(mode=entry[kind]["mode"], names=frozenset(entry[kind]["names"]))

    return Behavior(
        path_pattern=entry["path_pattern"],
        origin=Origin(**entry["origin"]),
        methods=frozenset(entry["methods"]),
        key_groups=tuple(entry["key_groups"]),
        headers=forwarding("headers"),
        cookies=forwarding("cookies"),
        query=forwarding("query"),
        response_headers=tuple(ResponseHeader(**item) for item in entry["response_headers"]),
        removed_headers=frozenset(entry["removed_headers"]),
        cors=_cors(entry["cors"]) if entry["cors"] else None,
        viewer_request_code=entry["viewer_request_code"],
    )


def _cors(entry: dict[str, Any]) -> Cors:
    return Cors(
        origins=tuple(entry["origins"]),
        methods=tuple(entry["methods"]),
        headers=tuple(entry["headers"]),
        expose=tuple(entry["expose"]),
        credentials=entry["credentials"],
        max_age_seconds=entry["max_age_seconds"],
        override=entry["override"],
    )
