"""The thread that starts the children and starts again those that die.

All children are started from this one thread, which lives until everything is stopped: the kernel
ties a child to the thread that made it.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from infra.local.supervisor.children import Child, ChildFailed, ChildSpec

LOOK_INTERVAL_SECONDS = 0.1
MOST_RESTARTS = 6
RESTART_WINDOW_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
READY_LIMIT_SECONDS = 30.0


class Keeper:
    """Keeps children running. `report` is told of restarts, `give_up` once when one keeps dying."""

    def __init__(
        self,
        *,
        logs: Path,
        quiet: bool,
        report: Callable[[str], None],
        give_up: Callable[[str], None],
    ) -> None:
        self._logs = logs
        self._quiet = quiet
        self._report = report
        self._give_up = give_up
        self._children: dict[str, Child] = {}
        self._deaths: dict[str, deque[float]] = {}
        self._commands: queue.Queue[Callable[[], None]] = queue.Queue()
        self._keeping = True
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def start(self, *specs: ChildSpec) -> None:
        """Start children side by side and wait until all are ready. Raises ChildFailed."""
        self.begin(*specs)
        self.wait(*specs)

    def begin(self, *specs: ChildSpec) -> None:
        """Start children without waiting for them."""
        started: Future[None] = Future()

        def command() -> None:
            for spec in specs:
                self._children[spec.name] = Child(spec, logs=self._logs, quiet=self._quiet)
            started.set_result(None)

        self._commands.put(command)
        started.result(10)

    def wait(self, *specs: ChildSpec) -> None:
        """Wait until children that were begun are ready. Raises ChildFailed."""
        for spec in specs:
            self._children[spec.name].wait_until_ready(READY_LIMIT_SECONDS)

    def child(self, name: str) -> Child:
        """The present process of that name."""
        return self._children[name]

    def stop(self, order: tuple[str, ...]) -> list[str]:
        """Stop the children one after the other; returns those that had to be killed."""
        self._keeping = False
        killed = []
        for name in order:
            child = self._children.get(name)
            if child is None:
                continue
            child.ask_to_stop()
            if not child.wait_or_kill():
                killed.append(name)
        self._end_thread()
        return killed

    def kill(self) -> None:
        """SIGKILL to everything at once, as a power cut would."""
        self._keeping = False
        for child in self._children.values():
            child.kill()
        self._end_thread()

    def _end_thread(self) -> None:
        self._commands.put(lambda: None)
        self._thread.join(LOOK_INTERVAL_SECONDS * 20)
        # A child started in the very moment of stopping.
        for child in self._children.values():
            child.kill()

    def _run(self) -> None:
        while self._keeping:
            try:
                self._commands.get(timeout=LOOK_INTERVAL_SECONDS)()
            except queue.Empty:
                self._look()

    def _look(self) -> None:
        for name, child in list(self._children.items()):
            if child.exit_status() is not None and self._keeping:
                self._start_again(name, child)

    def _start_again(self, name: str, dead: Child) -> None:
        status = dead.exit_status()
        dead.kill()
        now = time.monotonic()
        deaths = self._deaths.setdefault(name, deque())
        deaths.append(now)
        while now - deaths[0] > RESTART_WINDOW_SECONDS:
            deaths.popleft()
        if len(deaths) > MOST_RESTARTS:
            self._keeping = False
            self._give_up(f"{name} keeps ending ({_told(status)}).\n{dead.log_tail()}")
            return
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (len(deaths) - 1))
        self._report(f"{name} ended ({_told(status)}); starting it again.")
        time.sleep(pause)
        if not self._keeping:
            return
        child = Child(dead.spec, logs=self._logs, quiet=self._quiet)
        self._children[name] = child
        try:
            child.wait_until_ready(READY_LIMIT_SECONDS)
        except ChildFailed:
            child.kill()  # the next look counts it as another death


def _told(status: int | None) -> str:
    if status is not None and status < 0:
        return f"signal {-status}"
    return f"status {status}"
