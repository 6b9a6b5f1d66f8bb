"""Makes the pictures of the README anew: `python -m tests.e2e.screenshots`.

Starts a target of its own, uploads clips that ffmpeg draws, and photographs the watch page and
the studio in Chromium.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from infra.local.supervisor import LocalTarget
from tests.e2e.browser import ARGUMENTS, chromium
from tests.e2e.steps import sign_in, wait_until_played
from tests.functional.people import PASSWORD, Device
from tests.media import ffmpeg

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


def main() -> None:
    """Write `docs/images/watch.png` and `studio.png`."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        LocalTarget(state_dir=Path(folder) / "state") as target,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        _take(browser, target, Path(folder))
        browser.close()


def _take(browser: Browser, target: LocalTarget, folder: Path) -> None:
    mina = Device(target.origin, MINA)
    mina.use_tokens(mina.post("/v1/auth/register", json=MINA).json())
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
