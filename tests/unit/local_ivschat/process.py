"""`python -m infra.local.ivschat`, to be stopped and killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.unit.local_ivschat.clients import wait_until
from tests.unit.local_mediaconvert.engine import ROOT, answers, free_port


class ServerProcess:
    def __init__(self, state: Path, engine_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [
            *(sys.executable, "-m", "infra.local.ivschat"),
            *("--port", str(self.port), "--state", str(state)),
        ]
        self._environment = {
            **os.environ,
            "SF_ENGINE_URL": engine_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            # More than the service's 200: the machine of the tests may have other things to do.
            "SF_CHAT_REVIEW_TIMEOUT_MS": "5000",
        }
        self._log = state.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        wait_until(lambda: answers(self.port), 30)

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
