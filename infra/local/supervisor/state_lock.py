"""One target per state directory: two engines over the same files would destroy them."""

import fcntl
import os
from pathlib import Path
from typing import IO


class StateInUse(Exception):
    """Another target runs on the same state directory."""


class StateLock:
    """A lock that the kernel releases with the process, however it ends."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock. Raises StateInUse naming the process that has it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise StateInUse(
                f"Social Flow is already running on {self._path.parent} (process {holder}). "
                "Stop it first, or choose another directory with STATE_DIR."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None
