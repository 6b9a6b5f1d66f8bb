"""A service is loaded at the start when its saved state holds anything."""

from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.engine.late_cloudformation import holds_something


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, False),
        ({}, False),
        ({"queues": {}, "names": []}, False),
        ({"queues": SimpleNamespace(_data={})}, False),
        ({"queues": SimpleNamespace(_data={("000000000000", "q"): {"messages": []}})}, False),
        ({"queues": SimpleNamespace(_data={("000000000000", "q"): {"arn": "a"}})}, True),
        ({"nested": [{"deep": {"value": 1}}]}, True),
    ],
)
def test_empty_containers_are_nothing(state: Any, expected: bool) -> None:
    assert holds_something(state) is expected
