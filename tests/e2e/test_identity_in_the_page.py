"""Signing up and in with all of it: codes, links, resets, second steps, passkeys, tabs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import Page, expect

from infra.local.mailbox.reading import code_in, link_in
from tests.e2e.authenticator import VirtualAuthenticator
from tests.e2e.steps import (
    add_passkey,
    fill_login,
    fill_registration,
    log_out,
    mailbox,
    new_account,
    sign_in,
    sign_up,
)
from tests.functional.people import PASSWORD, Device, register

NEW_PASSWORD = "another, longer evening"
REFRESH_COOKIE = "__Secure-sf_refresh"


@pytest.fixture
def ann(origin: str) -> Device:
    """Somebody with an account, signed in on another device."""
    return register(origin, "ann")


def kept_by_scripts(page: Page) -> str:
    """Everything that a script on the page could carry away."""
    places = "[{...localStorage}, {...sessionStorage}, document.cookie, location.href]"
    return str(page.evaluate(f"JSON.stringify({places})"))


class TestSigningUp:
    def test_takes_the_code_from_the_mail_and_leaves_no_token_to_scripts(
        self, page: Page, origin: str
    ) -> None:
        account = new_account("ida")
        fill_registration(page, account)
        form = page.get_by_test_id("code-form")
        code = mailbox(page).code(account["email"])

        page.get_by_label("Code from the mail").fill(f"{(int(code) + 1) % 1_000_000:06}")
        page.keyboard.press("Enter")
        expect(form.get_by_role("alert")).to_be_visible()
        page.get_by_label("Code from the mail").fill(code)
        page.keyboard.press("Enter")
        page.wait_for_url("**/studio")

        cookies = {each["name"]: each for each in page.context.cookies(f"{origin}/v1/auth/login")}
        kept = kept_by_scripts(page)
        assert cookies[REFRESH_COOKIE]["httpOnly"]
        assert cookies[REFRESH_COOKIE]["secure"]
        assert cookies[REFRESH_COOKIE]["sameSite"] == "Strict"
        assert all(each["value"] not in kept for each in cookies.values())
        assert "eyJ" not in kept, "an access token lies where scripts can read it"

    def test_is_finished_by_the_link_and_the_first_tab_goes_on(self, page: Page) -> None:
        account = new_account("jon")
        fill_registration(page, account)
        expect(page.get_by_test_id("code-form")).to_be_visible()
        link = link_in(mailbox(page).wait_for(account["email"]), "/register#code=")

        other = page.context.new_page()
        other.goto(link)

        other.wait_for_url("**/studio")
        page.wait_for_url("**/studio")
        other.close()

    def test_shows_the_code_where_the_link_is_opened_on_another_device(self, page: Page) -> None:
        page.goto("/register#code=424242")

        expect(page.get_by_test_id("code-elsewhere")).to_have_text("424242")
        assert "#" not in page.url

    def test_suggests_other_handles_for_one_that_is_taken(self, page: Page, ann: Device) -> None:
        fill_registration(page, {**new_account("eve"), "handle": ann.handle})
        expect(page.get_by_test_id("field-error")).to_be_visible()

        page.get_by_test_id("handle-suggestions").get_by_role("button").first.click()
        page.get_by_test_id("register-form").get_by_role("button", name="Sign up").click()

        expect(page.get_by_test_id("code-form")).to_be_visible()

    def test_says_the_same_for_an_address_that_has_an_account(
        self, page: Page, ann: Device
    ) -> None:
        fill_registration(page, {**new_account("mallory"), "email": ann.account["email"]})
        expect(page.get_by_test_id("sent-to")).to_have_text(ann.account["email"])

        mail = mailbox(page).wait_for(ann.account["email"], containing="account")
        while code_in(mail):
            mail = mailbox(page).wait_for(
                ann.account["email"], containing="account", but=frozenset({mail["id"]})
            )
        assert "/login" in mail["text"]


class TestSigningIn:
    def test_survives_a_reload_and_ends_in_every_tab_at_once(self, page: Page, ann: Device) -> None:
        sign_in(page, ann.account)
        other = page.context.new_page()
        other.goto("/studio")
        expect(other.get_by_role("heading", level=1)).to_be_visible()
        page.reload()
        expect(page).to_have_url(re.compile("/studio$"))

        log_out(page)

        other.wait_for_url("**/login**")
        assert REFRESH_COOKIE not in {each["name"] for each in page.context.cookies()}
        other.close()

    def test_says_only_that_something_is_wrong_and_counts_the_wait_down(
        self, page: Page, ann: Device
    ) -> None:
        page.goto("/login")
        page.get_by_test_id("show-password").click()
        expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
        wait = page.get_by_test_id("wait")
        button = page.get_by_role("button", name="Log in", exact=True)
        seconds = 0
        for _ in range(12):
            expect(button).to_be_enabled()
            fill_login(page, ann.account["email"], "not the password")
            expect(page.get_by_test_id("error").or_(wait)).to_be_visible()
            if not wait.is_visible():
                words = "e-mail address or the password"
                expect(page.get_by_test_id("error")).to_contain_text(words)
                continue
            seconds = int(wait.get_attribute("data-seconds") or 0)
            if seconds > 2:
                break

        assert seconds > 2, "the wait does not grow"
        expect(button).to_be_disabled()
        expect(wait).to_have_attribute("data-seconds", str(seconds - 1))
        expect(button).to_be_enabled()

    def test_is_possible_again_after_a_reset_by_the_link_in_the_mail(
        self, page: Page, ann: Device
    ) -> None:
        page.goto("/login")
        page.get_by_test_id("forgot-password").click()
        # The page before it has such a field, too, until this one is loaded.
        page.get_by_test_id("forgot-form").get_by_label("E-mail").fill(ann.account["email"])
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("reset-sent")).to_be_visible()
        link = link_in(
            mailbox(page).wait_for(ann.account["email"], containing="/reset#"), "/reset#"
        )

        page.goto(link)
        page.get_by_label("New password").fill(NEW_PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("reset-done")).to_be_visible()
        sign_in(page, {**ann.account, "password": NEW_PASSWORD})

        assert ann.get("/v1/me").status_code == 401
        page.goto("/")
        page.goto(link)
        page.get_by_label("New password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("error")).to_contain_text("used already")


class TestTheSecondStep:
    def test_is_turned_on_with_a_picture_asked_for_and_replaced_by_a_recovery_code(
        self, page: Page
    ) -> None:
        handle = sign_up(page, "ola")
        page.goto("/settings/security")
        page.get_by_test_id("add-totp").click()
        expect(page.get_by_alt_text("QR code for the authenticator app")).to_be_visible()
        app = pyotp.TOTP((page.get_by_test_id("totp-secret").text_content() or "").replace(" ", ""))
        # A code is good for one step before and after its own, so at least for half a minute.
        confirmed = app.timecode(datetime.now(UTC))
        page.get_by_label("Code that the app shows now").fill(app.generate_otp(confirmed))
        page.get_by_test_id("confirm-totp").click()
        expect(page.get_by_test_id("recovery-code")).to_have_count(10)
        codes = page.get_by_test_id("recovery-code").all_text_contents()
        assert len(set(codes)) == 10
        expect(page.get_by_test_id("codes-done")).to_be_disabled()
        page.get_by_test_id("codes-kept").check()
        page.get_by_test_id("codes-done").click()
        expect(page.get_by_test_id("totp")).to_have_attribute("data-enabled", "true")

        log_out(page)
        page.goto("/login")
        fill_login(page, f"{handle}@example.com", PASSWORD)
        unused = max(confirmed + 1, app.timecode(datetime.now(UTC)))
        page.get_by_label("Code", exact=True).fill(app.generate_otp(unused))
        page.keyboard.press("Enter")
        page.wait_for_url("**/studio")

        log_out(page)
        page.goto("/login")
        fill_login(page, f"{handle}@example.com", PASSWORD)
        page.get_by_test_id("use-recovery").click()
        page.get_by_label("Recovery code").fill(codes[0])
        page.keyboard.press("Enter")
        page.wait_for_url("**/studio")
        page.goto("/settings/security")
        expect(page.get_by_test_id("totp")).to_contain_text("9 of your recovery codes")


class TestPasskeys:
    def test_sign_in_without_a_password_by_the_button_and_by_the_autofill(self, page: Page) -> None:
        device = VirtualAuthenticator(page)
        sign_up(page, "pia")
        add_passkey(page, "Kitchen laptop")
        assert [each["isResidentCredential"] for each in device.credentials()] == [True]

        device.answers(by_itself=False)
        log_out(page)
        page.goto("/login")
        button = page.get_by_test_id("use-passkey")
        expect(button).to_be_enabled()
        device.answers(by_itself=True)
        button.click()
        page.wait_for_url("**/studio")

        log_out(page)
        # Conditional mediation: the device answers what the form waits for, without a click.
        page.goto("/login")
        page.wait_for_url("**/studio")

    def test_that_were_copied_are_refused(self, page: Page) -> None:
        device = VirtualAuthenticator(page)
        sign_up(page, "quin")
        add_passkey(page, "Copied")
        (before,) = device.credentials()
        log_out(page)
        page.goto("/login")
        page.wait_for_url("**/studio")
        log_out(page)

        device.replace(before)
        page.goto("/login")

        expect(page.get_by_test_id("error")).to_be_visible()
        expect(page).to_have_url(re.compile("/login$"))

    def test_are_renamed_and_removed(self, page: Page) -> None:
        VirtualAuthenticator(page)
        sign_up(page, "ruth")
        add_passkey(page, "First")
        passkey = page.get_by_test_id("passkey")
        page.get_by_test_id("rename-passkey").click()
        page.get_by_label("Name", exact=True).fill("The old phone")
        page.get_by_test_id("save-passkey-name").click()
        expect(passkey).to_contain_text("The old phone")

        page.get_by_test_id("remove-passkey").click()
        page.get_by_test_id("confirm").click()

        expect(passkey).to_have_count(0)
