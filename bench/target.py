"""One local target for the measurements that need it, on a state directory of its own."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from bench.deployed import SCRATCH
from infra.local.supervisor import LocalTarget


@contextlib.contextmanager
def running() -> Iterator[LocalTarget]:
    """A new target; its state goes with it."""
    state = SCRATCH / "state"
    shutil.rmtree(state, ignore_errors=True)
    try:
        with LocalTarget(state_dir=state) as target:
            yield target
    finally:
        shutil.rmtree(state, ignore_errors=True)
