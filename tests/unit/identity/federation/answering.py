"""A real server on loopback that answers whatever a test wants."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


@contextmanager
def answering(*pieces: bytes, after_each: Callable[[], object] = lambda: None) -> Iterator[str]:
    """A server on loopback that sends these pieces, whatever it is asked."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                _hear(connection)
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                        after_each()
                except (BrokenPipeError, ConnectionResetError):
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/document"
        thread.join(10)
        assert not thread.is_alive()


def _hear(connection: socket.socket) -> None:
    """Reads a whole request: what is unread at the end would reset the connection."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += connection.recv(65536)
    head, _, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    left = int(length[1]) - len(body) if length else 0
    while left > 0:
        left -= len(connection.recv(left))
