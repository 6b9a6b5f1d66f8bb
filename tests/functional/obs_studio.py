"""OBS Studio itself as the encoder, on a screen that nobody sees.

`apt-get install obs-studio xvfb` brings what it needs. It is told where to stream by the files that
its own settings dialog would write (Settings, Stream, Custom).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.functional.waiting import wait_for

IS_INSTALLED: Final = bool(shutil.which("obs") and shutil.which("Xvfb"))
STARTED: Final = "Streaming Start"
STOPPED: Final = "Streaming Stop"
RECONNECTING: Final = "Reconnecting in"
_NAME: Final = "SocialFlow"
_GLOBAL: Final = f"""
[General]
FirstRun=true
ConfirmOnExit=false
EnableAutoUpdates=false
[Basic]
Profile={_NAME}
ProfileDir={_NAME}
SceneCollection={_NAME}
SceneCollectionFile={_NAME}
"""
_PROFILE: Final = f"""
[General]
Name={_NAME}
[Video]
BaseCX=640
BaseCY=360
OutputCX=640
OutputCY=360
[SimpleOutput]
VBitrate=800
Preset=ultrafast
"""
_ORANGE: Final = {"color": 0xFF0A9BFF, "width": 640, "height": 360}
_SCENE: Final = {
    "name": _NAME,
    "current_scene": "Scene",
    "sources": [
        {
            "id": "scene",
            "name": "Scene",
            "settings": {"items": [{"name": "Colour", "id": 1, "visible": True}]},
        },
        {"id": "color_source_v3", "name": "Colour", "settings": _ORANGE},
    ],
}


class ObsStudio:
    """OBS, streaming an orange picture and silence."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log

    def wait_until(self, said: str) -> None:
        """Until its log says so."""
        wait_for(lambda: said in self.log, f"OBS: {said}", seconds=60)

    @property
    def log(self) -> str:
        """What it has written by now."""
        return self._log.read_text(errors="replace")

    def close(self) -> None:
        """As when its window is closed: it stops streaming first."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=30)


@contextmanager
def streaming(home: Path, *, server: str, key: str) -> Iterator[ObsStudio]:
    """OBS with its settings and its log below `home`; killed at the end unless it was closed."""
    _write_settings(home / ".config" / "obs-studio", server=server, key=key)
    log = home / "obs.log"
    with _screen(home) as display, log.open("wb") as written:
        process = subprocess.Popen(
            ["obs", "--startstreaming", "--multi"],  # noqa: S607 - found where Debian puts it
            env=os.environ
            | {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
            | {"XDG_RUNTIME_DIR": str(home), "DISPLAY": display}
            | {"QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            yield ObsStudio(process, log)
        finally:
            process.kill()
            process.wait(timeout=30)


@contextmanager
def _screen(home: Path) -> Iterator[str]:
    """The name of an X server without a screen."""
    told = home / "display"
    with told.open("w") as number:
        screen = subprocess.Popen(  # noqa: S603 - Xvfb itself, no shell
            [
                *("Xvfb", "-displayfd", str(number.fileno())),
                *("-screen", "0", "1280x800x24", "-nolisten", "tcp"),
            ],
            pass_fds=[number.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    try:
        wait_for(lambda: told.read_text().endswith("\n"), "an X server")
        yield f":{told.read_text().strip()}"
    finally:
        screen.terminate()
        screen.wait(timeout=30)


def _write_settings(folder: Path, *, server: str, key: str) -> None:
    profile = folder / "basic" / "profiles" / _NAME
    scenes = folder / "basic" / "scenes"
    profile.mkdir(parents=True)
    scenes.mkdir(parents=True)
    (folder / "global.ini").write_text(_GLOBAL)
    (profile / "basic.ini").write_text(_PROFILE)
    (scenes / f"{_NAME}.json").write_text(json.dumps(_SCENE))
    service = {"type": "rtmp_custom", "settings": {"server": server, "key": key}}
    (profile / "service.json").write_text(json.dumps(service))
