"""One child process: started in its own group, tied to its parent's life, stopped as a whole."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
LOG_LIMIT_BYTES = 20 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


@dataclass(frozen=True, kw_only=True)
class ChildSpec:
    """What to run. `ready` answers whether it can take requests; it is asked until it does."""

    name: str
    module: str
    arguments: tuple[str, ...]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: float = 6.0
    speaks: bool = False
    """Whether its standard output is for people; all else goes to its log."""


class Child:
    """A running (or ended) process of a spec."""

    def __init__(self, spec: ChildSpec, *, logs: Path, quiet: bool) -> None:
        """Start it. Call from a thread that lives as long as the child may.

        The kernel sends the death signal when the *thread* that started the child ends.
        """
        self.spec = spec
        self.log_path = logs / f"{spec.name}.log"
        logs.mkdir(parents=True, exist_ok=True)
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_LIMIT_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                [sys.executable, "-m", spec.module, *spec.arguments],
                cwd=REPOSITORY,
                env=_environment(spec.environment),
                stdin=subprocess.DEVNULL,
                stdout=None if spec.speaks and not quiet else log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self._process.pid

    def exit_status(self) -> int | None:
        """None while it runs; negative numbers are signals."""
        return self._process.poll()

    def wait_until_ready(self, limit_seconds: float) -> None:
        """Wait until it answers. Raises ChildFailed when it ends or takes too long."""
        deadline = time.monotonic() + limit_seconds
        while time.monotonic() < deadline:
            if self.exit_status() is not None:
                raise ChildFailed(f"{self.spec.name} ended at its start.\n{self.log_tail()}")
            if self.spec.ready():
                return
            time.sleep(0.03)
        raise ChildFailed(
            f"{self.spec.name} did not answer within {limit_seconds:.0f} s.\n{self.log_tail()}"
        )

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process alone: it knows how to end its own children."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def wait_or_kill(self) -> bool:
        """Wait for it to stop, kill the group otherwise; returns whether it stopped by itself."""
        try:
            self._process.wait(self.spec.stop_seconds)
            stopped = True
        except subprocess.TimeoutExpired:
            stopped = False
        self.kill()
        return stopped

    def kill(self) -> None:
        """SIGKILL to the whole group, whether or not its leader is still there."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of its log."""
        with contextlib.suppress(OSError):
            text = self.log_path.read_text(errors="replace")
            return "\n".join(text.splitlines()[-lines:])
        return ""


class ChildFailed(Exception):
    """A process could not be started or kept; the message ends with its last log lines."""


def _end_with_parent() -> None:
    """SIGTERM rather than SIGKILL: the engine saves its state first."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _environment(added: Mapping[str, str]) -> dict[str, str]:
    """The parent's environment without AWS settings, which belong to someone else's account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "PYTHONUNBUFFERED": "1", **added}
