"""What holds for every page: names for everything that can be used, small screens, no errors."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests import media
from tests.e2e.steps import choose_video, ready_row, sign_in, sign_up
from tests.functional.people import Device, register

PUBLIC_PAGES = (
    *("/", "/login", "/register", "/watch/{video}", "/@{handle}"),
    *("/live", "/@{handle}/live", "/reset", "/docs"),
)
OWN_PAGES = (
    *("/studio", "/studio/videos/{video}", "/watch/{video}"),
    *("/studio/live", "/live", "/@{handle}/live", "/@{handle}"),
    *("/settings/profile", "/settings/account", "/settings/security", "/settings/data"),
    *("/admin/users", "/admin/audit"),
)
PHONE = ViewportSize(width=360, height=740)
NAMELESS = """
() => {
  const name = element => {
    const labelled = (element.getAttribute('aria-labelledby') ?? '').split(' ')
      .map(id => document.getElementById(id)?.textContent ?? '').join('');
    const labels = [...(element.labels ?? [])].map(label => label.textContent).join('');
    const inside = element.tagName === 'IMG' ? '' : element.textContent;
    const picture = element.querySelector('img[alt], [aria-label], title');
    return [element.getAttribute('aria-label'), labelled, labels, inside, element.title,
      element.getAttribute('alt'), picture?.getAttribute('alt'),
      picture?.getAttribute('aria-label')].some(each => each?.trim());
  };
  const used = 'a[href], button, input:not([type=hidden]), select, textarea, video, ' +
    '[role=button], [role=slider], [role=menuitemradio], [role=dialog], [role=progressbar]';
  const nameless = [...document.querySelectorAll(used)].filter(each => !name(each));
  return nameless.map(each => each.outerHTML);
}
"""
FLAWS = """
() => {
  const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
  const flaws = [];
  if (!document.documentElement.lang) flaws.push('no language');
  if (!document.title.trim()) flaws.push('no title');
  if (document.querySelectorAll('main').length !== 1) flaws.push('not one main part');
  if (document.querySelectorAll('h1').length !== 1) flaws.push('not one first heading');
  if (ids.length !== new Set(ids).size) flaws.push('an id twice');
  if (document.querySelector('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])'))
    flaws.push('an order of its own for the keyboard');
  for (const image of document.querySelectorAll('img:not([alt])')) flaws.push(image.outerHTML);
  for (const element of document.querySelectorAll('[aria-hidden=true]'))
    if (element.querySelector('a[href], button:not([tabindex="-1"]), input:not([tabindex="-1"])'))
      flaws.push('hidden but usable: ' + element.outerHTML.slice(0, 200));
  return flaws;
}
"""
TWO_FRAMES = """
() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
"""


@pytest.fixture(scope="module")
def creator(origin: str) -> Device:
    """Somebody with an account and a video."""
    return register(origin, "dora")


@pytest.fixture(scope="module")
def places(creator: Device) -> dict[str, str]:
    """What stands for `{video}` and `{handle}` in a path."""
    video_id = creator.upload(media.landscape(), title="A page's own video", tags=["sea"])
    creator.wait_until_ready(video_id)
    return {"video": video_id, "handle": creator.handle}


def _settle(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("h1, .swagger-ui .info").first).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", PUBLIC_PAGES[:-1])
def test_everything_on_a_public_page_has_a_name(
    page: Page, path: str, places: dict[str, str]
) -> None:
    _settle(page, path.format(**places))

    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(FLAWS) == []


@pytest.mark.parametrize("path", OWN_PAGES)
def test_everything_on_a_creators_page_has_a_name_and_fits_a_phone(
    page: Page, path: str, creator: Device, places: dict[str, str]
) -> None:
    sign_in(page, creator.account)
    _settle(page, path.format(**places))
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(FLAWS) == []

    page.set_viewport_size(PHONE)

    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{path} is {wide} pixels too wide"


def test_a_form_can_be_filled_by_keyboard_alone_and_tells_what_is_wrong(page: Page) -> None:
    page.goto("/register")
    page.get_by_label("Your name").focus()
    for text in ("Eve", "eve_is_here", "eve@example.com", "password"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.get_by_test_id("show-password")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    problem = page.get_by_role("alert").first
    expect(problem).to_be_visible()
    expect(page).to_have_url("/register")


def test_processing_is_shown_until_the_video_is_ready(page: Page) -> None:
    sign_up(page, "finn")
    choose_video(page, media.long_landscape(), title="Slow to make")

    row = page.get_by_test_id("video-row")
    expect(row).to_have_attribute("data-status", "processing")
    expect(row.get_by_test_id("processing-progress")).to_be_visible()

    ready_row(page)
    expect(row.locator("img")).to_be_visible()
    expect(row.get_by_test_id("processing-progress")).to_have_count(0)


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_every_page_is_served_under_a_policy_without_inline_code(
    origin: str, path: str, places: dict[str, str]
) -> None:
    answer = httpx.get(origin + path.format(**places), follow_redirects=True)

    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe-eval" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors" in policy or "x-frame-options" in answer.headers


def test_the_next_pages_heading_gets_the_focus_unless_it_is_in_use_elsewhere(
    page: Page, creator: Device
) -> None:
    sign_in(page, creator.account)
    page.goto("/live")
    held: list[Route] = []
    page.route("**/assets/Studio-*.js", lambda route: held.append(route))
    with page.expect_request("**/assets/Studio-*.js"):
        page.get_by_test_id("nav-studio").click()
    page.get_by_test_id("account-menu").click()

    held[0].continue_()

    heading = page.get_by_role("heading", level=1, name="Studio")
    expect(heading).to_be_visible()
    page.evaluate(TWO_FRAMES)
    expect(page.get_by_test_id("log-out")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_test_id("nav-live").click()
    page.get_by_test_id("nav-studio").click()
    expect(heading).to_be_focused()
