"""CloudFront's signed URLs and signed cookies, checked as CloudFront checks them.

Format: CloudFront Developer Guide, "Serve private content with signed URLs and signed cookies".
A request carries, in the query string or (with the prefix `CloudFront-`) in cookies,

    Expires | Policy     canned: epoch seconds; custom: the policy's JSON in modified base64
    Signature            RSA PKCS#1 v1.5 or ECDSA over the policy's text, modified base64
    Key-Pair-Id          the id of a public key in one of the behaviour's trusted key groups
    Hash-Algorithm       SHA1 (default) or SHA256

Modified base64 replaces `+` by `-`, `=` by `_` and `/` by `~`. If the query string carries a
signature, cookies are not looked at.
"""

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

COOKIE_PREFIX = "CloudFront-"
SIGNATURE_PARAMETERS = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
_FROM_MODIFIED_BASE64 = str.maketrans("-_~", "+=/")
_HASHES: dict[str, hashes.HashAlgorithm] = {"SHA1": hashes.SHA1(), "SHA256": hashes.SHA256()}  # noqa: S303
_POLICY_LIMIT_CHARACTERS = 8192


class AccessRefused(Exception):
    """The request may not have the object; `code` and the message are those of CloudFront."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class ViewerRequest:
    """What the check needs to know of a request."""

    base_url: str
    """Scheme, host and path as the viewer wrote them, without the query string."""
    query: str
    cookies: Mapping[str, str]
    address: str
    epoch_seconds: float


def check_access(request: ViewerRequest, public_keys: Mapping[str, str]) -> None:
    """Pass when the request is signed with one of `public_keys` (PEM by id) for this URL and time.

    Raises AccessRefused otherwise.
    """
    given = _signature_parameters(request)
    key_id = given.get("Key-Pair-Id")
    if not key_id:
        raise AccessRefused("MissingKey", "Missing Key-Pair-Id query parameter or cookie value")
    if key_id not in public_keys:
        raise AccessRefused("InvalidKey", "Unknown Key")
    signature = given.get("Signature")
    if not signature:
        raise AccessRefused("MissingSignature", "Missing Signature query parameter or cookie value")
    policy = _policy_text(given, _signed_url(request))
    algorithm = given.get("Hash-Algorithm", "SHA1")
    if algorithm not in _HASHES:
        raise AccessRefused("InvalidHashAlgorithm", "Unknown Hash-Algorithm")
    _verify(public_keys[key_id], algorithm, policy, _decode(signature, "Signature"))
    _apply_policy(policy, request)


def _signature_parameters(request: ViewerRequest) -> dict[str, str]:
    in_query = dict(parse_qsl(request.query, keep_blank_values=True))
    if "Signature" in in_query or "Key-Pair-Id" in in_query:
        return {name: in_query[name] for name in SIGNATURE_PARAMETERS if name in in_query}
    return {
        name: request.cookies[COOKIE_PREFIX + name]
        for name in SIGNATURE_PARAMETERS
        if COOKIE_PREFIX + name in request.cookies
    }


def _signed_url(request: ViewerRequest) -> str:
    """The URL that was signed: without the parameters that carry the signature."""
    kept = [
        part
        for part in request.query.split("&")
        if part.split("=", 1)[0] not in SIGNATURE_PARAMETERS
    ]
    query = "&".join(part for part in kept if part)
    return f"{request.base_url}?{query}" if query else request.base_url


def _policy_text(given: Mapping[str, str], url: str) -> str:
    if "Policy" in given:
        if len(given["Policy"]) > _POLICY_LIMIT_CHARACTERS:
            raise AccessRefused("MalformedPolicy", "Malformed Policy")
        try:
            return _decode(given["Policy"], "Policy").decode()
        except UnicodeDecodeError as error:
            raise AccessRefused("MalformedPolicy", "Malformed Policy") from error
    expires = given.get("Expires", "")
    if not re.fullmatch(r"\d{1,12}", expires):
        raise AccessRefused(
            "MissingPolicy", "Missing or invalid Expires and no Policy in query or cookies"
        )
    # The canned policy, character for character as every signer writes it.
    return (
        f'{{"Statement":[{{"Resource":"{url}",'
        f'"Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'
    )


def _decode(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text.translate(_FROM_MODIFIED_BASE64), validate=True)
    except (binascii.Error, ValueError) as error:
        raise AccessRefused(f"Malformed{name}", f"Malformed {name}") from error


@lru_cache(maxsize=64)
def _public_key(pem: str) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise AccessRefused("InvalidKey", "Unknown Key")
    return key


@lru_cache(maxsize=1024)
def _signature_holds(pem: str, algorithm: str, policy: str, signature: bytes) -> bool:
    """Remembered: a player asks for every segment with the same cookies."""
    key = _public_key(pem)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, policy.encode(), padding.PKCS1v15(), _HASHES[algorithm])
        else:
            key.verify(signature, policy.encode(), ec.ECDSA(_HASHES[algorithm]))
    except InvalidSignature:
        return False
    return True


def _verify(pem: str, algorithm: str, policy: str, signature: bytes) -> None:
    if not _signature_holds(pem, algorithm, policy, signature):
        raise AccessRefused("AccessDenied", "Access denied")


def _apply_policy(policy: str, request: ViewerRequest) -> None:
    """Hold the request against the one statement that a policy may have."""
    try:
        (statement,) = json.loads(policy)["Statement"]
        condition: dict[str, Any] = statement["Condition"]
        resource = str(statement.get("Resource", "*"))
        until = int(condition["DateLessThan"]["AWS:EpochTime"])
        since = int(condition.get("DateGreaterThan", {}).get("AWS:EpochTime", 0))
        networks = condition.get("IpAddress", {}).get("AWS:SourceIp", "0.0.0.0/0")
        network = ipaddress.ip_network(networks, strict=False)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AccessRefused("MalformedPolicy", "Malformed Policy") from error
    address = ipaddress.ip_address(request.address)
    everywhere = network.prefixlen == 0
    if not (
        since <= request.epoch_seconds < until
        and (everywhere or (address.version == network.version and address in network))
        and resource_matches(resource, _signed_url(request))
    ):
        raise AccessRefused("AccessDenied", "Access denied")


def resource_matches(resource: str, url: str) -> bool:
    """Whether a policy's Resource covers the URL; `*` is any text, `?` any one character.

    A Resource without wildcards in the place of the query string covers the URL with it only when
    it names it.
    """
    return _resource_pattern(resource).fullmatch(url) is not None


@lru_cache(maxsize=1024)
def _resource_pattern(resource: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    # A `?` before a query string is that character as well as a wildcard; both match it.
    return re.compile("".join(parts.get(char) or re.escape(char) for char in resource), re.DOTALL)
