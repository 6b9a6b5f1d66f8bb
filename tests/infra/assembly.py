"""A synthesized app as tests read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.stage import Stage


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of one template."""

    stack: str
    logical_id: str
    body: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body.get("Properties", {})
        return found

    @property
    def path(self) -> str:
        return str(self.body.get("Metadata", {}).get("aws:cdk:path", self.logical_id))


@dataclass(frozen=True, slots=True)
class Assembly:
    """The templates of a stage by stack, and where they were written."""

    stage: Stage
    directory: Path
    templates: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, stage: Stage, directory: Path) -> Assembly:
        manifest = json.loads((directory / "manifest.json").read_text())
        stacks = {
            name: artifact["properties"]["templateFile"]
            for name, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        templates = {
            name: json.loads((directory / file).read_text()) for name, file in stacks.items()
        }
        return cls(stage, directory, templates)

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of the types, or of all."""
        for stack, template in self.templates.items():
            for logical_id, body in template["Resources"].items():
                if not types or body["Type"] in types:
                    yield Resource(stack, logical_id, body)

    def functions(self) -> dict[str, Resource]:
        """Our functions by physical name; CDK's own have none."""
        return {
            found.properties["FunctionName"]: found
            for found in self.resources("AWS::Lambda::Function")
            if "FunctionName" in found.properties
        }

    def queues(self) -> dict[str, Resource]:
        """Our queues by physical name."""
        return {queue.properties["QueueName"]: queue for queue in self.resources("AWS::SQS::Queue")}

    def short(self, name: str) -> str:
        """A physical name without what the stage puts before it."""
        return name.removeprefix(f"{self.stage.prefix}-")

    def statements_of(self, role: Resource) -> list[dict[str, Any]]:
        """The statements of every policy attached to a role of ours."""
        return [
            statement
            for policy in self.resources("AWS::IAM::Policy")
            if policy.stack == role.stack and {"Ref": role.logical_id} in policy.properties["Roles"]
            for statement in policy.properties["PolicyDocument"]["Statement"]
        ]

    def role_of(self, function: Resource) -> Resource:
        logical_id = function.properties["Role"]["Fn::GetAtt"][0]
        body = self.templates[function.stack]["Resources"][logical_id]
        return Resource(function.stack, logical_id, body)


def variables(function: Resource) -> dict[str, Any]:
    """A function's environment."""
    found: dict[str, Any] = function.properties["Environment"]["Variables"]
    return found


def listed(value: Any) -> list[Any]:
    """CloudFormation writes a list of one as its element."""
    return value if isinstance(value, list) else [value]
