"""The three ports, and a clear word when one is taken."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields

VARIABLES = {"edge": "PORT", "engine": "ENGINE_PORT", "mediaconvert": "MEDIACONVERT_PORT"}
DEFAULTS = {"edge": 8080, "engine": 4566, "mediaconvert": 4580}


class PortUnavailable(Exception):
    """A port is taken or not a port; the message names the variable that changes it."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where the processes listen, on loopback."""

    edge: int
    engine: int
    mediaconvert: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Ports":
        """PORT, ENGINE_PORT and MEDIACONVERT_PORT, or the defaults.

        Raises PortUnavailable for what is no port.
        """
        return cls(**{name: _number(environment, name) for name in VARIABLES})

    @classmethod
    def free(cls) -> "Ports":
        """Three ports that nobody listens on now."""
        sockets = [socket.socket() for _ in VARIABLES]
        try:
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            numbers = [one.getsockname()[1] for one in sockets]
        finally:
            for one in sockets:
                one.close()
        return cls(edge=numbers[0], engine=numbers[1], mediaconvert=numbers[2])

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
