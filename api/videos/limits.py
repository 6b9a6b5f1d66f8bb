"""The named rate limits of the video routes, each per account."""

from typing import Final

from socialflow.platform.rate_limits import RatePolicy

CREATES: Final = RatePolicy("video-create", limit=60, window_seconds=3600)
UPLOAD_CALLS: Final = RatePolicy("upload-calls", limit=1200, window_seconds=3600)
EDITS: Final = RatePolicy("video-edit", limit=600, window_seconds=3600)
