"""Whether a server answers, asked over plain HTTP with short patience."""

import http.client
import socket


def answers(port: int, path: str, *, statuses: frozenset[int] = frozenset({200})) -> bool:
    """Whether `GET path` on the loopback port gets one of the statuses within two seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status in statuses
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Whether something accepts connections on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
