"""What all tests share: examples that are the same in every run, and one local target.

Of a property the same examples are tried in every run, so that a commit passes or does not;
`--hypothesis-profile=search` tries others. A slow machine is no fault of what is tested.

The local target of the functional and the end-to-end tests is started once a run, and only where a
test asks for it. Every test that does is put into one group, so that with
`pytest -n 2 --dist loadgroup` one process runs them all, against one target.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from infra.local.supervisor import LocalTarget
from tests.functional.people import reads_mail_of

FIXTURE = "target"
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalTarget]:
    """The whole product on this machine, on free ports, with IAM enforced and an empty state."""
    _be_the_only_one(tmp_path_factory)
    running = LocalTarget(state_dir=tmp_path_factory.mktemp("target"))
    try:
        running.start()
        reads_mail_of(running)
        yield running
    finally:
        running.stop()


def _be_the_only_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two targets on one machine starve each other, and what fails then says nothing."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        try:
            (tmp_path_factory.getbasetemp().parent / FIXTURE).mkdir()
        except FileExistsError:
            pytest.fail("another process of this run has a target: use --dist loadgroup")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the tests of the target together, before pytest-xdist reads their groups."""
    for item in items:
        if FIXTURE in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(FIXTURE))
