"""The whole local target as one object: for `make run`, for tests and for benchmarks."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.admin import admin_client
from infra.local.console import note, step, warning
from infra.local.service.lifecycle import Startable
from infra.local.supervisor.children import REPOSITORY
from infra.local.supervisor.keeper import Keeper
from infra.local.supervisor.ports import Ports
from infra.local.supervisor.specs import Specs
from infra.local.supervisor.state_lock import StateLock
from infra.local.supervisor.synthesis_beside import SynthesisBeside

STOP_ORDER = ("edge", "identity_provider", "mailbox", "ivschat", "ivs", "mediaconvert", "engine")
"""Whoever sends events before the engine, which takes them."""


class TargetFailed(Exception):
    """The target could not be started or fell over; the message says why."""


class LocalTarget(Startable):
    """Engine, AWS services of ours, deployment and edge on one state directory.

        with LocalTarget(state_dir=tmp_path) as target:
            httpx.get(f"{target.origin}/v1/health")

    Ports are free ones unless given. With `quiet`, nothing is printed; logs are under
    `<state_dir>/logs`. After `stop` or `kill_all`, `start` brings it back with the same state.
    """

    def __init__(
        self,
        *,
        state_dir: Path,
        ports: Ports | None = None,
        quiet: bool = True,
        on_failure: Callable[[str], None] | None = None,
    ) -> None:
        self.state_dir = state_dir.resolve()
        self.ports = ports or Ports.free()
        self._quiet = quiet
        self._on_failure = on_failure or (lambda text: None)
        self._lock = StateLock(self.state_dir)
        self._keeper: Keeper | None = None
        self.token = ""
        """Opens the engine's own endpoints; another one at every start."""

    @property
    def origin(self) -> str:
        """Where people and clients come in."""
        return f"http://localhost:{self.ports.edge}"

    @property
    def engine_url(self) -> str:
        """The AWS endpoint."""
        return self._specs().engine_url

    @property
    def mediaconvert_url(self) -> str:
        """The local MediaConvert's endpoint."""
        return self._specs().service_urls["mediaconvert"]

    @property
    def ivs_url(self) -> str:
        """The local IVS's endpoint."""
        return self._specs().service_urls["ivs"]

    @property
    def ivschat_url(self) -> str:
        """The local IVS Chat's endpoint."""
        return self._specs().service_urls["ivschat"]

    @property
    def mailbox_url(self) -> str:
        """Where what was sent by mail can be read."""
        return f"http://localhost:{self.ports.mailbox}"

    @property
    def identity_provider_url(self) -> str:
        """The stand-in for Google and the others."""
        return f"http://localhost:{self.ports.identity_provider}"

    @property
    def rtmp_url(self) -> str:
        """Where encoders publish; the stream key comes after it."""
        return f"rtmp://localhost:{self.ports.rtmp}/app/"

    @property
    def logs(self) -> Path:
        """Where every process and the functions write."""
        return self.state_dir / "logs"

    def admin_client(self, service: str) -> Any:
        """A boto3 client with administrator's rights on the engine, or on a service of ours."""
        return admin_client(service, self._specs().service_urls.get(service, self.engine_url))

    def start(self) -> None:
        """Bring everything up; returns when the API answers.

        Raises StateInUse, PortUnavailable, SynthesisFailed, ChildFailed or TargetFailed; nothing
        is left running then.
        """
        self._lock.acquire()
        try:
            self.ports.check()
            self.token = secrets.token_urlsafe(32)
            self._keeper = Keeper(
                logs=self.logs,
                quiet=self._quiet,
                report=lambda text: None if self._quiet else warning(text),
                give_up=self._on_failure,
            )
            self._bring_up(self._keeper)
        except BaseException:
            self.kill_all()
            raise

    def stop(self) -> None:
        """Stop everything with the state saved."""
        if self._keeper is not None:
            killed = self._keeper.stop(STOP_ORDER)
            self._keeper = None
            if killed and not self._quiet:
                warning(f"Had to be killed: {', '.join(killed)}.")
        self._lock.release()

    def kill_all(self) -> None:
        """SIGKILL to every process, as a power cut would; `start` recovers from it."""
        if self._keeper is not None:
            self._keeper.kill()
            self._keeper = None
        self._lock.release()

    def process_id(self, name: str) -> int:
        """The process of a child by its name (`STOP_ORDER` has them) at this moment."""
        if self._keeper is None:
            raise TargetFailed("The target does not run.")
        return self._keeper.child(name).pid

    def kill_mediaconvert(self) -> None:
        """SIGKILL to the local MediaConvert and its ffmpeg; it comes back by itself."""
        self._kill("mediaconvert")

    def kill_ivs(self) -> None:
        """SIGKILL to the local IVS with its ingest and ffmpeg; it comes back by itself."""
        self._kill("ivs")

    def kill_ivschat(self) -> None:
        """SIGKILL to the local IVS Chat; it comes back by itself."""
        self._kill("ivschat")

    def _kill(self, name: str) -> None:
        os.killpg(self.process_id(name), signal.SIGKILL)

    def _specs(self) -> Specs:
        return Specs(ports=self.ports, state_dir=self.state_dir, logs=self.logs, token=self.token)

    def _bring_up(self, keeper: Keeper) -> None:
        synthesis = SynthesisBeside()
        started = time.monotonic()
        specs = self._specs()
        keeper.start(specs.engine())
        self._step("AWS engine", time.monotonic() - started)
        # Beside the deployment, which waits for the one whose resources it makes.
        services = (
            specs.mediaconvert(),
            specs.ivs(),
            specs.ivschat(),
            specs.mailbox(),
            specs.identity_provider(self.origin),
        )
        keeper.begin(*services)
        if not synthesis.is_done():
            self._note("Synthesizing the CDK app (only when its sources changed) …")
        assembly = synthesis.result()
        if assembly.made:
            self._step("Synthesized the template", synthesis.seconds)
        self._deploy(assembly.path)
        started = time.monotonic()
        keeper.start(specs.edge())
        keeper.wait(*services)
        self._step("Edge, API and the services beside them", time.monotonic() - started)

    def _deploy(self, assembly: Path) -> None:
        """In a process of its own, whose memory is free again afterwards."""
        settings = {
            "SF_PUBLIC_ORIGIN": self.origin,
            "AWS_ENDPOINT_URL_MEDIACONVERT": self.mediaconvert_url,
            "AWS_ENDPOINT_URL_IVS": self.ivs_url,
            "AWS_ENDPOINT_URL_IVSCHAT": self.ivschat_url,
            "SF_CHAT_MESSAGING_URL": f"ws://localhost:{self.ports.ivschat}",
            "SF_INGEST_URL": self.rtmp_url,
        }
        finished = subprocess.run(  # noqa: S603 - our own module, no shell
            [
                *(sys.executable, "-m", "infra.local.deploy"),
                *("--engine", self.engine_url, "--assembly", str(assembly)),
                *("--edge", str(self.state_dir / "edge.json")),
                *("--web", str(REPOSITORY / "web" / "dist")),
                *("--providers", self.identity_provider_url),
                *("--provider-clients", str(self._specs().providers)),
                *(f"--set={name}={value}" for name, value in settings.items()),
            ],
            cwd=REPOSITORY,
            capture_output=self._quiet,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            told = f"{finished.stdout}{finished.stderr}" if self._quiet else ""
            raise TargetFailed(f"The deployment failed. {told}".strip())

    def _step(self, text: str, seconds: float) -> None:
        if not self._quiet:
            step(text, seconds)

    def _note(self, text: str) -> None:
        if not self._quiet:
            note(text)
