"""Mail: which permissions it needs, and that it is on disk before anybody is told."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.engine import ministack
from infra.local.engine.mail import SEND_PATH, SentMail, asked_for, keep_mail
from infra.local.mailbox.messages import Messages

IDENTITY = "arn:aws:ses:us-east-1:000000000000:identity/socialflow.test"
SET = "arn:aws:ses:us-east-1:000000000000:configuration-set/mail"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> dict[str, SimpleNamespace]:
    """ministack's modules as far as mail touches them; `asked` is what it enforced."""
    asked: list[tuple[str, str]] = []

    def enforce_data_plane(_service: str, action: str, *_: Any, **named: Any) -> str | None:
        asked.append((action, named["resource_arn"]))
        return "denied" if named["resource_arn"] == SET else None

    modules = {
        "app": SimpleNamespace(
            asked=asked,
            _enforce_data_plane=enforce_data_plane,
            _enforce_ses_v2=lambda *_: "as ministack has it",
        ),
        "services.ses": SimpleNamespace(),
        "services.ses_v2": SimpleNamespace(_identities={"socialflow.test", "me@other.test"}),
    }
    monkeypatch.setattr(ministack, "module", modules.__getitem__)
    return modules


def body(**fields: Any) -> bytes:
    request = {"FromEmailAddress": "Social Flow <no-reply@socialflow.test>", **fields}
    return json.dumps(request).encode()


class TestSending:
    def test_needs_the_identity_and_the_configuration_set(
        self, engine: dict[str, SimpleNamespace], tmp_path: Path
    ) -> None:
        keep_mail(tmp_path)
        enforce, asked = engine["app"]._enforce_ses_v2, engine["app"].asked
        assert enforce("POST", SEND_PATH, {}, body(), {}, "r") is None
        assert asked == [("ses:SendEmail", IDENTITY)]
        named = body(ConfigurationSetName="mail")
        assert enforce("POST", f"{SEND_PATH}/", {}, named, {}, "r") == "denied"
        assert asked[1:] == [("ses:SendEmail", IDENTITY), ("ses:SendEmail", SET)]
        assert enforce("GET", "/v2/email/account", {}, b"", {}, "r") == "as ministack has it"

    def test_tells_who_sends_and_to_whom(self, engine: dict[str, SimpleNamespace]) -> None:
        request = body(Destination={"ToAddresses": ["Ann <ann@example.com>"], "CcAddresses": []})
        ((_, context),) = asked_for(request)
        assert context == {
            "ses:FromAddress": "no-reply@socialflow.test",
            "ses:FromDisplayName": "Social Flow",
            "ses:Recipients": ["ann@example.com"],
        }

    def test_an_address_may_be_an_identity_of_its_own(
        self, engine: dict[str, SimpleNamespace]
    ) -> None:
        ((resource, _),) = asked_for(body(FromEmailAddress="me@other.test"))
        assert resource.endswith(":identity/me@other.test")

    def test_what_is_no_request_is_asked_for_an_identity_that_there_is_not(
        self, engine: dict[str, SimpleNamespace]
    ) -> None:
        ((resource, _),) = asked_for(b"{")
        assert resource.endswith(":identity/")


def test_what_was_sent_is_a_file(tmp_path: Path) -> None:
    messages = Messages(tmp_path)
    SentMail(messages).append(
        {
            "MessageId": "0f0e0d0c-1111@email.amazonses.com",
            "Source": "no-reply@socialflow.test",
            "To": ["ann@example.com"],
            "CC": [],
            "BCC": ["bob@example.com"],
            "Subject": "Grüße",
            "BodyText": "123456",
            "BodyHtml": None,
            "Timestamp": 1_790_000_000.25,
        }
    )
    (message,) = Messages(tmp_path).newest(10)
    assert message.id == "0f0e0d0c-1111"
    assert message.recipients == ("ann@example.com", "bob@example.com")
    assert (message.subject, message.text, message.html) == ("Grüße", "123456", "")
    assert message.sent_at.timestamp() == 1_790_000_000.25
