"""A distribution like the deployed one, as the deployment writes it down."""

from typing import Any

from tests.unit.local_edge.signing import KEY_ID

NONE = {"mode": "none", "names": []}
ALL = {"mode": "all", "names": []}
ARN = "arn:aws:cloudfront::000000000000:distribution/E1"


def behavior(pattern: str, **changes: Any) -> dict[str, Any]:
    """A behaviour that forwards nothing to the web bucket."""
    return {
        "path_pattern": pattern,
        "origin": {"bucket": "web", "api_id": "", "path": ""},
        "methods": ["GET", "HEAD"],
        "key_groups": [],
        "headers": NONE,
        "cookies": NONE,
        "query": NONE,
        "response_headers": [],
        "removed_headers": [],
        "cors": None,
        "viewer_request_code": "",
        **changes,
    }


def document(public_pem: str = "", **changes: Any) -> dict[str, Any]:
    """API, public media, protected media, web."""
    api = {
        "origin": {
            "bucket": "",
            "api_id": "abc123",
            "path": "",
            "headers": {"x-origin-verify": "secret of the origin"},
        },
        "methods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        "headers": {"mode": "allExcept", "names": ["host"]},
        "cookies": ALL,
        "query": ALL,
        "response_headers": [{"name": "x-frame-options", "value": "DENY", "override": True}],
    }
    media = {"origin": {"bucket": "media", "api_id": "", "path": ""}}
    return {
        "id": "E1",
        "arn": ARN,
        "default_root_object": "index.html",
        "behaviors": [
            behavior("/v1/*", **api),
            behavior("/media/public/*", **media),
            behavior("/media/protected/*", **media, key_groups=["group"]),
            behavior("*"),
        ],
        "key_groups": {"group": [KEY_ID]},
        "public_keys": {KEY_ID: public_pem},
        "error_pages": {},
        **changes,
    }
