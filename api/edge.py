"""Whether a request came through CloudFront, and whose it is.

CloudFront adds a secret header of ours to what it sends to the API (`SF_ORIGIN_SECRET`, made by the
API's stack). What comes without it went past the firewall and is refused. Where no secret is set,
as in one-process tests, every caller is a direct one.
"""

import hmac
import ipaddress
import os
from collections.abc import Mapping
from typing import Final

ORIGIN_HEADER: Final = "x-origin-verify"
# What a household is given of IPv6 at least (RFC 6177): it sends from any address in it.
_HOUSEHOLD_BITS: Final = 64


def origin_secret() -> str:
    """The secret, empty where the API stands alone."""
    return os.environ.get("SF_ORIGIN_SECRET", "")


def came_past_the_edge(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request should have come through CloudFront and did not."""
    secret = origin_secret()
    shown = headers.get(ORIGIN_HEADER.encode(), b"")
    return bool(secret) and not hmac.compare_digest(shown, secret.encode())


def viewer_address(forwarded_for: str | None, peer: str) -> str:
    """The address that sent the request.

    Behind CloudFront `X-Forwarded-For` is `<what the viewer claims>, <viewer>` and API Gateway
    adds its own peer, an edge server: the viewer is the last that is not the peer. Otherwise
    nobody vouches for the header and the peer counts.
    """
    if not origin_secret() or not forwarded_for:
        return peer
    addresses = [address.strip() for address in forwarded_for.split(",")]
    if len(addresses) > 1 and addresses[-1] == peer:
        addresses.pop()
    return addresses[-1] or peer


def network_of(address: str) -> str:
    """What is counted together: an IPv4 address, or all IPv6 addresses that one viewer can have."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), _HOUSEHOLD_BITS), strict=False))
