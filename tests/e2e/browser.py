"""A Chromium for the end-to-end tests: found, or installed from Debian where that is possible.

    python -m tests.e2e.browser

Playwright drives it; its own browser download is not needed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC: Final = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# No sandbox: CI runs as root. No background networking: nothing but the page may use the line.
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
MISSING: Final = """\
The end-to-end tests need Chromium or Chrome, and none was found or could be installed.
Install one (Debian: apt-get install chromium) or name it: CHROMIUM=/path/to/chromium make test
"""


class BrowserMissing(Exception):
    """There is no Chromium on this machine."""


def chromium() -> str:
    """The browser's path; raises `BrowserMissing` saying what to do."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [*NAMES, str(MAC)]
    for candidate in candidates:
        if found := shutil.which(candidate):
            return found
    raise BrowserMissing(MISSING)


def install() -> None:
    """Installs Debian's Chromium where this user may."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    print("Installing Chromium from Debian's packages …", flush=True)  # noqa: T201
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
        subprocess.run(  # noqa: S603 - fixed arguments
            [apt, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL
        )


def main() -> int:
    try:
        chromium()
    except BrowserMissing:
        install()
    try:
        chromium()
    except BrowserMissing as missing:
        sys.stderr.write(str(missing))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
