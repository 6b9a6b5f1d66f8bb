"""The named rate limits of the live routes: per account, or per address where nobody signs in.

A heartbeat comes every 15 seconds from each viewer, and many viewers may share an address (an
office, a carrier's gateway), so that limit is wide: it is there to keep one machine from making
up an audience, as is the one on playback, which gives out the tokens that heartbeats need.
"""

from typing import Final

from socialflow.platform.rate_limits import RatePolicy

CHANNEL_REQUESTS: Final = RatePolicy("channel-request", limit=30, window_seconds=3600)
CHANNEL_EDITS: Final = RatePolicy("channel-edit", limit=300, window_seconds=3600)
KEYS_SHOWN: Final = RatePolicy("stream-key", limit=30, window_seconds=600)
ROTATIONS: Final = RatePolicy("stream-key-rotation", limit=10, window_seconds=3600)
CREATES: Final = RatePolicy("broadcast-create", limit=60, window_seconds=3600)
EDITS: Final = RatePolicy("broadcast-edit", limit=600, window_seconds=3600)
THUMBNAILS: Final = RatePolicy("broadcast-thumbnail", limit=60, window_seconds=3600)
PLAYBACKS: Final = RatePolicy("live-playback", limit=300, window_seconds=300)
HEARTBEATS: Final = RatePolicy("live-heartbeat", limit=1200, window_seconds=60)
ANALYTICS: Final = RatePolicy("live-analytics", limit=600, window_seconds=600)
