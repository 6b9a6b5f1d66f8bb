"""Access tokens, refresh tokens, and the keys that issue and verify them."""
