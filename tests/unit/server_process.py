"""A local service as a process of its own, to be stopped and killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.unit.local_mediaconvert.engine import ROOT, answers, free_port
from tests.unit.local_mediaconvert.fakes import wait_until


class ServerProcess:
    """`python -m infra.local.<service>` with its state and its log in `state`'s folder.

    `options` name its ports, of which the first is the API's; `environment` is its own.
    """

    def __init__(
        self,
        service: str,
        state: Path,
        engine_url: str,
        *,
        options: Sequence[str] = ("--port",),
        **environment: str,
    ) -> None:
        self.state = state
        self.ports = [free_port() for _ in options]
        self.url = f"http://127.0.0.1:{self.ports[0]}"
        given = [text for pair in zip(options, map(str, self.ports), strict=True) for text in pair]
        module = f"infra.local.{service}"
        self._command = [sys.executable, "-m", module, *given, "--state", str(state)]
        self._environment = {
            **os.environ,
            "SF_ENGINE_URL": engine_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            **environment,
        }
        self._log = state.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when every port takes connections."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        wait_until(lambda: all(answers(port) for port in self.ports))

    def kill(self) -> None:
        """Outright, as the machine's out-of-memory killer would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def terminate(self) -> int:
        """By SIGTERM; the exit code."""
        if self._process is None:
            raise AssertionError("not started")
        self._process.terminate()
        return self._process.wait(timeout=20)
