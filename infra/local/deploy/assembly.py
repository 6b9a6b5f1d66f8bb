"""Reads a cloud assembly (`cdk.out`): its stacks in the order of their dependencies."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.admin import ACCOUNT_ID, REGION


class BrokenAssembly(Exception):
    """The cloud assembly cannot be deployed as it is."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file or directory that a stack needs in a bucket."""

    source: Path
    zipped: bool
    """Whether `source` is a directory to be put into a zip."""
    bucket: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack of the assembly."""

    artifact_id: str
    name: str
    template: dict[str, Any]
    dependencies: frozenset[str]
    assets: tuple[Asset, ...]


def read_assembly(directory: Path) -> list[Stack]:
    """The stacks, each after those it depends on.

    Raises BrokenAssembly when the directory holds no assembly or the stacks depend in a circle.
    """
    manifest_path = directory / "manifest.json"
    if not manifest_path.exists():
        raise BrokenAssembly(f"{directory} holds no cloud assembly.")
    artifacts = json.loads(manifest_path.read_text())["artifacts"]
    stacks = {
        artifact_id: _read_stack(directory, artifact_id, artifact, artifacts)
        for artifact_id, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    return in_order(stacks)


def in_order(stacks: dict[str, Stack]) -> list[Stack]:
    """The stacks by dependency, and by name where nothing else decides."""
    waiting = dict(sorted(stacks.items()))
    ordered: list[Stack] = []
    while waiting:
        free = [stack for stack in waiting.values() if not (stack.dependencies & waiting.keys())]
        if not free:
            raise BrokenAssembly(f"Stacks depend in a circle: {', '.join(waiting)}.")
        for stack in free:
            ordered.append(waiting.pop(stack.artifact_id))
    return ordered


def _read_stack(
    directory: Path, artifact_id: str, artifact: dict[str, Any], artifacts: dict[str, Any]
) -> Stack:
    properties = artifact["properties"]
    dependencies = artifact.get("dependencies", [])
    manifests = [artifacts[name] for name in dependencies if name in artifacts]
    files = [m["properties"]["file"] for m in manifests if m["type"] == "cdk:asset-manifest"]
    return Stack(
        artifact_id=artifact_id,
        name=properties.get("stackName", artifact_id),
        template=json.loads((directory / properties["templateFile"]).read_text()),
        dependencies=frozenset(
            name
            for name in dependencies
            if artifacts.get(name, {}).get("type") == "aws:cloudformation:stack"
        ),
        assets=tuple(asset for file in files for asset in _read_assets(directory, file)),
    )


def _read_assets(directory: Path, manifest: str) -> list[Asset]:
    found = []
    for entry in json.loads((directory / manifest).read_text()).get("files", {}).values():
        source = entry["source"]
        if "path" not in source:
            raise BrokenAssembly(f"{manifest}: an asset is made by a command; only files work.")
        for destination in entry["destinations"].values():
            found.append(
                Asset(
                    source=directory / source["path"],
                    zipped=source.get("packaging") == "zip",
                    bucket=_with_names(destination["bucketName"]),
                    key=_with_names(destination["objectKey"]),
                )
            )
    return found


def _with_names(text: str) -> str:
    return text.replace("${AWS::AccountId}", ACCOUNT_ID).replace("${AWS::Region}", REGION)
