"""Registering, passwords and addresses on the deployed stack, by the mails that it sends."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.local.mailbox.reading import Mailbox, link_in
from tests.functional.people import PASSWORD, Device, mailbox_of

NEW_PASSWORD = "an even longer and quieter evening"


@pytest.fixture
def mailbox(origin: str) -> Mailbox:
    return mailbox_of(origin)


def credentials(device: Device, **other: str) -> dict[str, str]:
    return {"email": device.account["email"], "password": PASSWORD} | other


class TestRegistering:
    def test_an_address_with_an_account_is_told_to_its_mailbox_alone(
        self, ann: Device, mailbox: Mailbox
    ) -> None:
        stranger = Device(ann.origin)
        body = {
            "email": ann.account["email"],
            "password": "chosen by somebody else",
            "handle": f"{ann.handle}_2",
            "display_name": "Not Ann",
        }
        begun = stranger.post("/v1/auth/register", json=body)
        assert begun.status_code == 202
        message = mailbox.wait_for(ann.account["email"], containing="You already have an account")
        assert "/login" in message["text"]
        assert "/login" in message["html"]
        typed = {"registration_token": begun.json()["registration_token"], "code": "000000"}
        refused = stranger.post("/v1/auth/register/verify", json=typed)
        assert refused.json()["code"] == "code_wrong"


class TestForgetting:
    def test_a_link_from_the_mail_sets_the_password_once(
        self, ann: Device, mailbox: Mailbox
    ) -> None:
        elsewhere = Device(ann.origin)
        asked = elsewhere.post("/v1/auth/password/forgot", json={"email": ann.account["email"]})
        assert asked.status_code == 202
        message = mailbox.wait_for(ann.account["email"], containing="Choose a new password")
        token = link_in(message, "/reset").partition("#token=")[2]
        body = {"token": token, "password": NEW_PASSWORD}
        assert elsewhere.post("/v1/auth/password/reset", json=body).status_code == 204
        again = body | {"password": "yet another quiet evening"}
        assert elsewhere.post("/v1/auth/password/reset", json=again).status_code == 410
        assert ann.patch("/v1/me", json={"bio": "Hello."}).json()["code"] == "session_ended"
        old, new = credentials(ann), credentials(ann, password=NEW_PASSWORD)
        assert elsewhere.post("/v1/auth/login", json=old).status_code == 401
        assert elsewhere.post("/v1/auth/login", json=new).status_code == 200
        mailbox.wait_for(ann.account["email"], containing="Your password was changed")

    def test_fifty_at_once_set_one_password(self, ann: Device, mailbox: Mailbox) -> None:
        Device(ann.origin).post("/v1/auth/password/forgot", json={"email": ann.account["email"]})
        message = mailbox.wait_for(ann.account["email"], containing="Choose a new password")
        token = link_in(message, "/reset").partition("#token=")[2]
        passwords = [f"quiet evening number {number}" for number in range(50)]

        def reset(password: str) -> int:
            body = {"token": token, "password": password}
            return Device(ann.origin).post("/v1/auth/password/reset", json=body).status_code

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(reset, passwords))
        assert answers.count(204) == 1
        assert set(answers) <= {204, 409, 410, 503}
        (won,) = itertools.compress(passwords, [answer == 204 for answer in answers])
        signed_in = Device(ann.origin).post("/v1/auth/login", json=credentials(ann, password=won))
        assert signed_in.status_code == 200


class TestChangingTheAddress:
    def test_the_code_goes_to_the_new_one_and_the_news_to_the_old(
        self, ann: Device, mailbox: Mailbox
    ) -> None:
        former = ann.account["email"]
        address = f"new.{former}"
        asked = ann.post("/v1/me/email", json={"email": address})
        assert asked.status_code == 202, asked.text
        moved = ann.post("/v1/me/email/verify", json={"code": mailbox.code(address)})
        assert moved.status_code == 200, moved.text
        mailbox.wait_for(former, containing="Your e-mail address was changed")
        there = credentials(ann, email=address)
        assert Device(ann.origin).post("/v1/auth/login", json=there).status_code == 200
        assert Device(ann.origin).post("/v1/auth/login", json=credentials(ann)).status_code == 401


class TestGuessing:
    def test_a_hundred_at_once_get_no_further_than_a_few(self, ann: Device) -> None:
        """The engine's own conditions and transactions hold what moto's do."""
        thief = Device(ann.origin)

        def guess(number: int) -> int:
            body = credentials(ann, password=f"guess number {number}")
            return thief.post("/v1/auth/login", json=body).status_code

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(guess, range(100)))
        assert set(answers) <= {401, 429, 503}
        assert answers.count(401) <= 12
        assert Device(ann.origin).post("/v1/auth/login", json=credentials(ann)).status_code == 200
