"""Synthesis beside the start of the engine: neither waits for the other."""

import threading
import time

from infra.local.deploy.synthesis import Assembly, synthesize


class SynthesisBeside:
    """Runs `synthesize` in a thread."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._assembly: Assembly | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        started = time.monotonic()
        try:
            self._assembly = synthesize()
        except Exception as error:
            self._error = error
        self.seconds = time.monotonic() - started

    def is_done(self) -> bool:
        """Whether it is, within a moment."""
        self._thread.join(0.2)
        return not self._thread.is_alive()

    def result(self) -> Assembly:
        """Wait for the assembly. Raises what synthesis raised."""
        self._thread.join()
        if self._assembly is None:
            raise self._error or RuntimeError("synthesis ended without a result")
        return self._assembly
