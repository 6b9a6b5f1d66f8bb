"""The ffmpeg program that the local services run."""

from __future__ import annotations

import os
from collections.abc import Mapping

import imageio_ffmpeg  # type: ignore[import-untyped]

__all__ = ["find_ffmpeg"]


def find_ffmpeg(environment: Mapping[str, str] = os.environ) -> str:
    """SF_FFMPEG, or the program inside the imageio-ffmpeg wheel."""
    return environment.get("SF_FFMPEG") or imageio_ffmpeg.get_ffmpeg_exe()
