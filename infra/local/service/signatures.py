"""Who signed a request: AWS Signature Version 4, as far as this server can judge it.

A request without a signature for the service is refused as the service refuses it. The server
knows its own key's secret and checks that signature in full. Session keys of roles are
known to the engine alone: those must be well formed and fresh.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
from collections.abc import Callable, Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.service.errors import Forbidden

__all__ = ["check_signature"]

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w{3,128})/(?P<date>\d{8})/(?P<region>[\w-]+)/"
    r"(?P<service>[\w-]+)/aws4_request, ?SignedHeaders=(?P<headers>[\w;-]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_MAX_SKEW = dt.timedelta(minutes=5)


def check_signature(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    service: str,
    secret_of: Callable[[str], str | None],
    now: dt.datetime,
) -> None:
    """Raises `Forbidden`, named as the service names it. `headers` has lower-case names."""
    given = headers.get("authorization")
    if not given:
        raise Forbidden("Missing Authentication Token", "MissingAuthenticationTokenException")
    match = _AUTHORIZATION.fullmatch(given)
    if match is None or match["service"] != service:
        raise Forbidden(
            f"Authorization header is not a signature for {service}.",
            "IncompleteSignatureException",
        )
    signed_at = _time_of(headers.get("x-amz-date", ""))
    if signed_at is None or abs(now - signed_at) > _MAX_SKEW:
        raise Forbidden("Signature expired or not yet valid.", "InvalidSignatureException")
    secret = secret_of(match["key"])
    if secret is None:
        return
    request = AWSRequest(method, url, data=body)
    for name in match["headers"].split(";"):
        request.headers[name] = headers.get(name, "")
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(match["key"], secret), service, match["region"])
    expected = signer.signature(
        signer.string_to_sign(request, signer.canonical_request(request)), request
    )
    if not hmac.compare_digest(expected, match["signature"]):
        raise Forbidden(
            "The request signature we calculated does not match the signature you provided.",
            "InvalidSignatureException",
        )


def _time_of(value: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
