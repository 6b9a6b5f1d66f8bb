"""The pictures of a replay: which of the recordings' thumbnails its seek bar shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from socialflow.videos.replay import ReplaySession
from socialflow.videos.storyboard import MAX_FRAMES

_THUMBNAIL = re.compile(r"thumb(\d{1,9})\.jpg$")


@dataclass(frozen=True, slots=True)
class Still:
    """A picture of a recording, by bucket and key, and where in the replay it was taken."""

    source: tuple[str, str]
    starts_at_ms: int


def ordered_thumbnails(keys: Iterable[str]) -> tuple[str, ...]:
    """A recording's thumbnails by their number."""
    found = [(int(match[1]), key) for key in keys if (match := _THUMBNAIL.search(key))]
    return tuple(key for _, key in sorted(found))


def stills_of(
    sessions: Sequence[ReplaySession], thumbnails: Sequence[Sequence[tuple[str, str]]]
) -> tuple[Still, ...]:
    """At most `MAX_FRAMES` of the sessions' thumbnails, evenly taken.

    IVS does not say when it took one, only that it does so at even intervals from the start:
    spread over the session, each is at most one interval off.
    """
    stills = [
        Still(source, session.offset_ms + place * session.duration_ms // len(sources))
        for session, sources in zip(sessions, thumbnails, strict=True)
        for place, source in enumerate(sources)
    ]
    if len(stills) <= MAX_FRAMES:
        return tuple(stills)
    return tuple(stills[place * len(stills) // MAX_FRAMES] for place in range(MAX_FRAMES))
