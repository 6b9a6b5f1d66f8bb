"""HLS playlists (RFC 8216) as IVS records them: what of them is read, and how ours are written.

A recording is a master playlist, a media playlist for each rendition, and MPEG-TS segments at
addresses relative to theirs. Anything else is refused as unreadable rather than played wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from socialflow.platform.clock import to_rfc3339

_HEADER: Final = "#EXTM3U"
_ATTRIBUTE: Final = r'([A-Z0-9-]+)=("[^"]*"|[^,]*)'
_PATH: Final = r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*"
# Segments that need a key, an initialisation or a part of a file are not merely copied.
_UNREADABLE: Final = ("#EXT-X-MAP", "#EXT-X-KEY", "#EXT-X-BYTERANGE")
_FLOATING_POINT: Final = 3
_GAPS: Final = 8


class UnreadablePlaylist(Exception):
    """The text is no playlist of the kind that IVS records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One rendition in a master playlist. Bit rates are peaks unless they say `average`."""

    uri: str
    width: int
    height: int
    bandwidth_bps: int
    average_bps: int | None = None
    frame_rate: Decimal | None = None
    codecs: str | None = None

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment; `is_cut` where its timestamps do not follow those of the one before."""

    uri: str
    duration_s: Decimal
    is_cut: bool = False
    starts_at: datetime | None = None
    is_missing: bool = False


def parse_master(text: str) -> tuple[Variant, ...]:
    """The renditions with a picture, in the playlist's order. Raises `UnreadablePlaylist`."""
    variants = []
    attributes: Mapping[str, str] | None = None
    for line in _lines(text):
        if line.startswith("#EXT-X-STREAM-INF:"):
            attributes = {name: value.strip('"') for name, value in re.findall(_ATTRIBUTE, line)}
        elif not line.startswith("#") and attributes is not None:
            if "RESOLUTION" in attributes:
                variants.append(_variant(attributes, _path(line)))
            attributes = None
    return tuple(variants)


def parse_media(text: str) -> tuple[Segment, ...]:
    """The segments that have a length, in order. Raises `UnreadablePlaylist`."""
    segments = []
    duration_s, is_cut = Decimal(0), False
    for line in _lines(text):
        if line.startswith(_UNREADABLE):
            raise UnreadablePlaylist(f"cannot copy segments with {line.partition(':')[0]}")
        if line.startswith("#EXTINF:"):
            duration_s = _number(line.removeprefix("#EXTINF:").partition(",")[0])
        elif line == "#EXT-X-DISCONTINUITY":
            is_cut = True
        elif not line.startswith("#"):
            if duration_s > 0:
                segments.append(Segment(uri=_path(line), duration_s=duration_s, is_cut=is_cut))
                is_cut = False
            duration_s = Decimal(0)
    return tuple(segments)


def render_master(variants: Iterable[Variant]) -> str:
    """A master playlist; players begin with the first one that suits them."""
    lines = [_HEADER, f"#EXT-X-VERSION:{_FLOATING_POINT}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for each in variants:
        attributes = [f"BANDWIDTH={each.bandwidth_bps}"]
        if each.average_bps is not None:
            attributes.append(f"AVERAGE-BANDWIDTH={each.average_bps}")
        attributes.append(f"RESOLUTION={each.width}x{each.height}")
        if each.frame_rate is not None:
            attributes.append(f"FRAME-RATE={each.frame_rate:.3f}")
        if each.codecs is not None:
            attributes.append(f'CODECS="{each.codecs}"')
        lines += ["#EXT-X-STREAM-INF:" + ",".join(attributes), each.uri]
    return "\n".join(lines) + "\n"


def render_media(segments: Iterable[Segment]) -> str:
    """A media playlist that is all there (VOD). A missing segment is marked as a gap."""
    segments = tuple(segments)
    version = _GAPS if any(each.is_missing for each in segments) else _FLOATING_POINT
    lines = [
        _HEADER,
        f"#EXT-X-VERSION:{version}",
        f"#EXT-X-TARGETDURATION:{max((_rounded(each) for each in segments), default=1)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    for each in segments:
        if each.is_cut:
            lines.append("#EXT-X-DISCONTINUITY")
        if each.starts_at is not None:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{to_rfc3339(each.starts_at)}")
        if each.is_missing:
            lines.append("#EXT-X-GAP")
        lines += [f"#EXTINF:{each.duration_s:f},", each.uri]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def _rounded(segment: Segment) -> int:
    """To the nearest second, as RFC 8216, 4.3.3.1 compares with the target duration."""
    return max(1, int(segment.duration_s + Decimal("0.5")))


def _variant(attributes: Mapping[str, str], uri: str) -> Variant:
    width, _, height = attributes["RESOLUTION"].partition("x")
    average, rate = attributes.get("AVERAGE-BANDWIDTH"), attributes.get("FRAME-RATE")
    try:
        variant = Variant(
            uri=uri,
            width=int(width),
            height=int(height),
            bandwidth_bps=int(attributes["BANDWIDTH"]),
            average_bps=int(average) if average else None,
            frame_rate=_number(rate) if rate else None,
            codecs=attributes.get("CODECS"),
        )
    except (KeyError, ValueError) as error:
        raise UnreadablePlaylist("a rendition without its size or bit rate") from error
    if min(variant.width, variant.height, variant.bandwidth_bps) <= 0:
        raise UnreadablePlaylist("a rendition of no size or bit rate")
    return variant


def _lines(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines()]
    if not lines or lines[0] != _HEADER:
        raise UnreadablePlaylist("not a playlist")
    return (line for line in lines[1:] if line)


def _path(uri: str) -> str:
    """The address, if it leads to somewhere below its playlist."""
    if not re.fullmatch(_PATH, uri):
        raise UnreadablePlaylist(f"not below its playlist: {uri[:100]}")
    return uri


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        raise UnreadablePlaylist(f"not a number: {text[:100]}") from error
    if not number.is_finite():
        raise UnreadablePlaylist(f"not a number: {text[:100]}")
    return number
