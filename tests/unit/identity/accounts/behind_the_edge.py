"""Requests as CloudFront brings them, from addresses of one's choice."""

from __future__ import annotations

ORIGIN_SECRET = "only CloudFront knows it"


def seen_from(address: str, **more: str) -> dict[str, str]:
    """What CloudFront adds to a request from `address`."""
    return {"X-Origin-Verify": ORIGIN_SECRET, "X-Forwarded-For": address, **more}
