"""The base of every stack: its name, its place, its tags."""

from __future__ import annotations

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Environment, Stack, Tags
from constructs import Construct

from infra.stage import Stage


class StageStack(Stack):
    """A stack of one stage, named `socialflow-<stage>-<part>`."""

    def __init__(self, scope: Construct, part: str, *, stage: Stage, region: str = "") -> None:
        self.stage_data = stage
        home = region or stage.region
        super().__init__(
            scope,
            part.capitalize(),
            stack_name=f"{stage.prefix}-{part}",
            env=Environment(region=home),
            # The web ACL's ARN crosses regions where the stage is not at home in us-east-1.
            cross_region_references=stage.firewall and stage.region != "us-east-1",
            termination_protection=stage.retain_data,
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=stage.bootstrapped),
        )
        Tags.of(self).add("socialflow:stage", stage.name)

    def publish(self, **values: str) -> None:
        """Adds outputs, which the local target and people read."""
        for name, value in values.items():
            CfnOutput(self, name, value=value)
