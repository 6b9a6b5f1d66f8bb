"""The mailbox: every message is there, and none of them can do anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.mailbox import messages as storage
from infra.local.mailbox.messages import Message, Messages
from infra.local.mailbox.reading import Mailbox, NoMail, code_in, link_in
from infra.local.mailbox.server import make_server

MORNING = datetime(2026, 3, 1, 8, tzinfo=UTC)


def message(number: int, **fields: Any) -> Message:
    given: dict[str, Any] = {
        "id": f"0000-{number:04}",
        "sent_at": MORNING + timedelta(seconds=number),
        "sender": "no-reply@socialflow.test",
        "recipients": ("ann@example.com",),
        "subject": f"Number {number}",
        "text": "Your code is 123456.\nhttp://localhost:8080/register#code=123456",
        "html": "<p>Your code is <b>123456</b></p>",
    }
    return Message(**{**given, **fields})


@pytest.fixture
def kept(tmp_path: Path) -> Messages:
    return Messages(tmp_path / "mail")


@pytest.fixture
def url(kept: Messages) -> Iterator[str]:
    server = make_server(0, kept)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestKeeping:
    def test_the_newest_come_first_and_to_whom_they_were_sent(self, kept: Messages) -> None:
        for number in range(3):
            kept.keep(message(number))
        kept.keep(message(3, recipients=("Bob@Example.com",)))
        assert [each.id[-1] for each in kept.newest(2)] == ["3", "2"]
        assert kept.newest(10, to=" bob@example.com") == [kept.message("0000-0003")]
        assert kept.newest(10, to="nobody@example.com") == []

    def test_the_oldest_go(self, kept: Messages, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(storage, "KEPT", 3)
        for number in range(5):
            kept.keep(message(number))
        assert [each.id[-1] for each in kept.newest(10)] == ["4", "3", "2"]

    def test_they_are_there_after_a_restart_and_half_a_one_is_not(
        self, kept: Messages, tmp_path: Path
    ) -> None:
        kept.keep(message(1))
        (tmp_path / "mail" / "0-half.json.part").write_text('{"id"')
        assert Messages(tmp_path / "mail").newest(10) == [message(1)]

    @pytest.mark.parametrize("id", ["*", "../mail/x", "", "0000-9999", "[0-9]0000-0001"])
    def test_an_id_names_nothing_else(self, kept: Messages, id: str) -> None:
        kept.keep(message(1))
        assert kept.message(id) is None


class TestTheApi:
    def test_lists_what_went_to_an_address(self, kept: Messages, url: str) -> None:
        kept.keep(message(1))
        kept.keep(message(2, recipients=("bob@example.com",)))
        items = httpx.get(f"{url}/api/messages", params={"to": "ann@example.com"}).json()["items"]
        assert items == [message(1).to_json() | {"recipients": ["ann@example.com"]}]
        assert httpx.get(f"{url}/api/messages/0000-0002").json()["id"] == "0000-0002"
        assert httpx.get(f"{url}/api/messages/0000-0003").status_code == 404

    @pytest.mark.parametrize("limit", ["0", "101", "x", "-1", "1.5"])
    def test_refuses_another_limit(self, url: str, limit: str) -> None:
        assert httpx.get(f"{url}/api/messages", params={"limit": limit}).status_code == 422

    def test_answers_no_page_of_another_site(self, kept: Messages, url: str) -> None:
        kept.keep(message(1))
        for headers in ({"origin": "https://evil.example"}, {"host": "evil.example"}):
            answer = httpx.get(f"{url}/api/messages", headers=headers)
            assert (answer.status_code, "123456" in answer.text) == (403, False)


class TestThePage:
    def test_shows_a_message_with_its_links(self, kept: Messages, url: str) -> None:
        kept.keep(message(1))
        assert "Number 1" in httpx.get(url).text
        shown = httpx.get(f"{url}/messages/0000-0001").text
        assert '<a href="http://localhost:8080/register#code=123456">' in shown
        assert 'src="/messages/0000-0001/html"' in shown

    def test_nothing_in_a_message_runs(self, kept: Messages, url: str) -> None:
        attack = '"><script>alert(1)</script>'
        hurts = message(
            1, subject=attack, sender=attack, recipients=(attack,), text=attack, html=attack
        )
        kept.keep(hurts)
        for path in ("/", "/messages/0000-0001", f"/?to={attack}"):
            answer = httpx.get(url + path)
            assert "<script" not in answer.text
            assert "script-src" not in answer.headers["content-security-policy"]
        framed = httpx.get(f"{url}/messages/0000-0001/html")
        policy = framed.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "allow-scripts" not in policy
        assert "; sandbox " in policy


class TestReading:
    def test_takes_the_code_and_the_link(self, kept: Messages, url: str) -> None:
        kept.keep(message(1))
        kept.keep(message(2, subject="Notice", text="You signed in from 2026-03-01."))
        mailbox = Mailbox(url)
        assert mailbox.code("ann@example.com") == "123456"
        newest = mailbox.wait_for("ann@example.com", containing="Notice")
        assert code_in(newest) == link_in(newest) == ""
        first = mailbox.wait_for("ann@example.com", but=frozenset({newest["id"]}))
        assert link_in(first, "/register") == "http://localhost:8080/register#code=123456"

    def test_says_that_nothing_came(self, url: str) -> None:
        with pytest.raises(NoMail, match=r"ann@example\.com"):
            Mailbox(url).code("ann@example.com", seconds=0)
