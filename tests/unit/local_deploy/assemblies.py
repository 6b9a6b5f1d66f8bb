"""Cloud assemblies as the CDK writes them, small."""

import json
from pathlib import Path
from typing import Any


def write_assembly(directory: Path, stacks: dict[str, dict[str, Any]]) -> Path:
    """An assembly of `{artifact: {"template": …, "needs": [artifact…], "assets": {…}}}`."""
    directory.mkdir(parents=True, exist_ok=True)
    artifacts: dict[str, Any] = {"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}
    for name, stack in stacks.items():
        (directory / f"{name}.template.json").write_text(json.dumps(stack.get("template", {})))
        (directory / f"{name}.assets.json").write_text(
            json.dumps({"files": stack.get("assets", {})})
        )
        artifacts[f"{name}.assets"] = {
            "type": "cdk:asset-manifest",
            "properties": {"file": f"{name}.assets.json"},
        }
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "properties": {
                "templateFile": f"{name}.template.json",
                "stackName": f"socialflow-local-{name.lower()}",
            },
            "dependencies": [*stack.get("needs", []), f"{name}.assets"],
        }
    (directory / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return directory


def directory_asset(path: str, key: str) -> dict[str, Any]:
    """An asset manifest's entry of a directory to be zipped."""
    return {
        "source": {"path": path, "packaging": "zip"},
        "destinations": {
            "current": {
                "bucketName": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}",
                "objectKey": key,
            }
        },
    }
