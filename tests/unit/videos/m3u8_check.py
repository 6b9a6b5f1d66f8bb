"""Reads playlists strictly by RFC 8216, sharing nothing with the code that writes them.

Raises `AssertionError` on whatever a player could stumble over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Checked:
    """A media playlist: every segment's address and length, and where it is cut."""

    uris: list[str] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    dates: dict[int, str] = field(default_factory=dict)
    target: int = 0


def check_media(text: str) -> Checked:
    """A VOD media playlist, whole."""
    assert text.endswith("\n")
    assert "\r" not in text
    assert not text.startswith("\ufeff")
    lines = text.splitlines()
    assert lines[0] == "#EXTM3U"
    assert lines[-1] == "#EXT-X-ENDLIST"
    for once in ("VERSION", "TARGETDURATION", "PLAYLIST-TYPE", "MEDIA-SEQUENCE", "ENDLIST"):
        assert sum(line.startswith(f"#EXT-X-{once}") for line in lines) == 1, once
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in lines
    found = Checked()
    duration: float | None = None
    version = 0
    for line in lines[1:-1]:
        place = len(found.uris)
        name, _, value = line.partition(":")
        match name:
            case "#EXT-X-VERSION":
                version = int(value)
            case "#EXT-X-TARGETDURATION":
                found.target = int(value)
            case "#EXT-X-MEDIA-SEQUENCE" | "#EXT-X-PLAYLIST-TYPE":
                assert place == 0
            case "#EXT-X-DISCONTINUITY":
                assert place not in found.cuts
                assert duration is None
                found.cuts.append(place)
            case "#EXT-X-PROGRAM-DATE-TIME":
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)
                found.dates[place] = value
            case "#EXT-X-GAP":
                found.gaps.append(place)
            case "#EXTINF":
                assert duration is None, "two lengths for one segment"
                assert re.fullmatch(r"\d+(\.\d+)?,", value), value
                duration = float(value.rstrip(","))
            case _:
                assert not line.startswith("#"), line
                assert duration is not None, "a segment without a length"
                assert not re.match(r"[a-z]+://|/|.*\.\.", line), line
                found.uris.append(line)
                found.durations.append(duration)
                duration = None
    assert duration is None
    assert found.uris
    # 4.3.3.1, and the versions of section 7.
    assert max(int(each + 0.5) for each in found.durations) <= found.target
    assert version >= (8 if found.gaps else 3)
    return found


def check_master(text: str) -> list[dict[str, str]]:
    """The variants of a master playlist, in order, each with its attributes and `uri`."""
    lines = text.splitlines()
    assert lines[0] == "#EXTM3U"
    found: list[dict[str, str]] = []
    attributes: dict[str, str] | None = None
    for line in lines[1:]:
        if line.startswith("#EXT-X-STREAM-INF:"):
            assert attributes is None, "a variant without an address"
            told = line.partition(":")[2]
            pairs = re.findall(r'([A-Z-]+)=("[^"]*"|[^",]*)(?:,|$)', told)
            assert ",".join(f"{name}={value}" for name, value in pairs) == told
            attributes = dict(pairs)
            assert len(attributes) == len(pairs)
            assert int(attributes["BANDWIDTH"]) > 0
            assert re.fullmatch(r"\d+x\d+", attributes["RESOLUTION"])
        elif line.startswith("#"):
            assert line.startswith(("#EXT-X-VERSION:", "#EXT-X-INDEPENDENT-SEGMENTS")), line
        else:
            assert attributes is not None
            found.append(attributes | {"uri": line})
            attributes = None
    assert found
    assert attributes is None
    return found
