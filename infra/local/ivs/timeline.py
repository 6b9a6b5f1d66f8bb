"""One rendition of a live stream in memory: segments, their parts, and the playlist over them.

A segment begins where a fragment begins with a keyframe; a part is as many fragments as reach the
next mark of a grid that begins with the segment, so none is left over at its end. The newest
segment is open: its parts are listed as they come, its own address only once it is whole
(RFC 8216bis, 4.4.4.9).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.local.ivs.fragments import Fragment, Initialization

__all__ = ["Timeline", "TimelineShape"]

_PARTS_LISTED_S = 3.0
_GRID_TOLERANCE_S = 0.02


@dataclass(frozen=True, slots=True)
class TimelineShape:
    """Lengths in seconds; `window` segments are listed, `kept` can still be fetched."""

    segment: float
    part: float
    part_target: float
    window: int
    kept: int


@dataclass(frozen=True, slots=True)
class _Part:
    data: bytes
    duration: float
    independent: bool


@dataclass(slots=True)
class _Segment:
    """`starts_at` is on the encoder's clock; `growing` is not yet a part."""

    number: int
    run: int
    starts_at: float
    wall_time: float
    discontinuity: bool
    parts: list[_Part] = field(default_factory=list)
    growing: list[Fragment] = field(default_factory=list)
    whole: bool = False

    @property
    def duration(self) -> float:
        return sum(part.duration for part in self.parts)


