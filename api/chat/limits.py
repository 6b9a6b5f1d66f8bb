"""The named rate limits of the chat routes, for each account or, for who has none, each address."""

from typing import Final

from socialflow.platform.rate_limits import RatePolicy

TOKENS: Final = RatePolicy("chat-token", limit=120, window_seconds=300)
MODERATION: Final = RatePolicy("chat-moderation", limit=600, window_seconds=600)
POLLS: Final = RatePolicy("chat-poll", limit=60, window_seconds=3600)
VOTES: Final = RatePolicy("chat-vote", limit=60, window_seconds=300)
