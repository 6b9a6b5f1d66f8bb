"""Rules of the whole API: what is committed, limited, repeatable and documented."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest

from api.export_openapi import TARGET, rendered
from api.security import access_of
from socialflow.platform.errors import SocialFlowError
from socialflow.videos.failures import FailureCode
from tests.architecture.routes import CHANGING, Route, document, every_route, policies_of
from tests.architecture.tree import ROOT, run_time_modules

ERRORS = ROOT / "docs/errors.md"
CHANGES = [route for route in every_route() if route[0] in CHANGING]
CREATES = [route for route in CHANGES if every_route()[route].status_code == 201]


def test_the_committed_document_is_the_one_that_the_routes_make() -> None:
    assert TARGET.read_text(encoding="utf-8") == rendered(), "run `make openapi`"


def test_operations_have_names_of_their_own() -> None:
    names = [
        operation["operationId"]
        for path in document()["paths"].values()
        for operation in path.values()
    ]
    assert len(names) == len(set(names)) == len(every_route())
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)


@pytest.mark.parametrize("route", CREATES, ids=" ".join)
def test_what_creates_takes_an_idempotency_key(route: Route) -> None:
    method, path = route
    parameters = document()["paths"][path][method.lower()].get("parameters", [])
    assert "Idempotency-Key" in [each["name"] for each in parameters if each["in"] == "header"]


@pytest.mark.parametrize("route", CHANGES, ids=" ".join)
def test_what_changes_something_is_limited(route: Route) -> None:
    assert policies_of(every_route()[route])


@pytest.mark.parametrize("route", [each for each in CHANGES if each[0] == "PATCH"], ids=" ".join)
def test_an_edit_takes_if_match(route: Route) -> None:
    method, path = route
    parameters = document()["paths"][path][method.lower()]["parameters"]
    assert "If-Match" in [each["name"] for each in parameters if each["in"] == "header"]


@pytest.mark.parametrize("route", every_route(), ids=" ".join)
def test_the_document_says_who_may_call(route: Route) -> None:
    method, path = route
    operation = document()["paths"][path][method.lower()]
    access = access_of(every_route()[route])
    assert operation["x-access"] == access.name
    assert ("security" in operation) == (access.name != "anyone")


def test_every_list_is_paged() -> None:
    lists = [
        operation
        for path in document()["paths"].values()
        for operation in path.values()
        if operation["operationId"].startswith("list_")
    ]
    assert lists
    for operation in lists:
        assert {"cursor", "limit"} <= {each["name"] for each in operation["parameters"]}


class TestErrors:
    """docs/errors.md is read by whoever writes a client."""

    def test_every_code_is_documented_with_its_status(self) -> None:
        documented = dict(_rows(ERRORS.read_text(encoding="utf-8"), r"\| `(\w+)` \| (\d{3}) \|"))
        codes = {error.code: str(error.status) for error in _error_classes()}
        assert len(codes) > 30
        assert codes.items() - documented.items() == set()

    def test_every_code_of_the_edge_is_documented(self) -> None:
        text = ERRORS.read_text(encoding="utf-8")
        sources = [path.read_text(encoding="utf-8") for path in (ROOT / "api").glob("*.py")]
        codes = {code for source in sources for code in re.findall(r'\bcode="(\w+)"', source)}
        assert {"internal_error", "body_too_large", "validation_failed"} <= codes
        assert [code for code in sorted(codes) if f"| `{code}` |" not in text] == []

    def test_a_code_means_one_thing(self) -> None:
        statuses: dict[str, set[int]] = {}
        for error in _error_classes():
            statuses.setdefault(error.code, set()).add(error.status)
        assert [code for code, found in statuses.items() if len(found) > 1] == []

    def test_every_reason_of_a_failed_video_is_documented(self) -> None:
        text = ERRORS.read_text(encoding="utf-8")
        assert [code for code in FailureCode if f"| `{code}` |" not in text] == []


def _rows(text: str, pattern: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(pattern, text):
        yield found[1], found[2]


def _error_classes() -> set[type[SocialFlowError]]:
    for name in run_time_modules():
        if name != "api.handler":
            importlib.import_module(name)
    found: set[type[SocialFlowError]] = set()
    waiting: list[type[SocialFlowError]] = [SocialFlowError]
    while waiting:
        error = waiting.pop()
        if error not in found and error.__module__.partition(".")[0] in ("api", "socialflow"):
            found.add(error)
            waiting += error.__subclasses__()
    return found
