"""The named rate limit of the social routes, for each account."""

from typing import Final

from socialflow.platform.rate_limits import RatePolicy

FOLLOWS: Final = RatePolicy("follow", limit=600, window_seconds=3600)
