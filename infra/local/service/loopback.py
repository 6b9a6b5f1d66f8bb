"""The socket that a local service listens on."""

from __future__ import annotations

import socket

__all__ = ["HOST", "listen"]

HOST = "127.0.0.1"


def listen(port: int, *, backlog: int = 128) -> socket.socket:
    """A listening socket on the loopback address; port 0 takes a free one.

    asyncio turns Nagle's algorithm off only for sockets that name their protocol, which those of
    `socket.create_server` do not. With it on, the second of two small writes (a head, then its
    body) waits 40 ms for the peer's delayed acknowledgement. Accepted sockets inherit the option.
    """
    made = socket.create_server((HOST, port), backlog=backlog)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
