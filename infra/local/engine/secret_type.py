"""`AWS::SecretsManager::Secret` as CloudFormation has it.

ministack answers `Ref` with the secret's name where AWS answers with its ARN, so that a policy
written with `Ref` grants nothing; and a secret without a value gets an empty one where AWS leaves
it without a version.
"""

from typing import Any

from infra.local.engine import ministack

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def mend_secret_type() -> None:
    """Wrap ministack's handlers of the type, which know a secret by its name."""
    types = ministack.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    secrets = ministack.module("services.secretsmanager")
    handlers = dict(types["AWS::SecretsManager::Secret"])

    def name_of(physical_id: str) -> str:
        key, _ = secrets._resolve(physical_id)
        return str(key or physical_id)

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        name, attributes = handlers["create"](logical_id, properties, stack)
        if not {"SecretString", "GenerateSecretString"} & properties.keys():
            secrets._secrets[name]["Versions"] = {}
        return attributes["Arn"], attributes

    def update(
        physical_id: str,
        old: Properties,
        new: Properties,
        stack: str,
        logical_id: str | None = None,
    ) -> Created:
        name, attributes = handlers["update"](name_of(physical_id), old, new, stack, logical_id)
        record = secrets._secrets[name]
        return record["ARN"], {**attributes, "Id": record["ARN"], "Arn": record["ARN"]}

    def delete(physical_id: str, properties: Properties) -> None:
        handlers["delete"](name_of(physical_id), properties)

    types["AWS::SecretsManager::Secret"] = {
        **handlers,
        "create": create,
        "update": update,
        "delete": delete,
    }
