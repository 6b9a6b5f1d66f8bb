"""CloudFront's policies, turned into what the edge applies."""

import pytest

from infra.local.deploy.forwarding import Forwarded, merge
from infra.local.deploy.response_headers import cors_document, security_headers

NONE: Forwarded = {"mode": "none", "names": []}
ALL: Forwarded = {"mode": "all", "names": []}


def named(mode: str, *names: str) -> Forwarded:
    return {"mode": mode, "names": list(names)}


@pytest.mark.parametrize(
    ("cached", "requested", "merged"),
    [
        (NONE, NONE, NONE),
        (NONE, ALL, ALL),
        (ALL, named("whitelist", "a"), named("all", "a")),
        (named("whitelist", "a"), named("whitelist", "b"), named("whitelist", "a", "b")),
        (named("whitelist", "a"), named("allExcept", "a", "b"), named("allExcept", "b")),
        (named("allExcept", "a"), named("allExcept", "a", "b"), named("allExcept", "a")),
    ],
)
def test_a_value_passes_when_either_policy_lets_it(
    cached: Forwarded, requested: Forwarded, merged: Forwarded
) -> None:
    assert merge(cached, requested) == merged
    assert merge(requested, cached) == merged


def test_security_headers_as_cloudfront_words_them() -> None:
    config = {
        "ContentSecurityPolicy": {"ContentSecurityPolicy": "default-src 'self'", "Override": True},
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"FrameOption": "DENY", "Override": False},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 60,
            "IncludeSubdomains": True,
            "Override": True,
        },
    }
    found = {
        entry["name"]: (entry["value"], entry["override"]) for entry in security_headers(config)
    }
    assert found == {
        "content-security-policy": ("default-src 'self'", True),
        "x-content-type-options": ("nosniff", True),
        "x-frame-options": ("DENY", False),
        "strict-transport-security": ("max-age=60; includeSubDomains", True),
    }


def test_cors_of_all_methods() -> None:
    config = {
        "AccessControlAllowOrigins": {"Items": ["*"]},
        "AccessControlAllowMethods": {"Items": ["ALL"]},
        "AccessControlAllowHeaders": {"Items": ["*"]},
        "AccessControlAllowCredentials": False,
        "OriginOverride": True,
    }
    document = cors_document(config)
    assert document is not None
    assert {"GET", "PUT", "DELETE"} <= set(document["methods"])
    assert cors_document({}) is None
