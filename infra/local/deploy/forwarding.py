"""Which headers, cookies and query strings a behaviour forwards to its origin.

A value reaches the origin when the cache policy or the origin request policy lets it (Developer
Guide, "Understand how origin request policies and cache policies work together").
"""

from typing import Any

Forwarded = dict[str, Any]
"""`{"mode": none|all|whitelist|allExcept, "names": [...]}`; header names in lower case."""

NOTHING: Forwarded = {"mode": "none", "names": []}
_EVERYTHING = ("all", "allViewer", "allViewerAndWhitelistCloudFront")


def merged_forwarding(
    cloudfront: Any, cache_policy_id: str | None, origin_request_policy_id: str | None
) -> dict[str, Forwarded]:
    """What reaches the origin under both policies, as `headers`, `cookies` and `query`."""
    cached = _of_cache_policy(cloudfront, cache_policy_id)
    requested = _of_origin_request_policy(cloudfront, origin_request_policy_id)
    return {kind: merge(cached[kind], requested[kind]) for kind in ("headers", "cookies", "query")}


def merge(one: Forwarded, other: Forwarded) -> Forwarded:
    """The union of what the two forward."""
    if one["mode"] == "none":
        return other
    if other["mode"] == "none":
        return one
    modes = {one["mode"], other["mode"]}
    if "all" in modes:
        # `all` of one and the CloudFront headers named by the other.
        return {"mode": "all", "names": sorted({*one["names"], *other["names"]})}
    if modes == {"whitelist"}:
        return {"mode": "whitelist", "names": sorted({*one["names"], *other["names"]})}
    if modes == {"allExcept"}:
        return {"mode": "allExcept", "names": sorted({*one["names"]} & {*other["names"]})}
    blocked, allowed = (one, other) if one["mode"] == "allExcept" else (other, one)
    return {"mode": "allExcept", "names": sorted({*blocked["names"]} - {*allowed["names"]})}


def _of_cache_policy(cloudfront: Any, policy_id: str | None) -> dict[str, Forwarded]:
    if not policy_id:
        return {"headers": NOTHING, "cookies": NOTHING, "query": NOTHING}
    config = cloudfront.get_cache_policy(Id=policy_id)["CachePolicy"]["CachePolicyConfig"]
    return _of_config(config.get("ParametersInCacheKeyAndForwardedToOrigin", {}))


def _of_origin_request_policy(cloudfront: Any, policy_id: str | None) -> dict[str, Forwarded]:
    if not policy_id:
        return {"headers": NOTHING, "cookies": NOTHING, "query": NOTHING}
    answer = cloudfront.get_origin_request_policy(Id=policy_id)["OriginRequestPolicy"]
    return _of_config(answer["OriginRequestPolicyConfig"])


def _of_config(config: dict[str, Any]) -> dict[str, Forwarded]:
    return {
        "headers": _of_block(config.get("HeadersConfig", {}), "HeaderBehavior", "Headers"),
        "cookies": _of_block(config.get("CookiesConfig", {}), "CookieBehavior", "Cookies"),
        "query": _of_block(
            config.get("QueryStringsConfig", {}), "QueryStringBehavior", "QueryStrings"
        ),
    }


def _of_block(block: dict[str, Any], behavior: str, names_key: str) -> Forwarded:
    mode = block.get(behavior, "none")
    names = list((block.get(names_key) or {}).get("Items") or [])
    if names_key == "Headers":
        names = [name.lower() for name in names]
    return {"mode": "all" if mode in _EVERYTHING else mode, "names": sorted(names)}
