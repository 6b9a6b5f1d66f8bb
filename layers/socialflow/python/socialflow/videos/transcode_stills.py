"""The stills a job takes: the poster and the storyboard's frames.

Frame captures are outputs of FILE groups, one group each: `poster.<n>.jpg` and `frames.<n>.jpg`
under the set's prefix.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from socialflow.videos.ladder import fit_short_side
from socialflow.videos.storyboard import MAX_FRAMES, frame_interval_s

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.type_defs import OutputGroupTypeDef

    from socialflow.videos.probe import SourceInfo

__all__ = ["poster_group", "storyboard_group"]

_POSTER_SHORT_SIDE = 720
_STORYBOARD_SHORT_SIDE = 90


def poster_group(destination_url: str, source: SourceInfo) -> OutputGroupTypeDef:
    """Two captures: the first frame, often black, and one a little into the video.

    COMPLETE names the last one written, which is the poster.
    """
    seconds_in = Fraction(min(10_000, max(source.duration_ms // 4, 1)), 1000)
    return _capture_group(
        destination_url,
        source,
        "poster",
        _POSTER_SHORT_SIDE,
        seconds_in,
        max_captures=2,
        quality=85,
    )


def storyboard_group(destination_url: str, source: SourceInfo) -> OutputGroupTypeDef:
    """A small frame at each storyboard interval; COMPLETE names the last, which tells how many."""
    interval = Fraction(frame_interval_s(source.duration_ms))
    return _capture_group(
        destination_url,
        source,
        "frames",
        _STORYBOARD_SHORT_SIDE,
        interval,
        max_captures=MAX_FRAMES,
        quality=70,
    )


def _capture_group(
    destination_url: str,
    source: SourceInfo,
    name: str,
    short_side: int,
    interval_s: Fraction,
    *,
    max_captures: int,
    quality: int,
) -> OutputGroupTypeDef:
    width, height = fit_short_side(source, short_side)
    return {
        "Name": name,
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": f"{destination_url.rstrip('/')}/{name}"},
        },
        "Outputs": [
            {
                "ContainerSettings": {"Container": "RAW"},
                "Extension": "jpg",
                "VideoDescription": {
                    "Width": width,
                    "Height": height,
                    "ScalingBehavior": "STRETCH_TO_OUTPUT",
                    "CodecSettings": {
                        "Codec": "FRAME_CAPTURE",
                        "FrameCaptureSettings": {
                            "FramerateNumerator": interval_s.denominator,
                            "FramerateDenominator": interval_s.numerator,
                            "MaxCaptures": max_captures,
                            "Quality": quality,
                        },
                    },
                },
            }
        ],
    }
