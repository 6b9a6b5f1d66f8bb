"""One's own account in the page: profile, address and password, devices, data, confirming."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from infra.local.supervisor import LocalTarget
from tests.e2e.steps import fill_login, mailbox, sign_in, sign_up
from tests.functional.account import AwsAccount
from tests.functional.people import PASSWORD, Device, log_in, register

MADE_MS = 60_000
MARKUP = '<img src=x onerror="document.title=`owned`"> & <b>bold</b>'


@pytest.fixture
def account(target: LocalTarget) -> AwsAccount:
    """What the administrator sees."""
    return AwsAccount(target)


@pytest.fixture
def ann(origin: str) -> Device:
    """Somebody with an account, signed in on another device."""
    return register(origin, "ann")


def a_picture(folder: Path, *, size: tuple[int, int]) -> Path:
    """A PNG of one colour."""
    path = folder / f"{size[0]}x{size[1]}.png"
    Image.new("RGB", size, (200, 120, 40)).save(path)
    return path


class TestTheProfile:
    def test_is_shown_as_written_with_its_pictures(
        self, page: Page, tmp_path: Path, ann: Device
    ) -> None:
        sign_in(page, ann.account)
        page.goto("/settings/profile")
        page.get_by_label("Your name").fill("Ann <Paints>")
        page.get_by_label("About you").fill(MARKUP)
        page.get_by_test_id("add-link").click()
        page.get_by_label("Link 1", exact=True).fill("example.com/ann")
        page.get_by_label("art", exact=True).check()
        page.get_by_test_id("save-profile").click()
        expect(page.get_by_test_id("toasts")).to_contain_text("saved")
        expect(page.get_by_label("Link 1", exact=True)).to_have_value("https://example.com/ann")

        page.get_by_test_id("avatar-input").set_input_files(a_picture(tmp_path, size=(600, 500)))
        page.get_by_test_id("banner-input").set_input_files(a_picture(tmp_path, size=(1600, 600)))
        for kind in ("avatar", "banner"):
            remove = page.get_by_test_id(f"remove-{kind}")
            expect(remove).to_be_enabled(timeout=MADE_MS)

        page.goto(f"/@{ann.handle}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ann <Paints>")
        expect(page.get_by_test_id("bio")).to_have_text(MARKUP)
        link = page.get_by_test_id("profile-link")
        expect(link).to_have_attribute("href", "https://example.com/ann")
        expect(link).to_have_attribute("rel", re.compile("nofollow.*noopener"))
        for place in ("header [data-testid=avatar] img", "main [data-testid=banner] img"):
            page.wait_for_function(
                "place => document.querySelector(place)?.naturalWidth > 0", arg=place
            )
        assert "owned" not in page.title()

    def test_says_what_is_no_picture(self, page: Page, tmp_path: Path, ann: Device) -> None:
        sign_in(page, ann.account)
        page.goto("/settings/profile")
        drawing = tmp_path / "drawing.svg"
        drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
        page.get_by_test_id("avatar-input").set_input_files(drawing)
        part = page.get_by_test_id("avatar-picture")
        expect(part.get_by_role("alert")).to_contain_text("JPEG, PNG or WebP")

        pretended = tmp_path / "pretended.png"
        pretended.write_text("no picture at all")
        page.get_by_test_id("avatar-input").set_input_files(pretended)

        expect(part).to_have_attribute("data-busy", "true")
        expect(part.get_by_role("alert")).to_be_visible(timeout=MADE_MS)
        expect(page.get_by_test_id("remove-avatar")).to_have_count(0)


class TestTheAccount:
    def test_changes_its_handle_its_address_and_its_password(
        self, page: Page, origin: str, ann: Device
    ) -> None:
        sign_in(page, ann.account)
        page.goto("/settings/account")
        page.get_by_label("Handle").fill(f"{ann.handle}_new")
        page.get_by_role("button", name="Change the handle").click()
        expect(page.get_by_test_id("account-menu")).to_contain_text(f"@{ann.handle}_new")

        address = f"new.{ann.account['email']}"
        page.get_by_label("New e-mail").fill(address)
        page.get_by_role("button", name="Send a code to it").click()
        page.get_by_label("Code from the mail").fill(mailbox(page).code(address))
        page.get_by_role("button", name="Confirm the address").click()
        expect(page.get_by_test_id("own-email")).to_contain_text(address)
        mailbox(page).wait_for(ann.account["email"], containing="address")

        page.get_by_label("Your password now").fill(PASSWORD)
        page.get_by_label("New password").fill("another, longer evening")
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_test_id("toasts")).to_contain_text("Your password is set")
        log_in(origin, {"email": address, "password": "another, longer evening"})


class TestDevices:
    def test_are_listed_and_one_is_thrown_out(self, page: Page, ann: Device) -> None:
        sign_in(page, ann.account)
        page.goto("/settings/security")
        here = page.locator("[data-testid=device][data-current=true]")
        other = page.locator("[data-testid=device][data-current=false]")
        expect(here).to_contain_text("This device")

        other.get_by_test_id("sign-out-device").click()

        expect(other).to_have_count(0)
        assert ann.patch("/v1/me", json={"bio": "still here"}).status_code == 401

    def test_that_is_thrown_out_says_so_and_comes_back_to_the_same_place(
        self, page: Page, origin: str, ann: Device
    ) -> None:
        sign_in(page, ann.account)
        page.goto("/settings/profile")
        page.get_by_label("About you").fill("Written on a device that is logged out")
        elsewhere = log_in(origin, ann.account)
        assert elsewhere.delete("/v1/me/sessions").status_code == 204

        page.get_by_test_id("save-profile").click()

        expect(page.get_by_test_id("session-ended")).to_be_visible()
        fill_login(page, ann.account["email"], PASSWORD)
        page.wait_for_url("**/settings/profile")


class TestOnesData:
    def test_is_gathered_and_taken_along(self, page: Page) -> None:
        handle = sign_up(page, "xena")
        page.goto("/settings/data")
        page.get_by_test_id("request-export").click()
        row = page.get_by_test_id("export")
        expect(row).to_have_attribute("data-state", "ready", timeout=2 * MADE_MS)

        with page.expect_download() as download:
            page.get_by_test_id("download-export").click()

        with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as files:
            told = "".join(files.read(name).decode() for name in files.namelist())
        assert f"{handle}@example.com" in told

    def test_is_deleted_with_the_account_unless_its_owner_comes_back(self, page: Page) -> None:
        handle = sign_up(page, "yuri")
        page.goto("/settings/data")
        page.get_by_test_id("delete-account").click()
        delete = page.get_by_test_id("confirm-deletion")
        expect(delete).to_be_disabled()
        page.get_by_label("Type your handle").fill(handle)
        delete.click()
        expect(page.get_by_test_id("nav-login")).to_be_visible()
        page.goto(f"/@{handle}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("There is no")

        sign_in(page, {"email": f"{handle}@example.com", "password": PASSWORD})
        page.get_by_test_id("keep-account").click()

        expect(page.get_by_test_id("closing-banner")).to_have_count(0)
        page.reload()
        expect(page.get_by_test_id("account-menu")).to_be_visible()
        expect(page.get_by_test_id("closing-banner")).to_have_count(0)


class TestConfirming:
    def test_who_one_is_is_asked_for_when_the_last_proof_is_old_and_the_act_goes_on(
        self, page: Page, account: AwsAccount
    ) -> None:
        handle = sign_up(page, "vera")
        forget_proofs(account, handle)
        page.goto("/settings/security")
        page.get_by_test_id("add-totp").click()
        dialog = page.get_by_test_id("step-up")
        dialog.get_by_label("Your password").fill("not this one")
        page.get_by_test_id("confirm-identity").click()
        expect(dialog.get_by_test_id("error")).to_be_visible()
        dialog.get_by_label("Your password").fill(PASSWORD)
        page.get_by_test_id("confirm-identity").click()

        expect(page.get_by_test_id("totp-secret")).to_be_visible()

    def test_is_left_without_a_trace(self, page: Page, account: AwsAccount) -> None:
        handle = sign_up(page, "wanda")
        forget_proofs(account, handle)
        page.goto("/settings/security")
        page.get_by_test_id("add-totp").click()
        page.get_by_test_id("step-up").get_by_role("button", name="Cancel").click()

        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_test_id("error")).to_have_count(0)
        expect(page.get_by_test_id("totp")).to_have_attribute("data-enabled", "false")


def forget_proofs(account: AwsAccount, handle: str) -> None:
    """As if more than ten minutes had passed since the person proved who they are."""
    table = account.outputs["IdentityTableName"]
    dynamodb = account.client("dynamodb")
    named = {"pk": {"S": f"HANDLE#{handle}"}, "sk": {"S": "HANDLE"}}
    user_id = dynamodb.get_item(TableName=table, Key=named)["Item"]["user_id"]["S"]
    sessions = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :user AND begins_with(sk, :session)",
        ExpressionAttributeValues={
            ":user": {"S": f"USER#{user_id}"},
            ":session": {"S": "SESSION#"},
        },
    )["Items"]
    assert sessions
    for session in sessions:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": session["pk"], "sk": session["sk"]},
            UpdateExpression="SET verified_at = :long_ago",
            ExpressionAttributeValues={":long_ago": {"S": "2026-01-01T00:00:00.000Z"}},
        )
