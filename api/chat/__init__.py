"""Chat over REST: tokens, settings, moderation, polls, and what was said."""
