"""Crash-safe state: a whole, consistent copy of every service at most a moment old.

ministack saves on a graceful stop only. A checkpoint here is taken by forking: the child sees the
memory of one instant, so the services agree with each other, and the event loop goes on answering.
The child writes a new generation directory and then moves one link:

    state/current -> gen-7        the link is replaced atomically, so a process killed at any
    state/gen-7/dynamodb.json     moment leaves either the old generation or the new one
    state/gen-7/sqs.json …

Between deployments only a few services change, and only those are written; the rest is linked from
the generation before. A change is on disk after at most `CHECKPOINT_DELAY_SECONDS` plus the time of
writing, a tenth of a second or so for a small state.
"""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from infra.local.engine import ministack

CHECKPOINT_DELAY_SECONDS = 0.3
"""How long changes gather before they are written."""
SETTLE_SECONDS = 5.0
"""After the last request, event sources go on moving messages: one more checkpoint catches that."""
WRITE_LIMIT_SECONDS = 60.0
HOT_SERVICES = frozenset(
    {"dynamodb", "events", "lambda", "monitoring", "s3", "secretsmanager", "sqs"}
)
"""Services by their signing names that change while people use the product."""
_HOT_FILES = frozenset({"dynamodb", "eventbridge", "lambda", "s3", "secretsmanager", "sqs"})
"""Metrics are too many to be written again and again: they come with everything else."""
LOCK_WAIT_SECONDS = 0.5

logger = logging.getLogger("socialflow.checkpoints")


class Checkpoints:
    """Takes checkpoints of the running engine. All methods belong to the event loop's thread."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._changed = asyncio.Event()
        self._all_changed = True
        self._generation = _newest_generation(state_dir)

    @staticmethod
    def current(state_dir: Path) -> Path:
        """The directory of the last whole checkpoint; it may not exist yet."""
        return (state_dir / "current").resolve()

    def mark_changed(self, service: str) -> None:
        """Say that a request to `service` (its signing name) may have changed state."""
        self._all_changed = self._all_changed or service not in HOT_SERVICES
        self._changed.set()

    async def run(self) -> None:
        """Take checkpoints for as long as the engine lives."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(CHECKPOINT_DELAY_SECONDS)
            seconds = await self._take()
            # A large state takes longer to write; writing must not become the main work.
            await asyncio.sleep(min(10.0, seconds * 2))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), SETTLE_SECONDS)
                continue
            self._all_changed = True
            await self._take()

    def save_now(self) -> None:
        """Write a checkpoint in this process: the last act of a graceful stop."""
        self._generation += 1
        _write_generation(self._state_dir, self._generation, hot_only=False)

    async def _take(self) -> float:
        started = time.monotonic()
        self._changed.clear()
        hot_only = not self._all_changed
        self._all_changed = False
        self._generation += 1
        with _still():
            child = os.fork()
            if child == 0:
                _write_and_exit(self._state_dir, self._generation, hot_only=hot_only)
        status = await asyncio.to_thread(_wait_for, child)
        if status != 0:
            logger.error("checkpoint %d was not written (status %d)", self._generation, status)
            self._all_changed = True
            self._changed.set()
        return time.monotonic() - started


@contextlib.contextmanager
def _still() -> Iterator[None]:
    """Hold the locks under which worker threads change several rows, so none is half done."""
    locks: list[threading.Lock] = [
        ministack.module("services.dynamodb")._lock,
        ministack.module("services.sqs")._queues_lock,
    ]
    held = [lock for lock in locks if lock.acquire(timeout=LOCK_WAIT_SECONDS)]
    try:
        yield
    finally:
        for lock in held:
            lock.release()


def _write_and_exit(state_dir: Path, generation: int, *, hot_only: bool) -> None:
    """The child's whole life. Never returns: it must not run the parent's handlers."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # The listening port must be free for a successor as soon as the engine is gone.
        for descriptor in Path("/proc/self/fd").iterdir():
            if int(descriptor.name) > 2:
                with contextlib.suppress(OSError):
                    os.close(int(descriptor.name))
        _write_generation(state_dir, generation, hot_only=hot_only)
        status = 0
    except BaseException:
        logger.exception("checkpoint %d failed", generation)
    finally:
        os._exit(status)


def _write_generation(state_dir: Path, generation: int, *, hot_only: bool) -> None:
    persistence = ministack.module("core.persistence")
    services = ministack.module("app")._build_persistence_save_dict()
    target = state_dir / f"gen-{generation}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for service, get_state in services.items():
        if hot_only and service not in _HOT_FILES:
            continue
        state = get_state()
        if state is None:
            continue
        document = {
            "__ministack_format__": persistence._state_format_version(service),
            "payload": state,
        }
        text = json.dumps(document, default=persistence._json_default)
        (target / f"{service}.json").write_text(text)
    # What was not written, because it did not change or is not even loaded, stays as it was.
    for kept in Checkpoints.current(state_dir).glob("*.json"):
        if not (target / kept.name).exists():
            os.link(kept, target / kept.name)
    link = state_dir / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    link.replace(state_dir / "current")
    for old in state_dir.glob("gen-*"):
        if old.name != target.name:
            shutil.rmtree(old, ignore_errors=True)


def _newest_generation(state_dir: Path) -> int:
    numbers = [int(path.name[4:]) for path in state_dir.glob("gen-*") if path.name[4:].isdigit()]
    return max(numbers, default=0)


def _wait_for(child: int) -> int:
    """The exit status of `child`, which is killed when it takes too long."""
    deadline = time.monotonic() + WRITE_LIMIT_SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
