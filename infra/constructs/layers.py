"""The layers that functions carry.

Each stack has its own versions: a version that another stack imports could never be replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import IgnoreMode, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.code import NEVER, ROOT
from infra.stage import Stage
from infra.vendor_layer import ensure_built


def layers_of(scope: Construct, stage: Stage) -> list[lambda_.ILayerVersion]:
    """The domain, and the dependencies where the stage brings its own.

    The vendor layer is built where that has not happened, unless the context value
    `vendor_layer` names a directory to take instead.
    """
    stack = Stack.of(scope)
    layers = [_layer(stack, "SocialflowLayer", ROOT / "layers" / "socialflow", exclude=NEVER)]
    if stage.vendor_layer:
        given = scope.node.try_get_context("vendor_layer")
        layers.append(_layer(stack, "VendorLayer", Path(given) if given else ensure_built()))
    return layers


def _layer(
    stack: Stack, name: str, directory: Path, exclude: Sequence[str] = ()
) -> lambda_.ILayerVersion:
    found = stack.node.try_find_child(name)
    if isinstance(found, lambda_.LayerVersion):
        return found
    return lambda_.LayerVersion(
        stack,
        name,
        code=lambda_.Code.from_asset(
            str(directory),
            display_name=directory.name,
            exclude=list(exclude),
            ignore_mode=IgnoreMode.GIT,
        ),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        compatible_architectures=[lambda_.Architecture.ARM_64],
    )
