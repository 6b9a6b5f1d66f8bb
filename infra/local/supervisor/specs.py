"""What each process is started with: its module and ports, what it is told, when it is ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.admin import ADMIN_ACCESS_KEY, ADMIN_SECRET_KEY, REGION
from infra.local.supervisor.children import ChildSpec
from infra.local.supervisor.ports import Ports
from infra.local.supervisor.probes import answers, listens


@dataclass(frozen=True, kw_only=True)
class Specs:
    """The children of one target. `token` opens the engine's own endpoints."""

    ports: Ports
    state_dir: Path
    logs: Path
    token: str

    @property
    def mail(self) -> Path:
        """Where the engine keeps what was sent and the mailbox reads it."""
        return self.state_dir / "mail"

    @property
    def providers(self) -> Path:
        """Where the identity provider keeps its clients' secrets; the deployment tells them."""
        return self.state_dir / "identity_provider"

    @property
    def engine_url(self) -> str:
        """The AWS endpoint."""
        return f"http://127.0.0.1:{self.ports.engine}"

    @property
    def service_urls(self) -> dict[str, str]:
        """The endpoints of the AWS services that the engine lacks, by their names in the SDK."""
        names = ("mediaconvert", "ivs", "ivschat")
        return {name: f"http://127.0.0.1:{getattr(self.ports, name)}" for name in names}

    def engine(self) -> ChildSpec:
        """ministack and what it lacks."""
        return ChildSpec(
            name="engine",
            module="infra.local.engine",
            arguments=(
                *("--port", str(self.ports.engine)),
                *("--state", str(self.state_dir / "engine")),
                *("--logs", str(self.logs)),
                *("--mail", str(self.mail)),
            ),
            environment={
                "SF_ENGINE_TOKEN": self.token,
                "SF_IVS_URL": self.service_urls["ivs"],
                "SF_IVSCHAT_URL": self.service_urls["ivschat"],
            },
            ready=lambda: answers(self.ports.engine, "/_ministack/health"),
            speaks=True,
            stop_seconds=15.0,
        )

    def mediaconvert(self) -> ChildSpec:
        return self._service("mediaconvert", "--port", self.ports.mediaconvert)

    def ivs(self) -> ChildSpec:
        """Ready when encoders can connect as well."""
        ports = (self.ports.ivs, self.ports.rtmp, self.ports.rtmps)
        named = zip(("--port", "--rtmp-port", "--rtmps-port"), ports, strict=True)
        return self._service("ivs", *(word for pair in named for word in pair))

    def ivschat(self) -> ChildSpec:
        """It waits longer for a message's review than IVS Chat's 200 ms: functions have no
        processors of their own here, and what a busy machine lets pass has not been reviewed."""
        return self._service(
            "ivschat",
            *("--port", self.ports.ivschat),
            environment={"SF_CHAT_REVIEW_TIMEOUT_MS": "1000"},
        )

    def mailbox(self) -> ChildSpec:
        """What was sent by mail, to read in a browser."""
        return ChildSpec(
            name="mailbox",
            module="infra.local.mailbox",
            arguments=("--port", str(self.ports.mailbox), "--messages", str(self.mail)),
            ready=lambda: listens(self.ports.mailbox),
        )

    def identity_provider(self, origin: str) -> ChildSpec:
        """Google, Apple and the others, for people who sign in at `origin`."""
        return ChildSpec(
            name="identity_provider",
            module="infra.local.identity_provider",
            arguments=(
                *("--port", str(self.ports.identity_provider)),
                *("--origin", origin),
                *("--state", str(self.providers)),
            ),
            ready=lambda: answers(self.ports.identity_provider, "/health"),
        )

    def edge(self) -> ChildSpec:
        """Ready when the API answers through it."""
        return ChildSpec(
            name="edge",
            module="infra.local.edge",
            arguments=(
                *("--port", str(self.ports.edge)),
                *("--engine-port", str(self.ports.engine)),
                *("--configuration", str(self.state_dir / "edge.json")),
            ),
            environment={"SF_ENGINE_TOKEN": self.token},
            ready=lambda: answers(self.ports.edge, "/v1/health"),
            stop_seconds=4.0,
        )

    def _service(
        self, name: str, *arguments: str | int, environment: Mapping[str, str] = {}
    ) -> ChildSpec:
        """An AWS service of ours: it signs as the administrator and tells the engine its events."""
        ports = [argument for argument in arguments if isinstance(argument, int)]
        return ChildSpec(
            name=name,
            module=f"infra.local.{name}",
            arguments=(*map(str, arguments), "--state", str(self.state_dir / name)),
            environment={
                "SF_ENGINE_URL": self.engine_url,
                "SF_ENGINE_TOKEN": self.token,
                "AWS_ACCESS_KEY_ID": ADMIN_ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": ADMIN_SECRET_KEY,
                "AWS_REGION": REGION,
                **environment,
            },
            ready=lambda: all(map(listens, ports)),
        )
