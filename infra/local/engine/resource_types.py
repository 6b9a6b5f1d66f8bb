"""CloudFormation types that ministack does not know, added to its table of types.

The template stays as it was synthesized: `Ref`, `Fn::GetAtt` and intrinsics in properties work as
for every other type. CloudFront's public keys and key groups become real records of ministack's
CloudFront API, where the edge reads them. MediaConvert's queue is a name and an ARN that the
local MediaConvert accepts. Return values are those of the CloudFormation reference.
"""

from collections.abc import Callable
from typing import Any

from infra.local.engine import ministack

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

_ACCEPTED_WITHOUT_EFFECT = (
    "AWS::WAFv2::WebACLAssociation",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::CloudFront::MonitoringSubscription",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::Logs::QueryDefinition",
    "AWS::XRay::SamplingRule",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
)
"""Types that change nothing a local target could show; they get an id and are remembered."""


def add_resource_types() -> None:
    """Register every type of this module with ministack's CloudFormation."""
    types = ministack.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    types["AWS::CloudFront::PublicKey"] = {
        "create": _create_public_key,
        "update": _update_public_key,
        "delete": lambda key_id, properties: _cloudfront()._public_keys.pop(key_id, None),
    }
    types["AWS::CloudFront::KeyGroup"] = {
        "create": _create_key_group,
        "update": _update_key_group,
        "delete": lambda group_id, properties: _cloudfront()._key_groups.pop(group_id, None),
    }
    for kind in ("Queue", "Preset", "JobTemplate"):
        create = _mediaconvert_creator(kind)
        types[f"AWS::MediaConvert::{kind}"] = {
            "create": create,
            "delete": lambda physical_id, properties: None,
        }
    for name in _ACCEPTED_WITHOUT_EFFECT:
        types.setdefault(
            name,
            {
                "create": lambda logical_id, properties, stack: (f"{stack}-{logical_id}", {}),
                "update": lambda physical_id, old, new, stack: (physical_id, {}),
                "delete": lambda physical_id, properties: None,
            },
        )


def _cloudfront() -> Any:
    return ministack.module("services.cloudfront")


def _create_public_key(logical_id: str, properties: Properties, stack: str) -> Created:
    cloudfront = _cloudfront()
    config = properties["PublicKeyConfig"]
    created = cloudfront._now_iso()
    key_id = cloudfront._pk_id()
    cloudfront._public_keys[key_id] = {
        "Id": key_id,
        "ETag": cloudfront.new_uuid(),
        "CreatedTime": created,
        "Config": {
            "CallerReference": str(config["CallerReference"]),
            "Name": config["Name"],
            "EncodedKey": config["EncodedKey"],
            "Comment": config.get("Comment", ""),
        },
    }
    return key_id, {"Id": key_id, "CreatedTime": created}


def _update_public_key(key_id: str, old: Properties, new: Properties, stack: str) -> Created:
    """Only the comment can change in place; another key is another public key."""
    record = _cloudfront()._public_keys.get(key_id)
    if record is None or _key_material(old) != _key_material(new):
        return _create_public_key("", new, stack)
    record["Config"]["Comment"] = new["PublicKeyConfig"].get("Comment", "")
    return key_id, {"Id": key_id, "CreatedTime": record["CreatedTime"]}


def _key_material(properties: Properties) -> str:
    return str(properties["PublicKeyConfig"]["EncodedKey"]).strip()


def _create_key_group(logical_id: str, properties: Properties, stack: str) -> Created:
    cloudfront = _cloudfront()
    group_id = cloudfront._kg_id()
    return group_id, _store_key_group(group_id, properties)


def _update_key_group(group_id: str, old: Properties, new: Properties, stack: str) -> Created:
    return group_id, _store_key_group(group_id, new)


def _store_key_group(group_id: str, properties: Properties) -> dict[str, Any]:
    cloudfront = _cloudfront()
    config = properties["KeyGroupConfig"]
    unknown = [key for key in config["Items"] if key not in cloudfront._public_keys]
    if unknown:
        raise ValueError(f"AWS::CloudFront::KeyGroup: public keys do not exist: {unknown}")
    modified = cloudfront._now_iso()
    cloudfront._key_groups[group_id] = {
        "Id": group_id,
        "ETag": cloudfront.new_uuid(),
        "LastModifiedTime": modified,
        "Config": {
            "Name": config["Name"],
            "Items": list(config["Items"]),
            "Comment": config.get("Comment", ""),
        },
    }
    return {"Id": group_id, "LastModifiedTime": modified}


def _mediaconvert_creator(kind: str) -> Callable[[str, Properties, str], Created]:
    segment = {"Queue": "queues", "Preset": "presets", "JobTemplate": "jobTemplates"}[kind]

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        responses = ministack.module("core.responses")
        name = properties.get("Name") or f"{stack}-{logical_id}"
        arn = (
            f"arn:aws:mediaconvert:{responses.get_region()}:{responses.get_account_id()}"
            f":{segment}/{name}"
        )
        return name, {"Arn": arn, "Name": name}

    return create
