"""The socket that local services listen on."""

from __future__ import annotations

import socket

from infra.local.service.loopback import HOST, listen


class TestListening:
    def test_accepted_connections_send_small_writes_at_once(self) -> None:
        with listen(0) as listening:
            address = listening.getsockname()
            assert address[0] == HOST
            with socket.create_connection(address):
                accepted, _ = listening.accept()
                with accepted:
                    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
