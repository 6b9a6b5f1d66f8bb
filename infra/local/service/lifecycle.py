"""What is started and stopped: by a test, a script or the command line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

__all__ = ["Startable"]


class Startable(ABC):
    """Runs between `start` and `stop`, or inside a `with` block."""

    @abstractmethod
    def start(self) -> None:
        """Returns when it runs. Raises what kept it from that."""

    @abstractmethod
    def stop(self) -> None:
        """Ends it, in order."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
