"""Follows a live stream's playlists and notes what a player would have missed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

import urllib3

from bench.creator import Refused

_ATTRIBUTE: Final = re.compile(r'([A-Z-]+)=("[^"]*"|[^,]*)')


@dataclass(slots=True)
class Rung:
    """One media playlist as it was seen over time: segments' durations by sequence number."""

    url: str
    height: int
    segments: dict[int, float] = field(default_factory=dict)
    discontinuities: int = 0

    @property
    def missing(self) -> int:
        """Sequence numbers between the first and the last that never were listed."""
        return max(self.segments) - min(self.segments) + 1 - len(self.segments)

    @property
    def seconds(self) -> float:
        """How much of the stream was listed."""
        return sum(self.segments.values())


class Playlists:
    """The rungs of one stream, from its master playlist."""

    def __init__(self, master_url: str) -> None:
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(10), retries=False)
        self.rungs: list[Rung] = []
        height = 0
        for line in self._get(master_url).splitlines():
            if line.startswith("#EXT-X-STREAM-INF:"):
                attributes = dict(_ATTRIBUTE.findall(line.partition(":")[2]))
                height = int(attributes["RESOLUTION"].partition("x")[2])
            elif line and not line.startswith("#"):
                self.rungs.append(Rung(urljoin(master_url, line), height))

    def look(self) -> None:
        """Reads every rung once."""
        for rung in self.rungs:
            sequence, discontinuities = 0, 0
            for line in self._get(rung.url).splitlines():
                tag, _, value = line.partition(":")
                if tag == "#EXT-X-MEDIA-SEQUENCE":
                    sequence = int(value)
                elif tag == "#EXT-X-DISCONTINUITY":
                    discontinuities += 1
                elif tag == "#EXTINF":
                    rung.segments[sequence] = float(value.partition(",")[0])
                    sequence += 1
            rung.discontinuities = max(rung.discontinuities, discontinuities)

    def first_segment(self) -> bytes:
        """The bytes that a player would fetch first."""
        rung = self.rungs[0]
        lines = self._get(rung.url).splitlines()
        name = next(line for line in lines if line and not line.startswith("#"))
        return self._fetch(urljoin(rung.url, name))

    def _get(self, url: str) -> str:
        return self._fetch(url).decode()

    def _fetch(self, url: str) -> bytes:
        answer = self._http.request("GET", url)
        if answer.status != 200:
            raise Refused(f"GET {url.partition('?')[0]}: {answer.status}")
        return answer.data
