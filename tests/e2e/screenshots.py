"""Makes the README's pictures anew: `python -m tests.e2e.screenshots [account] [uploads] [live]`.

Starts a target of its own, uploads clips and streams what ffmpeg draws, and photographs an
account's security page, the watch page, the studio, the live page and the go-live page in Chromium.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from infra.local.supervisor import LocalTarget
from tests.e2e.authenticator import VirtualAuthenticator
from tests.e2e.browser import ARGUMENTS, chromium
from tests.e2e.live_steps import (
    expect_chat_open,
    expect_moving_picture,
    go_live,
    message,
    open_channel,
    say,
    wait_until_live,
    where_to_publish,
)
from tests.e2e.steps import add_passkey, sign_in, wait_until_played
from tests.functional.people import PASSWORD, Device, reads_mail_of, register_as
from tests.media import ffmpeg
from tests.publisher import publishing

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
SIZE: Final = ViewportSize(width=1280, height=860)
MINA: Final = {
    "email": "mina@example.com",
    "password": PASSWORD,
    "handle": "mina",
    "display_name": "Mina Paints Numbers",
}
# Calmer colours and fine grain smoothed out, so that the picture is a small file.
MANDELBROT: Final = (
    "mandelbrot=s=1280x720:r=24:start_scale=0.9:end_scale=0.002:maxiter=400"
    ",gblur=sigma=3,hue=h=105:s=0.5"
)
CLIPS: Final = {
    "Only for friends": (
        "gradients=s=1280x720:r=24:n=5:speed=0.02:seed=4",
        "private",
        "A first draft.",
        [],
    ),
    "Life, grown from noise": (
        "life=s=640x360:r=12:mold=12:ratio=0.12:random_seed=7"
        ":death_color=#123a5a:life_color=#8fffd0",
        "unlisted",
        "Conway's rules, and nothing else.",
        ["life"],
    ),
    "Into the Mandelbrot set": (
        MANDELBROT,
        "public",
        "A slow dive to where the edge curls into itself.",
        ["fractal", "maths", "slow"],
    ),
}
SECONDS: Final = 20
UPLOADED_LAST: Final = "Colours of a northern evening"


# A calm picture that is cheap to draw while Chromium plays it.
HARBOUR: Final = "gradients=s=1280x720:r=24:n=6:speed=0.015:seed=21,hue=h=20:s=0.8"
TALK: Final = (
    ("noor", "Noor", "Good evening from Rotterdam!"),
    ("theo", "Theo Waves", "How long did you let the first layer dry?"),
    ("mina", "", "About an hour, by the window."),
    ("noor", "Noor", "That green is exactly the water here"),
    ("ines", "Inês", "Could you do the lighthouse next?"),
    ("theo", "Theo Waves", "Lighthouse! Lighthouse!"),
    ("mina", "", "Let us vote then"),
)


def main() -> None:
    """Write the pictures into `docs/images/`: `security`, `watch`, `studio`, `live`, `go-live`."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=60_000)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        LocalTarget(state_dir=Path(folder) / "state") as target,
    ):
        reads_mail_of(target)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        wanted = sys.argv[1:] or ["account", "uploads", "live"]
        if "account" in wanted:
            _take_account(browser, target)
        if "uploads" in wanted:
            _take(browser, target, Path(folder))
        if "live" in wanted:
            _take_live(browser, target)
        browser.close()


def _take(browser: Browser, target: LocalTarget, folder: Path) -> None:
    mina = _person(target, MINA)
    watched = ""
    for title, (picture, visibility, description, tags) in CLIPS.items():
        source = _draw(picture, folder / f"{len(title)}.mp4")
        watched = mina.upload(
            source, title=title, visibility=visibility, description=description, tags=tags
        )
        mina.wait_until_ready(watched, seconds=300)
    page = browser.new_context(
        base_url=target.origin, viewport=SIZE, color_scheme="light"
    ).new_page()
    sign_in(page, MINA)
    _watch_page(page, watched)
    _studio(page, folder)


def _take_account(browser: Browser, target: LocalTarget) -> None:
    with _signed_in(browser, target, MINA) as page:
        VirtualAuthenticator(page)
        add_passkey(page, "Studio laptop")
        page.goto("/settings/security")
        expect(page.get_by_test_id("totp")).to_be_visible()
        expect(page.get_by_test_id("passkey")).to_be_visible()
        _photograph(page, "security")


def _watch_page(page: Page, video_id: str) -> None:
    page.goto(f"/watch/{video_id}")
    page.get_by_test_id("big-play").click()
    wait_until_played(page, 5)
    expect(page.get_by_test_id("player")).to_have_attribute("data-quality", "720p", timeout=60_000)
    page.get_by_test_id("player").hover()
    page.keyboard.press("k")
    bar = page.get_by_test_id("seek-bar").bounding_box()
    assert bar
    page.mouse.move(bar["x"] + bar["width"] * 0.62, bar["y"] + bar["height"] / 2)
    expect(page.get_by_test_id("storyboard-frame")).to_be_visible()
    expect(page.locator(".flash.shown")).to_have_count(0)
    _photograph(page, "watch")


