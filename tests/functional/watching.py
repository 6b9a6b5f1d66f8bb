"""Watching as a player does: fetch the manifests and every segment, then decode them all."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from tests.unit.local_mediaconvert.playback import (
    Decoded,
    decode_playlist,
    decode_with_ffmpeg,
    sound_playlists,
    variants,
)

_DASH = "{urn:mpeg:dash:schema:mpd:2011}"


@dataclass(frozen=True)
class Watched:
    """What came out of decoding a video: each rung of the picture, and each sound track."""

    pictures: list[Decoded]
    sounds: list[Decoded]
    dash_segments: set[str]
    hls_segments: set[str]


def watch(video: Mapping[str, Any], folder: Path, *, cookies: Mapping[str, str] = {}) -> Watched:
    """Plays all of a video from its HLS and its DASH manifest; fails on the first broken thing."""
    player = _Player(folder, cookies)
    hls = player.fetch_hls(video["playback"]["hls_url"])
    dash = player.fetch_dash(video["playback"]["dash_url"])
    for manifest in (hls, dash):
        assert decode_with_ffmpeg(manifest) == ""
    return Watched(
        pictures=[decode_playlist(playlist) for _, playlist in variants(hls)],
        sounds=[decode_playlist(playlist) for playlist in sound_playlists(hls)],
        dash_segments=player.dash_segments,
        hls_segments=player.hls_segments,
    )


class _Player:
    def __init__(self, folder: Path, cookies: Mapping[str, str]) -> None:
        self._folder = folder
        self._cookies = dict(cookies)
        self.hls_segments: set[str] = set()
        self.dash_segments: set[str] = set()

    def fetch_hls(self, url: str) -> Path:
        master = self._fetch(url)
        playlists = re.findall(r'URI="([^"]+\.m3u8)"', master.read_text())
        playlists += [line for line in master.read_text().splitlines() if line.endswith(".m3u8")]
        for name in playlists:
            playlist = self._fetch(urljoin(url, name))
            text = playlist.read_text()
            segments = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', text)
            segments += [line for line in text.splitlines() if line and not line.startswith("#")]
            for segment in segments:
                self.hls_segments.add(self._fetch(urljoin(url, segment)).name)
        return master

    def fetch_dash(self, url: str) -> Path:
        manifest = self._fetch(url)
        root = ElementTree.fromstring(manifest.read_text())  # noqa: S314 - our own document
        for adaptation in root.iter(f"{_DASH}AdaptationSet"):
            for representation in adaptation.iter(f"{_DASH}Representation"):
                for name in _segments(adaptation, representation):
                    self.dash_segments.add(self._fetch(urljoin(url, name)).name)
        return manifest

    def _fetch(self, url: str) -> Path:
        path = self._folder / url.rpartition("/")[2]
        if not path.exists():
            answer = httpx.get(url, headers=_cookie_header(self._cookies), timeout=30)
            assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.text[:300]}"
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(answer.content)
        return path


def status_of(url: str, cookies: Mapping[str, str] = {}) -> int:
    """What a player is answered at an address."""
    return httpx.get(url, headers=_cookie_header(cookies), timeout=30).status_code


def _cookie_header(cookies: Mapping[str, str]) -> dict[str, str]:
    if not cookies:
        return {}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def _segments(adaptation: Any, representation: Any) -> list[str]:
    """The names that a SegmentTemplate with a timeline means (ISO/IEC 23009-1, 5.3.9.4)."""
    template = representation.find(f"{_DASH}SegmentTemplate")
    if template is None:
        template = adaptation.find(f"{_DASH}SegmentTemplate")
    assert template is not None, "no SegmentTemplate"
    timeline = template.find(f"{_DASH}SegmentTimeline")
    assert timeline is not None, "no SegmentTimeline"
    count = sum(1 + int(entry.get("r", "0")) for entry in timeline)
    first = int(template.get("startNumber", "1"))
    name = representation.get("id")

    def filled(pattern: str, number: int = 0) -> str:
        text = pattern.replace("$RepresentationID$", name)
        return re.sub(r"\$Number(%0(\d+)d)?\$", lambda found: f"{number:0{found[2] or 1}d}", text)

    numbered = [filled(template.get("media"), first + offset) for offset in range(count)]
    return [filled(template.get("initialization")), *numbered]
