"""Nobody learns whether an address has an account: not by answers, and not by how long they take.

Bodies, statuses and headers are compared whole. Of timings, what can be measured without noise is
compared: the calls to AWS, and the hashes computed. A clock over many requests shows the rest.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import argon2
import pytest
from httpx import Response

from tests.unit.identity.requests import ANN, PASSWORD, bearer, begin_registration, register
from tests.unit.in_process import InProcess

HERE, NOBODY = ANN["email"], "nobody@example.com"
Ask = Callable[[InProcess, str], Response]


def log_in(api: InProcess, email: str) -> Response:
    body = {"email": email, "password": "wrong horse battery"}
    return api.post("/v1/auth/login", json=body, headers=SAME)


def ask_for_an_account(api: InProcess, email: str) -> Response:
    return begin_registration(
        api, headers=SAME, email=email, handle="somebody", display_name="Somebody"
    )


def forget_the_password(api: InProcess, email: str) -> Response:
    return api.post("/v1/auth/password/forgot", json={"email": email}, headers=SAME)


SAME = {"X-Request-Id": "the-same-request"}
ASKS: dict[str, Ask] = {
    "login": log_in,
    "register": ask_for_an_account,
    "forgot": forget_the_password,
}
# Drawn anew for each request, or counting down by each; never by whose address it is.
OF_EACH_REQUEST = {"registration_token", "expires_at"}
COUNTS = {"ratelimit", "content-length"}


def seen(response: Response) -> Any:
    """All that tells answers apart, but for what is another in every answer."""
    body = response.json()
    for name in OF_EACH_REQUEST & set(body):
        body[name] = len(body[name])
    headers = {name: value for name, value in response.headers.items() if name not in COUNTS}
    return response.status_code, headers, body


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
class TestBodies:
    def test_are_alike(self, api: InProcess, ask: Ask) -> None:
        register(api)
        assert seen(ask(api, HERE)) == seen(ask(api, NOBODY))

    def test_are_alike_for_other_spellings(self, api: InProcess, ask: Ask) -> None:
        register(api)
        assert seen(ask(api, HERE.upper())) == seen(ask(api, NOBODY.upper()))


def test_another_address_for_an_account_is_asked_for_alike(api: InProcess) -> None:
    register(api)
    eve = register(api, email="eve@example.com", handle="eve", display_name="Eve")
    answers = []
    for email in (HERE, NOBODY):
        asked = api.post("/v1/me/email", json={"email": email}, headers=bearer(eve) | SAME)
        answers.append((asked.status_code, set(asked.json())))
    assert answers[0] == answers[1] == (202, {"email", "expires_at"})


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_the_work_is_the_same(api: InProcess, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same calls to AWS, the same number of hashes with the same parameters."""
    register(api)
    work: list[str] = []
    from botocore.client import BaseClient

    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    verify, make = argon2.PasswordHasher.verify, argon2.PasswordHasher.hash

    def counted_call(client: Any, operation: str, parameters: Any) -> Any:
        work.append(operation)
        return call(client, operation, parameters)

    def counted_verify(hasher: Any, encoded: str, password: str) -> bool:
        work.append(f"verify {encoded.split('$')[3]}")
        return verify(hasher, encoded, password)

    def counted_hash(hasher: Any, password: str, **more: Any) -> str:
        work.append("hash")
        return make(hasher, password, **more)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted_call)
    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted_verify)
    monkeypatch.setattr(argon2.PasswordHasher, "hash", counted_hash)
    done = []
    for email in (HERE, NOBODY):
        work.clear()
        ask(api, email)
        done.append(list(work))
    assert done[0] == done[1] != []


def test_the_clock_tells_nothing(api: InProcess) -> None:
    """Median of interleaved sign-ins: the hash, 20 ms and more, would show if it were left out."""
    register(api)
    took: dict[str, list[float]] = {"there": [], "not there": []}
    for number in range(7):
        # Addresses of their own, so that no wait comes between.
        others = {"there": HERE, "not there": f"nobody{number}@example.com"}
        for name, email in others.items():
            api.post("/v1/auth/login", json={"email": HERE, "password": PASSWORD})
            started = time.perf_counter()
            answer = log_in(api, email)
            took[name].append(time.perf_counter() - started)
            assert answer.status_code == 401
    there, missing = (statistics.median(each) for each in took.values())
    assert 0.6 < there / missing < 1.6
