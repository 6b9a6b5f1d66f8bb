"""What can be wrong with a seal. Whoever opens one turns this into a refusal of their own."""

from __future__ import annotations

from socialflow.platform.errors import Unavailable


class SealBroken(Exception):
    """The text is not one that we sealed for this purpose. It never says what is wrong with it."""


class SealExpired(SealBroken):
    """We sealed it, and its time is over."""


class SealingKeysMissing(Unavailable):
    """No key may seal at this time: the rotation has never run or its secret is lost."""

    code = "sealing_keys_missing"


class SealingKeysUnreadable(Exception):
    """The secret was written by a version of this code that we do not know: an operator's case."""
