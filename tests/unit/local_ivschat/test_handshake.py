"""Who gets in: with a token, in time, once."""

from __future__ import annotations

import socket
from typing import ClassVar

import httpx
import pytest

from tests.unit.local_ivschat.clients import PATIENCE, Refused, wait_until
from tests.unit.local_ivschat.conftest import Service


class TestConnecting:
    def test_without_a_token(self, service: Service) -> None:
        with pytest.raises(Refused) as refused:
            service.open(None)
        assert refused.value.status == 401

    @pytest.mark.parametrize("token", ["guessed", "a" * 300, "AAAA", "=", "a.b~c"])
    def test_with_a_token_that_was_made_up(self, service: Service, token: str) -> None:
        with pytest.raises(Refused) as refused:
            service.open(token)
        assert refused.value.status == 401

    def test_with_a_token_that_was_changed(self, service: Service) -> None:
        token = service.token(service.room())
        changed = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
        with pytest.raises(Refused) as refused:
            service.open(changed)
        assert refused.value.status == 401

    def test_with_more_than_a_token(self, service: Service) -> None:
        with pytest.raises(Refused) as refused:
            service.open(service.token(service.room()), more_protocols=("chat",))
        assert refused.value.status == 401

    def test_a_minute_after_the_token_was_made(self, service: Service) -> None:
        token = service.token(service.room())
        service.clock.move(60)
        with pytest.raises(Refused, match="expired") as refused:
            service.open(token)
        assert refused.value.status == 401

    def test_a_second_time(self, service: Service) -> None:
        token = service.token(service.room())
        service.open(token).close()
        with pytest.raises(Refused, match="used before") as refused:
            service.open(token)
        assert refused.value.status == 401

    def test_to_a_room_that_was_deleted(self, service: Service) -> None:
        room = service.room()
        token = service.token(room)
        service.api.delete_room(identifier=room)
        with pytest.raises(Refused) as refused:
            service.open(token)
        assert refused.value.status == 404

    def test_to_another_path(self, service: Service) -> None:
        with pytest.raises(Refused) as refused:
            service.open(service.token(service.room()), path="/chat")
        assert refused.value.status == 404

    def test_with_an_old_version_of_the_protocol(self, service: Service) -> None:
        answer = httpx.get(
            service.url,
            headers={
                "connection": "upgrade",
                "upgrade": "websocket",
                "sec-websocket-version": "8",
                "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
                "sec-websocket-protocol": "token",
            },
        )
        assert answer.status_code == 426

    def test_the_token_is_the_subprotocol_agreed_on(self, service: Service) -> None:
        token = service.token(service.room())
        assert service.open(token).protocol == token


class TestTooMany:
    SETTINGS: ClassVar = {"max_connections": 2}

    def test_connections_wait_for_no_place(self, service: Service) -> None:
        room = service.room()
        first = service.connect(room)
        service.connect(room)
        token = service.token(room)
        with pytest.raises(Refused) as refused:
            service.open(token)
        assert refused.value.status == 503
        first.close()

        def let_in() -> bool:
            try:
                # The token was not used up by the refusals.
                service.open(token)
            except Refused:
                return False
            return True

        wait_until(let_in)


class TestMangledHandshakes:
    @pytest.mark.parametrize(
        "header",
        [
            {"sec-websocket-protocol": "tok\xe9n"},
            {"sec-websocket-key": ""},
            {"sec-websocket-key": "short"},
            {"sec-websocket-version": ""},
            {"content-length": "5"},
            {"expect": "100-continue", "transfer-encoding": "chunked"},
        ],
    )
    def test_are_answered_and_leave_nothing_behind(
        self, service: Service, header: dict[str, str]
    ) -> None:
        given = {
            "connection": "upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
            "sec-websocket-protocol": "token",
            **header,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE) as raw:
            raw.sendall(f"GET / HTTP/1.1\r\nhost: a\r\n{lines}\r\n".encode("latin-1"))
            answer = b""
            while data := raw.recv(4_096):
                answer += data
        status = int(answer.split(b" ", 2)[1])
        assert status in (400, 401, 426)
