"""The demo accounts: made once, and one of them an admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from infra.local import demo
from infra.local.grant import GrantFailed
from infra.local.registration import RegistrationRefused

URLS = {"mailbox_url": "http://127.0.0.1:1", "engine_url": "http://127.0.0.1:2"}


class Service:
    """The API, its mailbox and the operator's function: who has registered, and who may what."""

    def __init__(self) -> None:
        self.people: list[str] = []
        self.granted: list[tuple[str, str]] = []
        self.refuses = ""

    def ask(self, path: str, document: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        assert document is None
        return (200 if path.rpartition("/")[2] in self.people else 404), {}

    def register(self, _post: Any, _mailbox: Any, account: Mapping[str, str]) -> Any:
        if self.refuses == "register":
            raise RegistrationRefused("no mail came")
        self.people.append(account["handle"])

    def grant(self, _engine_url: str, account: demo.DemoAccount) -> None:
        if self.refuses == "grant":
            raise GrantFailed("no such role")
        assert account.handle in self.people
        self.granted.append((account.handle, account.role))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service()
    monkeypatch.setattr(demo, "_Api", lambda _origin: made)
    monkeypatch.setattr(demo, "register", made.register)
    monkeypatch.setattr(demo, "_grant", made.grant)
    return made


def test_they_are_made_once(service: Service) -> None:
    assert len(demo.ensure_demo_accounts("http://localhost:1", **URLS)) == 2
    assert demo.ensure_demo_accounts("http://localhost:1", **URLS) == []
    assert sorted(service.people) == ["demo", "robin"]
    assert service.granted == [("robin", "admin")]


@pytest.mark.parametrize(
    ("refuses", "told"), [("register", "no mail came"), ("grant", "no such role")]
)
def test_what_went_wrong_is_told(service: Service, refuses: str, told: str) -> None:
    service.refuses = refuses
    with pytest.raises(demo.DemoAccountFailed, match=told):
        demo.ensure_demo_accounts("http://localhost:1", **URLS)