def _studio(page: Page, folder: Path) -> None:
    """With one more upload on its way, on a line that takes its time."""
    source = _draw("gradients=s=1280x720:r=24:n=3:speed=0.01:seed=11", folder / "evening.mp4")
    data = source.read_bytes()
    free = 40 * 1024**2
    source.write_bytes(data + (free + 8).to_bytes(4, "big") + b"free" + bytes(free))
    page.goto("/studio")
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000},
    )
    page.get_by_test_id("file-input").set_input_files(source)
    page.get_by_label("Title").fill(UPLOADED_LAST)
    page.get_by_test_id("start-upload").click()
    progress = page.get_by_test_id("upload-state")
    expect(progress).to_contain_text("Uploading 4", timeout=90_000)
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    for image in page.get_by_test_id("video-row").locator("img").all():
        expect(image).to_be_visible()
    _photograph(page, "studio")


def _take_live(browser: Browser, target: LocalTarget) -> None:
    """While people talk and vote: as a viewer sees it, and as its creator does."""
    accounts = {handle: _account(handle, name) for handle, name, _ in TALK if name}
    with contextlib.ExitStack() as stack:
        pages = {
            handle: stack.enter_context(_signed_in(browser, target, account))
            for handle, account in {"mina": MINA, **accounts}.items()
        }
        creator, viewer = pages["mina"], pages["noor"]
        open_channel(creator)
        address = where_to_publish(creator)
        go_live(creator, "Painting the harbour at dusk, the long way round")
        stack.enter_context(publishing(address, picture=HARBOUR))
        for handle in accounts:
            pages[handle].goto("/@mina/live")
            expect_chat_open(pages[handle])
        expect_moving_picture(viewer)
        wait_until_live(creator)
        for handle, _, words in TALK:
            say(pages[handle], words)
            expect(message(viewer, words)).to_be_visible()
        _vote(creator, [pages[handle] for handle in accounts])
        count = viewer.get_by_test_id("viewer-count")
        expect(count).to_have_attribute("data-viewers", "3", timeout=60_000)
        expect(creator.get_by_test_id("ingest-facts")).to_be_visible(timeout=60_000)
        viewer.get_by_test_id("live-player").hover()
        _photograph(viewer, "live")
        preview = creator.get_by_test_id("preview-player")
        expect(preview).to_have_attribute("data-state", "playing")
        # A page in the background may have been without pictures for a moment.
        expect(preview.locator(".spinner")).to_have_count(0)
        creator.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
        _photograph(creator, "go-live")


def _vote(creator: Page, viewers: list[Page]) -> None:
    creator.get_by_test_id("chat-poll").click()
    creator.get_by_test_id("poll-question").fill("What comes next?")
    for place, answer in enumerate(("The lighthouse", "More boats")):
        creator.get_by_test_id("poll-answer").nth(place).fill(answer)
    creator.get_by_test_id("open-poll").click()
    for place, page in enumerate(viewers):
        page.get_by_test_id("poll-option").nth(int(place == 0)).click()
    total = viewers[0].get_by_test_id("poll-total")
    expect(total).to_have_text(f"{len(viewers)} votes")


def _account(handle: str, name: str) -> dict[str, str]:
    email = f"{handle}@example.com"
    return {"email": email, "password": PASSWORD, "handle": handle, "display_name": name}


def _person(target: LocalTarget, account: dict[str, str]) -> Device:
    """With an account, made now or before."""
    device = Device(target.origin, account)
    named = {key: account[key] for key in ("email", "password")}
    answer = device.post("/v1/auth/login", json=named)
    if answer.status_code != 200:
        return register_as(target.origin, account)
    device.use_tokens(answer.json())
    return device


@contextlib.contextmanager
def _signed_in(browser: Browser, target: LocalTarget, account: dict[str, str]) -> Iterator[Page]:
    """A page of theirs, in a browser of their own."""
    _person(target, account)
    context = browser.new_context(base_url=target.origin, viewport=SIZE, color_scheme="light")
    try:
        page = context.new_page()
        sign_in(page, account)
        yield page
    finally:
        context.close()


def _photograph(page: Page, name: str) -> None:
    """With a palette of 256 colours: a third of the size, and nobody sees it."""
    with tempfile.NamedTemporaryFile(suffix=".png") as full:
        page.screenshot(path=full.name)
        palette = "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=dither=none"
        _run_ffmpeg("-i", full.name, "-vf", palette, str(IMAGES / f"{name}.png"))


def _draw(picture: str, path: Path) -> Path:
    sound = f"sine=frequency=220:duration={SECONDS}"
    _run_ffmpeg(
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", str(SECONDS)),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", str(path)),
    )
    return path


def _run_ffmpeg(*arguments: str) -> None:
    quietly = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y")
    subprocess.run([ffmpeg(), *quietly, *arguments], check=True)  # noqa: S603 - our own arguments


if __name__ == "__main__":
    main()
