"""A creator who goes live: a channel, broadcasts, and ffmpeg in the encoder's place."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench import burnt_clock
from bench.clips import clip
from bench.creator import POLL_SECONDS, Creator, NotInTime
from infra.local.service.ffmpeg import find_ffmpeg

CHANNEL_SECONDS: Final = 30
STOP_SECONDS: Final = 10
CAMERA: Final = (
    *("-re", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30"),
    *("-f", "lavfi", "-i", "sine=frequency=220:sample_rate=48000"),
    *("-vf", burnt_clock.filters()),
    *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"),
    *("-g", "60", "-b:v", "3000k", "-maxrate", "3000k", "-bufsize", "3000k"),
    *("-c:a", "aac", "-b:a", "128k"),
)
"""720p30 at 3 Mbit/s as an encoder sends it, with the clock in the picture."""


def recorded() -> tuple[str, ...]:
    """720p30 that was encoded before, so that sending it costs this machine next to nothing."""
    return ("-re", "-stream_loop", "-1", "-i", str(clip(1280, 720, 60)), "-c", "copy")


class Broadcaster(Creator):
    """Somebody with a channel that is ready."""

    def __init__(self, origin: str, mailbox_url: str) -> None:
        super().__init__(origin, mailbox_url)
        self.ask("POST", "/v1/me/channel")
        channel = self._wait_for_channel()
        key = self.ask("GET", "/v1/me/channel/stream-key")["stream_key"]
        self.ingest = f"{channel['ingest_url'].rstrip('/')}/{key}"

    def go_live(self, title: str = "Bench") -> str:
        """Announces a broadcast; returns its id."""
        made = self.ask("POST", "/v1/broadcasts", {"title": title, "visibility": "public"})
        return str(made["id"])

    def end(self, broadcast_id: str) -> None:
        """Ends a broadcast for good."""
        self.ask("POST", f"/v1/broadcasts/{broadcast_id}/end")

    def show_broadcast(self, broadcast_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/v1/broadcasts/{broadcast_id}")
        return found

    def playback_url(self, broadcast_id: str) -> str:
        """Where it plays, with a token."""
        return str(self.ask("POST", f"/v1/broadcasts/{broadcast_id}/playback")["url"])

    def wait_until(self, broadcast_id: str, state: str, *, seconds: float) -> None:
        """Until the broadcast is in a state. Raises `NotInTime`."""
        deadline = time.monotonic() + seconds
        while (found := self.show_broadcast(broadcast_id)["state"]) != state:
            if time.monotonic() > deadline:
                raise NotInTime(f"{broadcast_id} is {found}, not {state}, after {seconds} s")
            time.sleep(POLL_SECONDS)

    @contextlib.contextmanager
    def publishing(self, source: tuple[str, ...], log: Path) -> Iterator[subprocess.Popen[bytes]]:
        """ffmpeg sends `source` to the channel until the block ends, or until it is stopped."""
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [find_ffmpeg(), "-hide_banner", "-loglevel", "warning", "-nostdin", *source]
        with (
            log.open("ab") as printed,
            subprocess.Popen(  # noqa: S603 - ffmpeg, our own arguments
                [*command, "-f", "flv", self.ingest], stdout=printed, stderr=printed
            ) as ffmpeg,
        ):
            try:
                yield ffmpeg
            finally:
                stop(ffmpeg)

    def _wait_for_channel(self) -> dict[str, Any]:
        deadline = time.monotonic() + CHANNEL_SECONDS
        while True:
            channel: dict[str, Any] = self.ask("GET", "/v1/me/channel")
            if channel["state"] == "ready" and channel["stream_key_state"] == "ready":
                return channel
            if time.monotonic() > deadline:
                raise NotInTime(f"the channel is not ready after {CHANNEL_SECONDS} s")
            time.sleep(POLL_SECONDS)


def stop(ffmpeg: subprocess.Popen[bytes]) -> None:
    """Has ffmpeg say goodbye and end, as an encoder's stop button does."""
    if ffmpeg.poll() is None:
        ffmpeg.send_signal(signal.SIGINT)
    try:
        ffmpeg.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        ffmpeg.kill()
        ffmpeg.wait()
