"""Codes of authenticator apps: TOTP (RFC 6238) as all of them compute it.

SHA-1, six digits, thirty seconds: the only parameters that every app honours. A code is good in
its own step and in the one before and after (RFC 6238, 5.2), and never twice: whoever accepts one
keeps its step, and `accepted_step` takes later steps alone.

    step      41    42    43
    code of         ■              accepted at 42, 42 is kept
    again           ✗              42 is not after 42
    of 41 ■                        a clock that lags: refused as well, 41 is not after 42
    next                  ■        accepted
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from typing import Final

STEP_SECONDS: Final = 30
DIGITS: Final = 6
DRIFT_STEPS: Final = 1
SECRET_BYTES: Final = 20  # RFC 4226, 4, R6 recommends 160 bits
ISSUER: Final = "Social Flow"
_SPACING: Final = re.compile(r"[\s-]")

SecretFactory = Callable[[], bytes]


def new_secret() -> bytes:
    """160 random bits, to be shared with an app."""
    return secrets.token_bytes(SECRET_BYTES)


def normal_code(text: str) -> str | None:
    """The six digits in what somebody typed, None where it is not such a code."""
    code = _SPACING.sub("", text)
    return code if re.fullmatch(rf"[0-9]{{{DIGITS}}}", code) else None


def step_at(moment: datetime) -> int:
    """The number of the time step that a moment is in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code of one step."""
    import pyotp

    return pyotp.TOTP(shown_secret(secret), digits=DIGITS, interval=STEP_SECONDS).generate_otp(step)


def accepted_step(secret: bytes, code: str, *, now: datetime, after: int | None) -> int | None:
    """The step whose code that is, None where it is of none that may still be accepted.

    `after` is the last step that was accepted. Compares with each step in constant time.
    """
    here, found = step_at(now), None
    for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1):
        matches = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if matches and found is None and (after is None or step > after):
            found = step
    return found


def shown_secret(secret: bytes) -> str:
    """The secret as people type it into an app: base 32 without padding."""
    return b32encode(secret).decode().rstrip("=")


def otpauth_uri(secret: bytes, account: str) -> str:
    """The address that an app takes the secret from.

    Format: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    """
    import pyotp

    totp = pyotp.TOTP(shown_secret(secret), digits=DIGITS, interval=STEP_SECONDS)
    return totp.provisioning_uri(name=account, issuer_name=ISSUER)


def qr_svg(uri: str) -> str:
    """The address as a QR code: an `<svg>` that scales, with its quiet zone, black on white."""
    import io

    import segno

    drawn = io.BytesIO()
    segno.make_qr(uri, error="m").save(
        drawn, kind="svg", xmldecl=False, nl=False, omitsize=True, light="#fff"
    )
    return drawn.getvalue().decode()
