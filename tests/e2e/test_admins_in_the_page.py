"""What admins see and do in the page: people, their roles, the audit log."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from infra.local.grant import grant
from infra.local.supervisor import LocalTarget
from tests.e2e.steps import log_out, sign_in, sign_up
from tests.functional.people import PASSWORD, Device, register


@pytest.fixture
def ann(origin: str) -> Device:
    """Somebody with an account."""
    return register(origin, "ann")


class TestAdmins:
    def test_find_people_give_roles_and_read_the_log(
        self, page: Page, target: LocalTarget, ann: Device
    ) -> None:
        handle = sign_up(page, "zoe")
        page.get_by_test_id("account-menu").click()
        expect(page.get_by_test_id("nav-settings")).to_be_visible()
        expect(page.get_by_test_id("nav-users")).to_have_count(0)
        page.keyboard.press("Escape")
        grant(target.engine_url, handle=handle, role="admin", reason="The first one")
        log_out(page)
        sign_in(page, {"email": f"{handle}@example.com", "password": PASSWORD})

        page.get_by_test_id("account-menu").click()
        page.get_by_test_id("nav-users").click()
        page.get_by_label("Who").fill(ann.account["email"])
        page.keyboard.press("Enter")
        page.get_by_test_id("user").get_by_role("link").click()
        page.get_by_label("Why").fill("Helps on Fridays")
        page.get_by_test_id("grant-role").click()
        expect(page.get_by_test_id("grant")).to_have_attribute("data-role", "moderator")

        page.get_by_role("link", name="What was done to them").click()
        granted = page.locator("[data-testid=audit-entry][data-act='role.granted']")
        expect(granted).to_contain_text("Helps on Fridays")
        page.go_back()
        page.get_by_test_id("revoke").click()
        page.get_by_test_id("reason-dialog").get_by_label("Why").fill("Fridays are over")
        page.get_by_test_id("confirm").click()
        expect(page.get_by_test_id("grant")).to_have_count(0)

    def test_alone_see_their_pages(self, page: Page, ann: Device) -> None:
        sign_in(page, ann.account)
        page.goto("/admin/users")
        expect(page.get_by_test_id("admins-only")).to_be_visible()
        page.goto("/admin/audit")
        expect(page.get_by_test_id("admins-only")).to_be_visible()
