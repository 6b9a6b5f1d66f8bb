"""A player of a live stream as far as tests need one, and what a recording holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import av
import httpx

from tests.unit.local_ivs.fakes import MemoryObjects, wait_until


@dataclass(frozen=True)
class Decoded:
    """Seconds are those of the picture."""

    width: int
    height: int
    frames: int
    seconds: float
    audio_frames: int


def master_of(url: str, seconds: float = 15, **query: str) -> httpx.Response:
    """The master playlist as soon as the channel is live."""
    answers: list[httpx.Response] = []

    def live() -> bool:
        answers.append(httpx.get(url, params=query))
        return answers[-1].status_code != 404

    wait_until(live, seconds)
    return answers[-1]


def variants(master: httpx.Response) -> list[tuple[str, str]]:
    """Attributes and absolute address of each."""
    assert master.status_code == 200, master.text
    lines = master.text.splitlines()
    return [
        (line.partition(":")[2], urljoin(str(master.url), lines[number + 1]))
        for number, line in enumerate(lines)
        if line.startswith("#EXT-X-STREAM-INF:")
    ]


def playlist(url: str, **query: int) -> str:
    answer = httpx.get(url, params={f"_HLS_{name}": str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.text


def number_of_last(text: str) -> int:
    """Of the last whole segment."""
    return int(re.findall(r"^\w+/(\d+)\.m4s$", text, re.MULTILINE)[-1])


def decode_live(url: str, text: str, folder: Path) -> Decoded:
    """All whole segments of a media playlist of one encoder."""
    names = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', text)[:1]
    names += re.findall(r"^\w+/\d+\.m4s$", text, re.MULTILINE)
    bodies = [httpx.get(urljoin(url, name)) for name in names]
    assert {body.status_code for body in bodies} == {200}
    return _decode(b"".join(body.content for body in bodies), folder / "live.mp4")


def decode_recorded(objects: MemoryObjects, prefix: str, rung: str, folder: Path) -> Decoded:
    """A recorded rendition by its own playlist; each run of an encoder is decoded by itself."""
    found = objects.below(prefix)
    text = found[f"media/hls/{rung}/playlist.m3u8"].decode()
    assert text.endswith("#EXT-X-ENDLIST\n")
    whole = []
    for number, run in enumerate(text.split("#EXT-X-DISCONTINUITY")):
        names = re.findall(r"^\d+\.ts$", run, re.MULTILINE)
        data = b"".join(found[f"media/hls/{rung}/{name}"] for name in names)
        whole.append(_decode(data, folder / f"{rung}-{number}.ts"))
    return Decoded(
        whole[0].width,
        whole[0].height,
        sum(one.frames for one in whole),
        sum(one.seconds for one in whole),
        sum(one.audio_frames for one in whole),
    )


def _decode(data: bytes, path: Path) -> Decoded:
    path.write_bytes(data)
    frames = audio_frames = width = height = 0
    times = []
    with av.open(str(path)) as container:
        for frame in container.decode():
            if isinstance(frame, av.VideoFrame):
                frames += 1
                width, height = frame.width, frame.height
                times.append(frame.time or 0.0)
            else:
                audio_frames += 1
    return Decoded(width, height, frames, max(times) - min(times), audio_frames)
