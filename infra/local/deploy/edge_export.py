"""Writes down the deployed distribution for the edge.

Everything comes from the engine's CloudFront API, after deployment: the distribution, its policies,
functions, key groups and public keys. The document is what `edge/configuration.py` reads.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.deploy.forwarding import merged_forwarding
from infra.local.deploy.response_headers import policy_document

_BUCKET_DOMAIN = re.compile(r"^(?P<bucket>[a-z0-9.-]+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$")
_API_DOMAIN = re.compile(r"^(?P<api>[a-z0-9]+)\.execute-api\.")


class NoDistribution(Exception):
    """The stacks hold no distribution, or one that the edge cannot stand in for."""


def export_distribution(cloudfront: Any, path: Path) -> str:
    """Write the configuration of the one distribution to `path`; returns its id.

    Raises NoDistribution when there is none or an origin is neither a bucket nor an HTTP API.
    """
    summaries = cloudfront.list_distributions()["DistributionList"].get("Items", [])
    if len(summaries) != 1:
        raise NoDistribution(f"One distribution is expected, {len(summaries)} are deployed.")
    document = describe(cloudfront, summaries[0]["Id"])
    partial = path.with_suffix(".new")
    partial.write_text(json.dumps(document, indent=1))
    partial.replace(path)
    return str(document["id"])


def describe(cloudfront: Any, distribution_id: str) -> dict[str, Any]:
    """The document about one distribution."""
    answer = cloudfront.get_distribution(Id=distribution_id)["Distribution"]
    config = answer["DistributionConfig"]
    origins = {entry["Id"]: _origin(entry) for entry in _items(config.get("Origins"))}
    ordered = [*_items(config.get("CacheBehaviors")), {**config["DefaultCacheBehavior"]}]
    behaviors = [_behavior(cloudfront, entry, origins) for entry in ordered]
    groups = {name for entry in behaviors for name in entry["key_groups"]}
    key_groups = {name: _key_group(cloudfront, name) for name in sorted(groups)}
    keys = {key for members in key_groups.values() for key in members}
    return {
        "id": distribution_id,
        "arn": answer["ARN"],
        "default_root_object": config.get("DefaultRootObject", ""),
        "behaviors": behaviors,
        "key_groups": key_groups,
        "public_keys": {key: _public_key(cloudfront, key) for key in sorted(keys)},
        "error_pages": dict(_error_pages(config)),
    }


def web_bucket(document: dict[str, Any]) -> str:
    """The bucket behind the default behaviour, or nothing."""
    return str(document["behaviors"][-1]["origin"]["bucket"])


def _items(block: dict[str, Any] | None) -> list[Any]:
    return list((block or {}).get("Items") or [])


def _origin(entry: dict[str, Any]) -> dict[str, Any]:
    domain = entry["DomainName"]
    path = entry.get("OriginPath", "")
    if match := _BUCKET_DOMAIN.match(domain):
        return {"bucket": match["bucket"], "api_id": "", "path": path, "headers": {}}
    if match := _API_DOMAIN.match(domain):
        headers = {
            each["HeaderName"].lower(): each["HeaderValue"]
            for each in _items(entry.get("CustomHeaders"))
        }
        return {"bucket": "", "api_id": match["api"], "path": path, "headers": headers}
    raise NoDistribution(f"The edge has no stand-in for the origin {domain}.")


def _behavior(
    cloudfront: Any, entry: dict[str, Any], origins: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    groups = entry.get("TrustedKeyGroups") or {}
    return {
        "path_pattern": entry.get("PathPattern", "*"),
        "origin": origins[entry["TargetOriginId"]],
        "methods": _items(entry.get("AllowedMethods")) or ["GET", "HEAD"],
        "key_groups": _items(groups) if groups.get("Enabled") else [],
        **merged_forwarding(
            cloudfront, entry.get("CachePolicyId"), entry.get("OriginRequestPolicyId")
        ),
        **policy_document(cloudfront, entry.get("ResponseHeadersPolicyId")),
        "viewer_request_code": _viewer_request_code(cloudfront, entry),
    }


def _viewer_request_code(cloudfront: Any, entry: dict[str, Any]) -> str:
    for association in _items(entry.get("FunctionAssociations")):
        if association["EventType"] != "viewer-request":
            raise NoDistribution(f"The edge does not run {association['EventType']} functions.")
        name = association["FunctionARN"].rsplit("/", 1)[-1]
        code = cloudfront.get_function(Name=name, Stage="LIVE")["FunctionCode"].read()
        return str(code.decode() if isinstance(code, bytes) else code)
    return ""


def _key_group(cloudfront: Any, group_id: str) -> list[str]:
    return list(cloudfront.get_key_group(Id=group_id)["KeyGroup"]["KeyGroupConfig"]["Items"])


def _public_key(cloudfront: Any, key_id: str) -> str:
    key = cloudfront.get_public_key(Id=key_id)["PublicKey"]
    return str(key["PublicKeyConfig"]["EncodedKey"])


def _error_pages(config: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in _items(config.get("CustomErrorResponses")):
        if entry.get("ResponsePagePath"):
            status = int(entry.get("ResponseCode") or entry["ErrorCode"])
            yield str(entry["ErrorCode"]), {"page": entry["ResponsePagePath"], "status": status}
