"""Signing in by Google, GitHub and Apple in the page, at the identity providers of this machine."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.steps import log_out, sign_up


class TestProviders:
    def test_make_an_account_and_sign_in_to_it_again(self, page: Page) -> None:
        page.goto("/login")
        page.get_by_test_id("provider-github").click()
        page.get_by_role("button", name="Mira Santos").click()
        expect(page.get_by_test_id("join-form")).to_be_visible()
        assert "#" not in page.url
        page.get_by_label("Handle").fill("mira_from_github")
        page.get_by_role("button", name="Make my account").click()
        page.wait_for_url("**/studio")

        log_out(page)
        page.goto("/login")
        page.get_by_test_id("provider-github").click()
        page.get_by_role("button", name="Mira Santos").click()
        page.wait_for_url("**/studio")
        expect(page.get_by_test_id("account-menu")).to_contain_text("@mira_from_github")

    def test_are_linked_and_unlinked_by_whoever_is_signed_in(self, page: Page) -> None:
        sign_up(page, "lena")
        page.goto("/settings/security")
        page.get_by_test_id("link-google").click()
        page.get_by_role("button", name="Liam Okafor").click()
        page.wait_for_url("**/settings/security")
        linked = page.locator("[data-testid=linked][data-provider=google]")
        expect(linked).to_be_visible()

        linked.get_by_test_id("unlink").click()

        expect(linked).to_have_count(0)

    def test_that_are_left_say_so(self, page: Page) -> None:
        page.goto("/login")
        page.get_by_test_id("provider-apple").click()
        page.get_by_role("button", name="Cancel").click()

        expect(page.get_by_test_id("error")).to_contain_text("did not allow")
        expect(page).to_have_url(re.compile("/signed-in$"))
