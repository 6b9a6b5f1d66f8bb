"""Registering by mail: what is asked, what is typed, and what is said when it fails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.mailbox.reading import Mailbox, NoMail
from infra.local.registration import RegistrationRefused, register

ANN = {"email": "ann@example.com", "password": "p" * 12, "handle": "ann", "display_name": "Ann"}


class Inbox(Mailbox):
    """A mailbox with what was sent to ann before; registering sends her another."""

    def __init__(self, *codes: str) -> None:
        self.sent = [self._message(number, code) for number, code in enumerate(codes)]

    def send(self, code: str) -> None:
        self.sent.insert(0, self._message(len(self.sent), code))

    def messages(self, to: str, *, limit: int = 20) -> list[dict[str, Any]]:
        return self.sent if to == ANN["email"] else []

    def code(self, to: str, *, seconds: float = 0, but: frozenset[str] = frozenset()) -> str:
        return super().code(to, seconds=0, but=but)

    @staticmethod
    def _message(number: int, code: str) -> dict[str, Any]:
        at = datetime(2026, 3, 1, tzinfo=UTC).isoformat()
        return {"id": str(number), "sent_at": at, "subject": "Your code", "text": f"It is {code}."}


def test_the_newest_code_is_typed_in() -> None:
    inbox = Inbox("111111")
    asked: list[tuple[str, Mapping[str, Any]]] = []

    def post(path: str, document: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        asked.append((path, document))
        if path.endswith("/verify"):
            return 201, {"access_token": "a"}
        inbox.send("222222")
        return 202, {"registration_token": "r"}

    assert register(post, inbox, ANN) == {"access_token": "a"}
    assert asked == [
        ("/v1/auth/register", ANN),
        ("/v1/auth/register/verify", {"registration_token": "r", "code": "222222"}),
    ]


def test_an_old_code_is_none() -> None:
    def post(_path: str, _document: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        return 202, {"registration_token": "r"}

    with pytest.raises(RegistrationRefused, match=r"no mail .* ann@example\.com") as refused:
        register(post, Inbox("111111"), ANN)
    assert isinstance(refused.value.__cause__, NoMail)


def test_a_refusal_is_told() -> None:
    def post(_path: str, _document: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        return 409, {"code": "handle_taken"}

    with pytest.raises(RegistrationRefused, match=r"409: .*handle_taken"):
        register(post, Inbox(), ANN)
