"""The headers that a response headers policy sets and removes, flattened for the edge.

Custom and security headers become a list; the CORS section depends on the request and is handed
over as it is.
"""

from typing import Any


def policy_document(cloudfront: Any, policy_id: str | None) -> dict[str, Any]:
    """What the policy sets (`response_headers`, `cors`) and removes (`removed_headers`)."""
    if not policy_id:
        return {"response_headers": [], "removed_headers": [], "cors": None}
    policy = cloudfront.get_response_headers_policy(Id=policy_id)["ResponseHeadersPolicy"]
    config = policy["ResponseHeadersPolicyConfig"]
    custom = [
        _header(item["Header"], item["Value"], item["Override"])
        for item in (config.get("CustomHeadersConfig") or {}).get("Items") or []
    ]
    removed = (config.get("RemoveHeadersConfig") or {}).get("Items") or []
    security = security_headers(config.get("SecurityHeadersConfig") or {})
    return {
        "response_headers": [*custom, *security],
        "removed_headers": [item["Header"].lower() for item in removed],
        "cors": cors_document(config.get("CorsConfig") or {}),
    }


def cors_document(config: dict[str, Any]) -> dict[str, Any] | None:
    """The policy's CORS section, or None without one."""
    if not config:
        return None

    def items(name: str) -> list[str]:
        return list((config.get(name) or {}).get("Items") or [])

    methods = items("AccessControlAllowMethods")
    every = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS"]
    return {
        "origins": items("AccessControlAllowOrigins"),
        "methods": every if methods == ["ALL"] else methods,
        "headers": items("AccessControlAllowHeaders"),
        "expose": items("AccessControlExposeHeaders"),
        "credentials": bool(config.get("AccessControlAllowCredentials")),
        "max_age_seconds": int(config.get("AccessControlMaxAgeSec") or 0),
        "override": bool(config.get("OriginOverride")),
    }


def security_headers(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The headers of the policy's security section, worded as CloudFront words them."""
    found = []
    if policy := config.get("ContentSecurityPolicy"):
        found.append(("content-security-policy", policy["ContentSecurityPolicy"], policy))
    if options := config.get("ContentTypeOptions"):
        found.append(("x-content-type-options", "nosniff", options))
    if frame := config.get("FrameOptions"):
        found.append(("x-frame-options", frame["FrameOption"], frame))
    if referrer := config.get("ReferrerPolicy"):
        found.append(("referrer-policy", referrer["ReferrerPolicy"], referrer))
    if transport := config.get("StrictTransportSecurity"):
        value = f"max-age={transport['AccessControlMaxAgeSec']}"
        value += "; includeSubDomains" if transport.get("IncludeSubdomains") else ""
        value += "; preload" if transport.get("Preload") else ""
        found.append(("strict-transport-security", value, transport))
    if xss := config.get("XSSProtection"):
        value = "1" if xss["Protection"] else "0"
        value += "; mode=block" if xss.get("ModeBlock") else ""
        found.append(("x-xss-protection", value, xss))
    return [_header(name, value, block["Override"]) for name, value, block in found]


def _header(name: str, value: str, override: bool) -> dict[str, Any]:
    return {"name": name.lower(), "value": value, "override": bool(override)}
