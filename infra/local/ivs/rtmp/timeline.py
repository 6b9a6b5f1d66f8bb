"""The encoder's clock into the session's: 32 bits that wrap and jump into one that does not.

Audio and video share the encoder's clock, so they share one offset and stay in step. What is
sent here never goes back within a codec, starts near 0 and moves on over each of these:

- a wrap at 2^32 ms, or at 2^31 as ffmpeg's muxer does it (FLV's timestamps are signed): steps
  are taken modulo 2^31, as signed numbers;
- a small step back: the frame is held at the last frame's time;
- a jump beyond the bound, either way (an encoder that restarted its clock, a looped file): the
  clock is anchored anew, so that time goes on where it was. The other codec follows by the same
  offset when it makes the same jump.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from infra.local.ivs.rtmp.media import Codec

__all__ = ["Timeline"]

_WRAP: Final = 1 << 31
_HELD_BACK_MS: Final = 1000


@dataclass(slots=True)
class _Track:
    raw: int
    """The last timestamp as sent, unwrapped."""
    offset: int
    placed: int


class Timeline:
    """One session's. `jumps` counts how often a clock was anchored anew."""

    def __init__(self, *, jump_ms: int) -> None:
        self._jump_ms = jump_ms
        self._tracks: dict[Codec, _Track] = {}
        self._latest = 0
        self.jumps = 0

    @property
    def latest_ms(self) -> int:
        """The largest time given out."""
        return self._latest

    def place(self, codec: Codec, timestamp_ms: int) -> int:
        """The session's time of a tag whose timestamp on the wire is `timestamp_ms`."""
        track = self._tracks.get(codec)
        if track is None:
            raw, offset = self._align(self._tracks.values(), timestamp_ms)
            track = self._tracks[codec] = _Track(raw, offset, 0)
        else:
            step = _signed(timestamp_ms - track.raw)
            behind_ms = track.placed - (track.raw + step + track.offset)
            if step <= self._jump_ms and behind_ms <= _HELD_BACK_MS:
                track.raw += step
            else:
                self._anchor(codec, track, timestamp_ms)
        track.placed = max(track.placed, track.raw + track.offset, 0)
        self._latest = max(self._latest, track.placed)
        return track.placed

    def now(self, codec: Codec) -> int:
        """Where a codec is: the time of what has none of its own."""
        track = self._tracks.get(codec)
        return 0 if track is None else track.placed

    def _anchor(self, codec: Codec, track: _Track, timestamp_ms: int) -> None:
        others = (other for name, other in self._tracks.items() if name is not codec)
        before = track.offset
        track.raw, track.offset = self._align(others, timestamp_ms)
        # A codec that paused comes back on the same clock; one that follows a jump is no new one.
        if track.offset != before and not self._is_shared(codec, track):
            self.jumps += 1

    def _is_shared(self, codec: Codec, track: _Track) -> bool:
        return any(
            other.offset == track.offset
            for name, other in self._tracks.items()
            if name is not codec
        )

    def _align(self, others: Iterable[_Track], timestamp_ms: int) -> tuple[int, int]:
        """Raw time and offset: by another codec's clock if that fits, else from the latest on."""
        for other in others:
            raw = other.raw + _signed(timestamp_ms - other.raw)
            if abs(raw + other.offset - self._latest) <= self._jump_ms:
                return raw, other.offset
        if not self._tracks and timestamp_ms <= _HELD_BACK_MS:
            return timestamp_ms, 0
        return timestamp_ms, self._latest - timestamp_ms


def _signed(difference: int) -> int:
    """Modulo 2^31, nearest to 0."""
    return (difference + _WRAP // 2) % _WRAP - _WRAP // 2
