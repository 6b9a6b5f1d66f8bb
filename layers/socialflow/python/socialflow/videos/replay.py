"""What a replay is made of, and the rules that need no I/O.

A broadcast has a recording for each time that its encoder was connected. The recordings known so
far are its *footage*; it only grows, and events that speak of it come doubled and in any order,
so footages are compared by their *extent* and a smaller one never takes the place of a larger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

MAX_RECORDINGS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recorded session: where it lies, and when its first frame was seen."""

    stream_id: str
    bucket: str
    key_prefix: str
    started_at: datetime
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """The recordings of a broadcast so far, in order of time, and the broadcast's own picture.

    `poster_key` is a key of the media bucket. Make one by `footage_of`.
    """

    recordings: tuple[Recording, ...]
    poster_key: str | None = None

    @property
    def extent(self) -> str:
        """Sorts after that of every smaller footage: by recordings, then by their length."""
        duration_ms = sum(each.duration_ms for each in self.recordings)
        return f"{len(self.recordings):04d}-{duration_ms:012d}-{self._digest}"

    @property
    def set_name(self) -> str:
        """The folder of the set that is made of it: another one for other footage."""
        return f"r{len(self.recordings)}-{self._digest}"

    @property
    def _digest(self) -> str:
        told = "\n".join(f"{each.key_prefix} {each.duration_ms}" for each in self.recordings)
        return hashlib.sha256(told.encode()).hexdigest()[:8]


def footage_of(recordings: Iterable[Recording], poster_key: str | None = None) -> Footage:
    """The footage in any list of recordings: each once, without empty ones, in order of time.

    Of more than `MAX_RECORDINGS` the first ones count.
    """
    longest: dict[str, Recording] = {}
    for each in recordings:
        known = longest.get(each.key_prefix)
        if each.duration_ms > 0 and (known is None or known.duration_ms < each.duration_ms):
            longest[each.key_prefix] = each
    ordered = sorted(longest.values(), key=lambda each: (each.started_at, each.key_prefix))
    return Footage(recordings=tuple(ordered[:MAX_RECORDINGS]), poster_key=poster_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySession:
    """A stretch of a replay without interruption: when it was live, and where it is played."""

    starts_at: datetime
    offset_ms: int
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A place in a video that is worth going to."""

    starts_at_ms: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a video keeps that is the replay of a broadcast.

    `footage` is what it should be made of, `shown_extent` the extent of what it is made of now,
    and `sessions` where that lies in time.
    """

    broadcast_id: str
    footage: Footage
    shown_extent: str | None = None
    sessions: tuple[ReplaySession, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether it shows all that there is."""
        return self.shown_extent == self.footage.extent

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """One at the start and one wherever the encoder came back."""
        return tuple(
            Chapter(
                starts_at_ms=session.offset_ms,
                title="Start" if place == 1 else f"Part {place}",
            )
            for place, session in enumerate(self.sessions, start=1)
        )
