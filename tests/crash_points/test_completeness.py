"""No handler and no changing route is left out of the harness, and the harness itself can fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.openapi import api_routes
from socialflow.videos.processing_repository import ProcessingRepository
from tests.crash_points import asgi
from tests.crash_points.cloud import account
from tests.crash_points.harness import Harness
from tests.crash_points.plan import Plan
from tests.crash_points.scenarios import SCENARIOS
from tests.crash_points.videos_processing import upload_becomes_ready

ROOT = Path(__file__).parents[2]
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with account() as cloud:
        yield Harness(cloud)


def test_every_handler_is_in_a_scenario(harness: Harness) -> None:
    modules = (ROOT / "functions").glob("*/*.py")
    handlers = {f"{path.parent.name}.{path.stem}" for path in modules if path.name != "__init__.py"}
    covered = {
        name
        for scenario in SCENARIOS.values()
        for name in harness.reference(scenario).covered.handlers
    }
    assert handlers
    assert handlers - covered == set()


def test_every_changing_route_is_in_a_scenario(harness: Harness) -> None:
    routes = {
        (method, route.path_format)
        for route in api_routes(asgi.whole_app())
        for method in (route.methods or set()) & CHANGING
    }
    covered = {
        route
        for scenario in SCENARIOS.values()
        for route in harness.reference(scenario).covered.routes
    }
    assert routes
    assert routes - covered == set()


def test_a_step_that_is_not_repeatable_is_found(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the guard on a step taken away, crashes leave another end state, and it is told."""
    harness.reference(upload_becomes_ready)
    monkeypatch.setattr(ProcessingRepository, "mark_processing", lambda *_, **__: None)
    first = harness.boundaries(upload_becomes_ready)[0]
    assert "full_job_id" in harness.trouble(upload_becomes_ready, Plan(crash_at=first))
