"""Which segments ffmpeg wrote, how long each lasts and how large it is.

Read from the DASH manifest that ffmpeg leaves (ISO/IEC 23009-1, `SegmentTimeline`) and from the
sizes of the files. Durations are exact: ticks of the stream's own timescale.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

__all__ = ["Segment", "Track", "read_tracks"]

_MPD = "{urn:mpeg:dash:schema:mpd:2011}"


@dataclass(frozen=True, slots=True)
class Segment:
    ticks: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Track:
    """One stream as written. `start_ticks` is the first segment's time, usually 0."""

    codecs: str
    timescale: int
    start_ticks: int
    segments: tuple[Segment, ...]

    @property
    def duration_s(self) -> Fraction:
        return Fraction(sum(segment.ticks for segment in self.segments), self.timescale)

    @property
    def longest_s(self) -> Fraction:
        return Fraction(max(segment.ticks for segment in self.segments), self.timescale)

    @property
    def average_bps(self) -> int:
        total = sum(segment.size_bytes for segment in self.segments)
        return round(total * 8 / self.duration_s) if self.duration_s else 0

    @property
    def peak_bps(self) -> int:
        """The largest rate of a segment of at least half the longest (RFC 8216, 4.3.4.2)."""
        half = self.longest_s / 2
        rates = [
            segment.size_bytes * 8 * self.timescale / segment.ticks
            for segment in self.segments
            if segment.ticks and Fraction(segment.ticks, self.timescale) >= half
        ]
        return round(max(rates, default=0))


def read_tracks(manifest: Path, sizes: Mapping[str, int]) -> list[Track]:
    """Tracks in stream order; `sizes` gives the bytes of each segment file by name."""
    root = ElementTree.parse(manifest).getroot()  # noqa: S314 - written by our own ffmpeg
    found = {
        int(one.attrib["id"]): _track(one, sizes) for one in root.iter(f"{_MPD}Representation")
    }
    return [found[number] for number in sorted(found)]


def _track(representation: ElementTree.Element, sizes: Mapping[str, int]) -> Track:
    template = representation.find(f"{_MPD}SegmentTemplate")
    timeline = template.find(f"{_MPD}SegmentTimeline") if template is not None else None
    if template is None or timeline is None:
        raise ValueError("a representation without a timeline")
    ticks = list(_ticks(timeline))
    stream = representation.attrib["id"]
    first = timeline.find(f"{_MPD}S")
    return Track(
        codecs=representation.attrib["codecs"],
        timescale=int(template.attrib["timescale"]),
        start_ticks=int(first.attrib.get("t", 0)) if first is not None else 0,
        segments=tuple(
            Segment(length, sizes[f"s{stream}_{number:09d}.m4s"])
            for number, length in enumerate(ticks, start=1)
        ),
    )


def _ticks(timeline: ElementTree.Element) -> Iterator[int]:
    for entry in timeline.iter(f"{_MPD}S"):
        for _ in range(int(entry.attrib.get("r", 0)) + 1):
            yield int(entry.attrib["d"])
