"""From an item that asks for a mail to the mail: what goes to whom, once, and what is kept out."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from functions.identity import on_mail_requested
from socialflow.identity import account_wiring
from socialflow.identity.accounts.pending import RESET_SEAL, ref_of
from socialflow.identity.mail import delivery
from socialflow.identity.mail.delivery import MailDelivery
from socialflow.identity.mail.letters import Letter, render
from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, mail_requested, notice
from socialflow.identity.mail.ses import MailUndeliverable, SesPostman
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Item
from socialflow.platform.ids import id_factory
from tests.unit.identity.world import ANN, ORIGIN, THE_PHONE, World

BEN = replace(ANN, email="ben@example.com", handle="ben", display_name="Ben")
NASTY = "<b>Ann</b>\r\nBcc: all@example.com"


def begin(world: World, **change: str) -> str:
    token, _ = world.registrations.begin(replace(ANN, **change), network="")
    return token


def deliver(world: World, prefix: str) -> None:
    """Delivers what every item under a prefix asks for, as the queue does."""
    for item in world.items(prefix):
        if mail_requested(item, {}):
            world.mail.deliver({"pk": item["pk"], "sk": item["sk"]})


def mail_id(world: World) -> str:
    return id_factory(world.clock)(MAIL_ID_PREFIX)


class TestRegistrations:
    def test_a_new_address_gets_the_code_in_both_forms(self, world: World) -> None:
        token = begin(world)
        deliver(world, "PENDING#")
        (sent,) = world.postman.sent
        code = world.mailed_code(token)
        assert (sent.to, sent.kind) == (ANN.email, "registration")
        for form in (sent.letter.text, sent.letter.html, sent.letter.subject):
            assert code in form
        for form in (sent.letter.text, sent.letter.html):
            assert f"{ORIGIN}/register#code={code}" in form
            assert token not in form

    def test_an_address_with_an_account_gets_no_code(self, world: World) -> None:
        world.register_ann()
        token = begin(world, handle="eve", display_name="Eve")
        deliver(world, "PENDING#")
        (sent,) = world.postman.sent
        assert sent.to == ANN.email
        assert sent.letter.subject == "You already have an account"
        assert world.mailed_code(token) not in sent.letter.text
        assert "Ann Example" in sent.letter.text
        assert "Eve" not in sent.letter.text

    def test_a_mail_asked_for_again_is_sent_again(self, world: World) -> None:
        token = begin(world)
        deliver(world, "PENDING#")
        world.clock.move(minutes=1)
        world.registrations.mail_again(token, network="")
        deliver(world, "PENDING#")
        deliver(world, "PENDING#")
        assert len(world.postman.sent) == 2

    def test_what_is_over_is_not_sent(self, world: World) -> None:
        begin(world)
        world.clock.move(hours=1)
        deliver(world, "PENDING#")
        world.register_ann()
        deliver(world, "PENDING#")
        assert world.postman.sent == []


class TestResets:
    def forgot(self, world: World, email: str) -> None:
        world.password_changes.forgot(email, network="")

    def test_an_account_gets_the_link_in_both_forms(self, world: World) -> None:
        world.register_ann()
        self.forgot(world, ANN.email)
        deliver(world, "RESET#")
        (sent,) = world.postman.sent
        reset = world.pending.reset(ref_of(ANN.email))
        assert reset
        token = world.sealer.token(RESET_SEAL, reset.subject, reset.expires_at)
        for form in (sent.letter.text, sent.letter.html):
            assert f"{ORIGIN}/reset#token={token}" in form
        world.password_changes.reset(
            token, "another horse battery", device=THE_PHONE, request_id=""
        )

    def test_nobody_else_gets_anything(self, world: World) -> None:
        self.forgot(world, "nobody@example.com")
        deliver(world, "RESET#")
        assert world.postman.sent == []


class TestAddresses:
    def test_a_free_one_gets_the_code_a_taken_one_the_news(self, world: World) -> None:
        ann = world.access.verify(world.register_ann().access_token)
        world.register(BEN)
        for email in ("ann@example.net", BEN.email):
            world.email_changes.begin(ann, email, network="")
            deliver(world, f"USER#{ann.user_id}")
        fresh, taken = world.postman.sent
        assert (fresh.to, taken.to) == ("ann@example.net", BEN.email)
        assert "confirms your new address" in fresh.letter.subject
        assert taken.letter.subject == "You already have an account"
        assert "Ben" in taken.letter.text
        assert all("Ann" not in told.letter.text for told in (fresh, taken))


class TestNotices:
    def write(self, world: World, **change: Any) -> Item:
        user = replace(world.register_ann().user, **change)
        details = {"device": NASTY, "address": "203.0.113.7", "method": "password"}
        world.table.write(notice(user, Notice.NEW_DEVICE, details, id=mail_id(world)))
        (item,) = [each for each in world.items("USER#") if each["kind"] == "mail"]
        return item

    def test_go_to_the_accounts_address(self, world: World) -> None:
        item = self.write(world)
        world.mail.deliver({"pk": item["pk"], "sk": item["sk"]})
        (sent,) = world.postman.sent
        assert (sent.to, sent.kind) == (ANN.email, "new_device")

    def test_take_no_text_of_anybodys_into_a_header_or_a_line_of_its_own(
        self, world: World
    ) -> None:
        item = self.write(world)
        world.mail.deliver({"pk": item["pk"], "sk": item["sk"]})
        (sent,) = world.postman.sent
        assert not any(line.startswith("Bcc") for line in sent.letter.text.splitlines())
        assert "<b>" not in sent.letter.html
        assert sent.letter.subject.isprintable()

    def test_an_account_without_an_address_gets_none(self, world: World) -> None:
        item = self.write(world, email=None)
        world.mail.deliver({"pk": item["pk"], "sk": item["sk"]})
        assert world.postman.sent == []

    def test_go_after_a_week(self, world: World) -> None:
        item = self.write(world)
        assert item["expires_at"] == int((world.clock() + timedelta(days=7)).timestamp())
        world.clock.move(days=7)
        world.mail.deliver({"pk": item["pk"], "sk": item["sk"]})
        assert world.postman.sent == []


class TestAsking:
    def test_a_sent_mark_asks_for_no_mail(self, world: World) -> None:
        begin(world)
        (before,) = world.items("PENDING#")
        deliver(world, "PENDING#")
        (after,) = world.items("PENDING#")
        assert after["mail_sent"]
        assert mail_requested(after, before) is None
        assert mail_requested({}, after) is None

    def test_the_event_has_neither_address_nor_token(self, world: World) -> None:
        begin(world)
        (item,) = world.items("PENDING#")
        asked = mail_requested(item, {})
        assert asked == {"kind": "registration", "key": {"pk": item["pk"], "sk": "PENDING"}}


class TestFailures:
    def test_once_sent_it_is_not_sent_again(self, world: World) -> None:
        begin(world)
        for _ in range(3):
            deliver(world, "PENDING#")
        assert len(world.postman.sent) == 1

    def test_an_outage_raises_and_the_next_delivery_sends(self, world: World) -> None:
        begin(world)
        world.postman.away = TimeoutError("SES is away")
        with pytest.raises(TimeoutError):
            deliver(world, "PENDING#")
        world.postman.away = None
        deliver(world, "PENDING#")
        assert len(world.postman.sent) == 1

    def test_what_will_never_be_taken_is_given_up(self, world: World) -> None:
        begin(world)
        world.postman.away = MailUndeliverable("no such mailbox")
        deliver(world, "PENDING#")
        world.postman.away = None
        deliver(world, "PENDING#")
        assert world.postman.sent == []

    def test_an_item_that_is_gone_is_nothing_to_do(self, world: World) -> None:
        world.mail.deliver({"pk": "PENDING#gone", "sk": "PENDING"})
        assert world.items("PENDING#") == []

    def test_a_stage_without_mail_says_what_to_set(
        self, world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivery, "logger", lambda: logging.getLogger("mail"))
        silent = MailDelivery(
            world.table,
            world.repository,
            sealer=world.sealer,
            postman=None,
            origin=ORIGIN,
            clock=world.clock,
        )
        begin(world)
        (item,) = world.items("PENDING#")
        silent.deliver({"pk": item["pk"], "sk": item["sk"]})
        assert "SF_MAIL_FROM" in caplog.text
        assert "mail_sent" not in world.items("PENDING#")[0]


class TestSes:
    """The adapter against moto's SES, which keeps what it is given."""

    @pytest.fixture
    def postman(self, aws: None) -> SesPostman:
        boto3.client("ses").verify_email_identity(EmailAddress="no-reply@example.com")
        return SesPostman(
            lambda: client("sesv2"),
            sender="Social Flow <no-reply@example.com>",
            configuration_set="",
        )

    def test_sends_both_forms_to_one_address(self, postman: SesPostman) -> None:
        from moto.ses.models import ses_backends

        letter = render(Letter(subject="Hällo", paragraphs=("Zoë & 李",), code="012345"))
        postman.send(letter, to="ann@example.com", kind="registration")
        backend: Any = ses_backends["123456789012"]["eu-west-1"]
        (message,) = backend.sent_messages
        assert message.destinations["ToAddresses"] == ["ann@example.com"]
        assert message.source == "Social Flow <no-reply@example.com>"
        assert message.subject == "Hällo"

    def test_gives_up_what_ses_calls_a_bad_request(
        self, postman: SesPostman, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ses = client("sesv2")

        def refuse(**_: Any) -> None:
            error: Any = {"Error": {"Code": "BadRequestException", "Message": "Local address"}}
            raise ses.exceptions.BadRequestException(error, "SendEmail")

        monkeypatch.setattr(ses, "send_email", refuse)
        with pytest.raises(MailUndeliverable):
            postman.send(render(Letter(subject="Hello", paragraphs=())), to="a@b.de", kind="x")


class TestHandler:
    def test_reports_the_record_that_failed(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begin(world)
        (item,) = world.items("PENDING#")
        key = {"pk": item["pk"], "sk": item["sk"]}
        monkeypatch.setattr(account_wiring, "mail_delivery", lambda: world.mail)
        world.postman.away = TimeoutError("SES is away")
        answer = on_mail_requested.handler({"Records": [record("1", key)]}, None)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
        world.postman.away = None
        answer = on_mail_requested.handler({"Records": [record("1", key)]}, None)
        assert answer == {"batchItemFailures": []}
        assert len(world.postman.sent) == 1


def record(id: str, key: dict[str, str]) -> dict[str, Any]:
    """An SQS record with the bus's event."""
    detail = {
        "id": "e-1",
        "occurred_at": "2026-11-21T09:30:00.000Z",
        "correlation_id": "c-1",
        "data": {"kind": "registration", "key": key},
    }
    envelope = {"source": "socialflow.identity", "detail-type": "MailRequested.v1"}
    return {"messageId": id, "body": json.dumps(envelope | {"id": "e-1", "detail": detail})}
