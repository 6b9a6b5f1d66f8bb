"""What happens to data when its stack goes."""

from __future__ import annotations

from aws_cdk import RemovalPolicy

from infra.stage import Stage


def removal_policy(stage: Stage) -> RemovalPolicy:
    """Data outlives its stack where the stage says so."""
    return RemovalPolicy.RETAIN if stage.retain_data else RemovalPolicy.DESTROY
