"""ffmpeg as a creator's encoder: it draws a moving picture and sends it by RTMP until told to stop.

with publishing(f"{server}/{key}") as encoder:
    …
    encoder.kill()
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator

from tests.media import ffmpeg

_STOP_SECONDS = 10
_PICTURE = "testsrc2=size=640x360:rate=25"
_SOUND = "sine=frequency=330:sample_rate=48000"


def ingest_address(server: str, key: str) -> str:
    """What an encoder makes of the server and the stream key."""
    return f"{server.rstrip('/')}/{key}"


@contextlib.contextmanager
def publishing(address: str, *, picture: str = _PICTURE) -> Iterator[subprocess.Popen[bytes]]:
    """An encoder that is sending `picture` (a source of ffmpeg's `lavfi`); it hangs up at the end,
    if it still runs.
    """
    encoder = subprocess.Popen(  # noqa: S603 - our own arguments
        [
            *(ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", "-re"),
            *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", _SOUND),
            *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"),
            *("-pix_fmt", "yuv420p", "-b:v", "800k", "-g", "25", "-keyint_min", "25"),
            *("-c:a", "aac", "-b:a", "64k", "-f", "flv", address),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield encoder
    finally:
        hang_up(encoder)


def hang_up(encoder: subprocess.Popen[bytes]) -> None:
    """Ends it as a person does who presses "stop"; nothing where it has ended."""
    encoder.terminate()
    try:
        encoder.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        encoder.kill()
        encoder.wait()
