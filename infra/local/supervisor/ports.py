"""The ports, and a clear word when one is taken."""

import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

VARIABLES = {
    "edge": "PORT",
    "engine": "ENGINE_PORT",
    "mediaconvert": "MEDIACONVERT_PORT",
    "ivs": "IVS_PORT",
    "rtmp": "RTMP_PORT",
    "rtmps": "RTMPS_PORT",
    "ivschat": "IVSCHAT_PORT",
    "identity_provider": "IDP_PORT",
    "mailbox": "MAILBOX_PORT",
}
DEFAULTS = {
    "edge": 8080,
    "engine": 4566,
    "mediaconvert": 4580,
    "ivs": 4581,
    "rtmp": 1935,
    "rtmps": 1936,
    "ivschat": 4582,
    "identity_provider": 4583,
    "mailbox": 4584,
}


class PortUnavailable(Exception):
    """A port is taken or not a port; the message names the variable that changes it."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where the processes listen, on loopback. IVS takes streams on `rtmp` and `rtmps`; the
    identity provider stands for Google and the others."""

    edge: int
    engine: int
    mediaconvert: int
    ivs: int
    rtmp: int
    rtmps: int
    ivschat: int
    identity_provider: int
    mailbox: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Ports":
        """The variables of `VARIABLES`, or the defaults.

        Raises PortUnavailable for what is no port.
        """
        return cls(**{name: _number(environment, name) for name in VARIABLES})

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody listens on now."""
        sockets = [socket.socket() for _ in VARIABLES]
        try:
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            numbers = [one.getsockname()[1] for one in sockets]
        finally:
            for one in sockets:
                one.close()
        return cls(**dict(zip(VARIABLES, numbers, strict=True)))

    def environment(self) -> dict[str, str]:
        """The variables that make another process take these."""
        return {VARIABLES[name]: str(number) for name, number in asdict(self).items()}

    def check(self) -> None:
        """Raise PortUnavailable when one of them is in use."""
        for entry in fields(self):
            number = getattr(self, entry.name)
            if not _is_free(number):
                raise PortUnavailable(
                    f"Port {number} is in use by another program. Choose another one for the "
                    f"{entry.name}: {VARIABLES[entry.name]}=<number> make run"
                )


def _number(environment: Mapping[str, str], name: str) -> int:
    text = environment.get(VARIABLES[name], "") or str(DEFAULTS[name])
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise PortUnavailable(f"{VARIABLES[name]}={text} is no port.")
    return int(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a port in TIME_WAIT is free for them.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