class Timeline:
    """Belongs to the event loop. A run is one encoder: it has its own initialization and clock."""

    def __init__(self, name: str, shape: TimelineShape) -> None:
        self.name = name
        self.codecs = ""
        self._shape = shape
        self._inits: dict[int, Initialization] = {}
        self._run = -1
        self._epoch = 0.0
        self._segments: deque[_Segment] = deque()
        self._next_number = 0
        self._discontinuities_gone = 0
        self._target = math.ceil(shape.segment)
        self._ended = False
        self._grown = asyncio.Condition()
        self._cached: tuple[tuple[int, int, bool], str] | None = None
        self.reports: Mapping[str, Timeline] = {}

    @property
    def playable(self) -> bool:
        """Whether there is a whole segment: hls.js takes a playlist of parts alone as empty."""
        return bool(self._segments) and self._segments[0].whole

    @property
    def edge(self) -> tuple[int, int]:
        """Numbers of the newest segment and its newest part; -1 where there is none."""
        if not self._segments:
            return -1, -1
        newest = self._segments[-1]
        return newest.number, len(newest.parts) - 1

    async def begin_run(self, init: Initialization, wall_time: float) -> None:
        """A new encoder whose clock reads 0 at `wall_time` (seconds since the epoch)."""
        self._run += 1
        self._inits[self._run] = init
        self._epoch = wall_time
        self.codecs = self.codecs or init.codecs
        self._close_newest()

    async def add(self, fragment: Fragment) -> None:
        before = self.edge
        if fragment.independent or not self._segments or self._segments[-1].whole:
            self._open(fragment)
        newest = self._segments[-1]
        newest.growing.append(fragment)
        elapsed = fragment.starts_at + fragment.duration - newest.starts_at
        if elapsed >= (len(newest.parts) + 1) * self._shape.part - _GRID_TOLERANCE_S:
            _close_part(newest)
        if self.edge != before:
            self._target = max(self._target, *(round(one.duration) for one in self._segments))
            await self._tell()

    async def end(self) -> None:
        """Nothing more comes: players are told, waiting ones at once."""
        self._close_newest()
        self._ended = True
        await self._tell()

    async def wait_for(self, number: int, part: int | None, timeout_s: float) -> None:
        """Until the playlist has that part (None: the whole segment), the end, or the timeout."""

        def there() -> bool:
            newest, newest_part = self.edge
            if self._ended or newest > number:
                return True
            if newest < number:
                return False
            return self._segments[-1].whole if part is None else newest_part >= part

        try:
            async with asyncio.timeout(timeout_s), self._grown:
                await self._grown.wait_for(there)
        except TimeoutError:
            return

    def init(self, run: int) -> bytes | None:
        found = self._inits.get(run)
        return found.data if found else None

    def segment(self, number: int) -> bytes | None:
        found = self._find(number)
        return b"".join(part.data for part in found.parts) if found and found.whole else None

    def part(self, number: int, part: int) -> bytes | None:
        found = self._find(number)
        return found.parts[part].data if found and part < len(found.parts) else None

    def playlist(self) -> str:
        """The media playlist; addresses are relative to where it lies, beside a folder `name`."""
        version = (*self.edge, self._ended)
        if self._cached is None or self._cached[0] != version:
            self._cached = (version, self._written())
        return self._cached[1] + "".join(self._reports())

    def _written(self) -> str:
        shape = self._shape
        listed = list(self._segments)[-shape.window :]
        gone = sum(one.discontinuity for one in list(self._segments)[: -shape.window])
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:9",
            f"#EXT-X-TARGETDURATION:{self._target}",
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,"
            f"PART-HOLD-BACK={3 * shape.part_target:.2f},HOLD-BACK={3 * self._target}",
            f"#EXT-X-PART-INF:PART-TARGET={shape.part_target}",
            f"#EXT-X-MEDIA-SEQUENCE:{listed[0].number if listed else 0}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._discontinuities_gone + gone}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        parts_from = self._parts_from(listed)
        run = -1
        for segment in listed:
            if segment.discontinuity:
                lines.append("#EXT-X-DISCONTINUITY")
            if segment.run != run:
                run = segment.run
                lines.append(f'#EXT-X-MAP:URI="{self.name}/init-{run}.mp4"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(segment.wall_time)}")
            lines += self._segment_lines(segment, with_parts=segment.number >= parts_from)
        if self._ended:
            lines.append("#EXT-X-ENDLIST")
        elif listed:
            number, part = self.edge
            hint = (number + 1, 0) if listed[-1].whole else (number, part + 1)
            uri = f"{self.name}/{hint[0]}.{hint[1]}.m4s"
            lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{uri}"')
        return "\n".join(lines) + "\n"

    def _segment_lines(self, segment: _Segment, *, with_parts: bool) -> list[str]:
        lines = []
        if with_parts:
            for position, part in enumerate(segment.parts):
                independent = ",INDEPENDENT=YES" if part.independent else ""
                lines.append(
                    f"#EXT-X-PART:DURATION={part.duration:.5f},"
                    f'URI="{self.name}/{segment.number}.{position}.m4s"{independent}'
                )
        if segment.whole:
            lines += [f"#EXTINF:{segment.duration:.5f},", f"{self.name}/{segment.number}.m4s"]
        return lines

    def _parts_from(self, listed: list[_Segment]) -> int:
        """Parts are listed for the last three target durations and the open segment."""
        seconds = 0.0
        for segment in reversed(listed):
            if segment.whole:
                seconds += segment.duration
            if seconds > _PARTS_LISTED_S * self._target:
                return segment.number
        return 0

    def _reports(self) -> list[str]:
        if self._ended:
            return []
        lines = []
        for name, other in self.reports.items():
            number, part = other.edge
            if other is not self and number >= 0:
                lines.append(
                    f'#EXT-X-RENDITION-REPORT:URI="{name}.m3u8",'
                    f"LAST-MSN={number},LAST-PART={part}\n"
                )
        return lines

    def _open(self, fragment: Fragment) -> None:
        self._close_newest()
        follows_other_run = bool(self._segments) and self._segments[-1].run != self._run
        wall_time = self._epoch + fragment.starts_at
        self._segments.append(
            _Segment(self._next_number, self._run, fragment.starts_at, wall_time, follows_other_run)
        )
        self._next_number += 1
        while len(self._segments) > self._shape.kept:
            gone = self._segments.popleft()
            self._discontinuities_gone += gone.discontinuity
        oldest = self._segments[0].run
        self._inits = {run: init for run, init in self._inits.items() if run >= oldest}

    def _close_newest(self) -> None:
        if self._segments:
            _close_part(self._segments[-1])
            self._segments[-1].whole = True

    def _find(self, number: int) -> _Segment | None:
        if not self._segments:
            return None
        position = number - self._segments[0].number
        return self._segments[position] if 0 <= position < len(self._segments) else None

    async def _tell(self) -> None:
        async with self._grown:
            self._grown.notify_all()


def _close_part(segment: _Segment) -> None:
    growing, segment.growing = segment.growing, []
    if growing:
        segment.parts.append(
            _Part(
                b"".join(one.data for one in growing),
                sum(one.duration for one in growing),
                growing[0].independent,
            )
        )


def _iso(seconds: float) -> str:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
