"""Probing: a file in, a ProbeResult or a refusal out, in bounded time."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

__all__ = ["MediaUnreadable", "Probed", "probe_file"]

_ROOT = Path(__file__).resolve().parents[3]
_STANDARD_RATES = tuple(
    Fraction(rate)
    for rate in ("24000/1001", 24, 25, "30000/1001", 30, 48, 50, "60000/1001", 60, 15, 12, 10)
)
_NEAR = Fraction(1, 200)
_FALLBACK_RATE = Fraction(30)
_MAX_RATE = Fraction(120)


class MediaUnreadable(Exception):
    """The file is not media, is damaged, or took too long to look into."""


@dataclass(frozen=True, slots=True)
class Probed:
    """`result` is the wire's ProbeResult, without `metadata`."""

    result: dict[str, Any]

    @property
    def duration_s(self) -> float:
        """0 when the container does not say."""
        return float(self.result["container"].get("duration", 0.0))

    @property
    def has_video(self) -> bool:
        return bool(self._tracks("video"))

    @property
    def audio_track_count(self) -> int:
        return len(self._tracks("audio"))

    @property
    def frame_rate(self) -> Fraction:
        """The constant rate that output follows: the average, moved to a standard rate near it.

        A variable-rate source averages 29.87 where its camera meant 29.97.
        """
        tracks = self._tracks("video")
        rate = tracks[0]["videoProperties"].get("frameRate") if tracks else None
        if not rate:
            return _FALLBACK_RATE
        average = Fraction(rate["numerator"], rate["denominator"])
        nearest = min(_STANDARD_RATES, key=lambda one: abs(one - average))
        if abs(nearest - average) <= nearest * _NEAR:
            return nearest
        return min(average.limit_denominator(1001), _MAX_RATE)

    def _tracks(self, kind: str) -> list[dict[str, Any]]:
        tracks = self.result["container"]["tracks"]
        return [track for track in tracks if track["trackType"] == kind]


def probe_file(path: Path, timeout_s: float) -> Probed:
    """Look into `path` in a process of its own. Raises `MediaUnreadable`."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module, a path of our own making
            [sys.executable, "-m", "infra.local.mediaconvert.probe_worker", str(path)],
            cwd=_ROOT,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MediaUnreadable(f"not understood within {timeout_s:g} s") from None
    if done.returncode != 0:
        raise MediaUnreadable(f"the demuxer ended with {done.returncode}")
    result: dict[str, Any] = json.loads(done.stdout)
    if "refused" in result:
        raise MediaUnreadable(result["refused"])
    return Probed(result)
