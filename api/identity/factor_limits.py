"""How often factors may be changed, and passkeys asked for and tried.

Tries of codes are counted where they are judged: `socialflow.identity.factors.tries`.
"""

from typing import Final

from socialflow.platform.rate_limits import RatePolicy

PASSKEY_OPTIONS: Final = RatePolicy("passkey_options", limit=60, window_seconds=300)
PASSKEY_SIGN_IN: Final = RatePolicy("passkey_sign_in", limit=30, window_seconds=300)
PASSKEY_CHANGES: Final = RatePolicy("passkey_changes", limit=60, window_seconds=3600)
FACTOR_CHANGES: Final = RatePolicy("factor_changes", limit=30, window_seconds=3600)
