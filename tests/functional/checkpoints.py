"""Waiting until the engine has everything on disk that was done so far."""

from __future__ import annotations

from infra.local.supervisor import LocalTarget
from tests.functional.waiting import wait_for


def wait_until_saved(target: LocalTarget) -> None:
    """Until a checkpoint that was begun after this call is whole.

    The next one may have been begun before; the one after it was not.
    """
    wanted = _generation(target) + 2
    wait_for(lambda: _generation(target) >= wanted, "a checkpoint")


def _generation(target: LocalTarget) -> int:
    """The number of the last whole checkpoint."""
    link = target.state_dir / "engine" / "current"
    return int(link.readlink().name.removeprefix("gen-")) if link.is_symlink() else 0
