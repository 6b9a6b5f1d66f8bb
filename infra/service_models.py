"""botocore's data files, cut down to what functions read.

botocore reads a service's model, and a table of every endpoint of every service, whenever a first
client is made. Of 410 services the functions call a handful, in their latest API version; what
is left of the rest, with the documentation inside the models, goes. The client of DynamoDB is
then made in 8 ms instead of 40, and the layer is 24 MB smaller.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Set
from pathlib import Path
from typing import Any


def cut_down(data: Path, services: Set[str]) -> None:
    """Leaves in `botocore/data` the latest models of `services`, uncompressed, and no other.

    Raises `LookupError` for a service that botocore does not know.
    """
    if unknown := services - {each.name for each in data.iterdir()}:
        raise LookupError(f"botocore has no model of {', '.join(sorted(unknown))}")
    for service in (each for each in data.iterdir() if each.is_dir()):
        if service.name not in services:
            shutil.rmtree(service)
            continue
        # The loader takes the last in this order, too (`Loader.determine_latest_version`).
        for version in sorted(service.iterdir())[:-1]:
            shutil.rmtree(version)
    for file in [*data.rglob("*.json.gz"), *data.rglob("*.json")]:
        if file.name.startswith("examples-"):
            file.unlink()
        else:
            _rewrite(file, services)


def _rewrite(file: Path, services: Set[str]) -> None:
    compressed = file.suffix == ".gz"
    content = json.loads(gzip.decompress(file.read_bytes()) if compressed else file.read_bytes())
    plain = file.with_suffix("") if compressed else file
    if plain.name == "endpoints.json":
        for partition in content["partitions"]:
            partition["services"] = {
                name: endpoints
                for name, endpoints in partition["services"].items()
                if name in services
            }
    if plain.name == "service-2.json":
        # Elsewhere botocore reads it: `clientContextParams` must have theirs.
        for section in {"operations", "shapes"} & set(content):
            content[section] = _without_documentation(content[section])
    file.unlink()
    # The zip is compressed anyway; here it would be unpacked again at every cold start.
    plain.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def _without_documentation(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            # A member may have this name as well; its value is then a shape.
            name: _without_documentation(value)
            for name, value in node.items()
            if name != "documentation" or not isinstance(value, str)
        }
    if isinstance(node, list):
        return [_without_documentation(value) for value in node]
    return node
