"""Recordings of several sessions as one presentation, without touching a segment.

    session 1   1080 ─ 720 ─ 480         session 2   720 ─ 480
    merged      1080 = 1080 of the first, then 720 of the second: the nearest that there is
                720, 480 = the same of both

Every rung of the merged ladder covers all sessions, so that no player runs into a hole, whichever
it has chosen. Between sessions stands a discontinuity, and each begins with its wall-clock time.
All rungs change at the same places, as RFC 8216 (6.2.4) asks of variants.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from socialflow.videos.models import Rendition
from socialflow.videos.playlists import Segment, Variant, render_master, render_media
from socialflow.videos.replay import Recording, ReplaySession

MASTER: Final = "stream.m3u8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rendition of a recording: its folder below `media/hls/`, and its segments."""

    variant: Variant
    folder: str
    segments: tuple[Segment, ...]

    @property
    def duration_s(self) -> Decimal:
        return sum((each.duration_s for each in self.segments), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSession:
    """A recording that can be played, highest rung first, each rung of another size."""

    recording: Recording
    rungs: tuple[Rung, ...]

    def nearest(self, short_side: int) -> Rung:
        """The rung of that size or the one closest to it; of two as close, the lower."""
        return min(
            self.rungs,
            key=lambda rung: (
                abs(rung.variant.short_side - short_side),
                rung.variant.short_side,
            ),
        )


def recorded_session(recording: Recording, rungs: Iterable[Rung]) -> RecordedSession | None:
    """A session of the rungs that have segments; None where none has. One rung for each size."""
    best: dict[int, Rung] = {}
    for rung in rungs:
        known = best.get(rung.variant.short_side)
        if rung.segments and (
            known is None or known.variant.bandwidth_bps < rung.variant.bandwidth_bps
        ):
            best[rung.variant.short_side] = rung
    if not best:
        return None
    ordered = tuple(best[side] for side in sorted(best, reverse=True))
    return RecordedSession(recording=recording, rungs=ordered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A presentation: its ladder from the top, and where each session lies in it."""

    ladder: tuple[tuple[Variant, tuple[Segment, ...]], ...]
    sessions: tuple[ReplaySession, ...]
    copies: Mapping[str, tuple[str, str]]

    @property
    def duration_ms(self) -> int:
        last = self.sessions[-1]
        return last.offset_ms + last.duration_ms

    @property
    def renditions(self) -> tuple[Rendition, ...]:
        return tuple(
            Rendition(
                width=variant.width,
                height=variant.height,
                bitrate_bps=variant.average_bps or variant.bandwidth_bps,
            )
            for variant, _ in self.ladder
        )

    def playlists(self, *, missing: Set[str] = frozenset()) -> dict[str, str]:
        """The text of every playlist by its name; segments named in `missing` become gaps."""
        texts = {
            variant.uri: render_media(
                replace(each, is_missing=each.uri in missing) for each in segments
            )
            for variant, segments in self.ladder
        }
        return texts | {MASTER: render_master(variant for variant, _ in self.ladder)}


def merge(sessions: Sequence[RecordedSession]) -> Merged:
    """Puts sessions, in order of time, one behind the other.

    `copies` says for each name in the new set from which bucket and key it comes.
    """
    sides = sorted({rung.variant.short_side for each in sessions for rung in each.rungs})
    ladder = []
    copies: dict[str, tuple[str, str]] = {}
    for side in reversed(sides):
        rungs = [each.nearest(side) for each in sessions]
        segments: list[Segment] = []
        for place, (session, rung) in enumerate(zip(sessions, rungs, strict=True), start=1):
            for position, segment in enumerate(rung.segments):
                name = f"{place}/{rung.folder}/{segment.uri}"
                recording = session.recording
                copies[name] = (
                    recording.bucket,
                    f"{recording.key_prefix}/media/hls/{rung.folder}/{segment.uri}",
                )
                segments.append(
                    replace(
                        segment,
                        uri=name,
                        is_cut=(place > 1 if position == 0 else segment.is_cut),
                        starts_at=recording.started_at if position == 0 else None,
                    )
                )
        ladder.append((_variant(side, [rung.variant for rung in rungs]), tuple(segments)))
    return Merged(ladder=tuple(ladder), sessions=_placed(sessions), copies=copies)


def _variant(side: int, parts: Sequence[Variant]) -> Variant:
    """What a rung promises: the size of its own kind, and no less than its most demanding part."""
    own = next(each for each in parts if each.short_side == side)
    averages = [each.average_bps for each in parts if each.average_bps is not None]
    rates = [each.frame_rate for each in parts if each.frame_rate is not None]
    return Variant(
        uri=f"{side}p.m3u8",
        width=own.width,
        height=own.height,
        bandwidth_bps=max(each.bandwidth_bps for each in parts),
        average_bps=max(averages) if len(averages) == len(parts) else None,
        frame_rate=max(rates) if len(rates) == len(parts) else None,
        codecs=_codecs([each.codecs for each in parts]),
    )


def _codecs(told: Sequence[str | None]) -> str | None:
    """Every codec that a part uses, once each (RFC 8216, 4.3.4.2); None where one does not say."""
    if None in told:
        return None
    each = [codec.strip() for codecs in told if codecs for codec in codecs.split(",")]
    return ",".join(dict.fromkeys(each))


def _placed(sessions: Sequence[RecordedSession]) -> tuple[ReplaySession, ...]:
    """Where each session lies, by the lengths of its highest rung's segments."""
    placed = []
    offset_ms = 0
    for each in sessions:
        duration_ms = int(each.rungs[0].duration_s * 1000)
        placed.append(
            ReplaySession(
                starts_at=each.recording.started_at, offset_ms=offset_ms, duration_ms=duration_ms
            )
        )
        offset_ms += duration_ms
    return tuple(placed)
