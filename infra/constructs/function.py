"""The one way in which this project deploys a Lambda function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.code import context_code
from infra.constructs.grants import Grant, allow
from infra.constructs.layers import layers_of
from infra.constructs.settings import common_settings
from infra.stage import Stage

ALIAS = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    """What tells one function from another."""

    context: str
    """Whose it is: its folder, its service in logs and metrics, a part of its name."""

    name: str
    """The handler's module, as in `functions/<context>/<name>.py`; or `api`."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Its variables beside those that every function has."""

    may: Sequence[Grant] = ()
    """What it may do beside writing its log and traces."""

    timeout_seconds: int = 60
    memory_mb: int = 512
    snap_start: bool = False

    environments: int = 0
    """How many are kept started, for whoever cannot wait for a cold one (needs versions)."""

    def physical_name(self, stage: Stage) -> str:
        """Stable and told apart from every other function of the account and region."""
        return f"{stage.prefix}-{self.context}-{self.name}"


class Function(Construct):
    """A function with its own role, log group and, where the stage has them, version and alias.

    The role is made here rather than by CDK so that it holds nothing but what is listed: CDK's
    own attaches a managed policy with every log group of the account.
    """

    def __init__(self, scope: Construct, id: str, *, stage: Stage, spec: FunctionSpec) -> None:
        super().__init__(scope, id)
        self.spec = spec
        self.name = spec.physical_name(stage)
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{self.name}",
            retention=log_retention(stage),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        allow(
            self.role,
            Grant(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[log_group.log_group_arn],
            ),
            *spec.may,
        )
        is_api = spec.name == "api"
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=self.name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=context_code("api" if is_api else "functions", spec.context),
            handler="api.handler.handler"
            if is_api
            else f"functions.{spec.context}.{spec.name}.handler",
            role=self.role,
            log_group=log_group,
            layers=layers_of(self, stage),
            # What a stage knows only at deployment stands for what the stacks say.
            environment=dict(spec.settings) | common_settings(self, stage, spec.context),
            memory_size=spec.memory_mb,
            timeout=Duration.seconds(spec.timeout_seconds),
            tracing=lambda_.Tracing.ACTIVE if stage.tracing else lambda_.Tracing.DISABLED,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS
            if spec.snap_start and stage.snap_start
            else None,
        )
        self.target: lambda_.IFunction = self.function
        if stage.versions:
            self.target = lambda_.Alias(
                self,
                "Live",
                alias_name=ALIAS,
                version=self.function.current_version,
                provisioned_concurrent_executions=spec.environments or None,
            )
        acknowledge(
            self.function,
            "Python 3.13 is what the tests run on and the vendor layer is compiled for.",
            "AwsSolutions-L1",
        )
        if stage.tracing:
            acknowledge(
                self.role,
                "X-Ray knows no resources: xray:PutTraceSegments takes * only.",
                "AwsSolutions-IAM5[Resource::*]",
            )

    def may_wake_itself(self) -> None:
        """Else Lambda takes the messages that it sends itself for a loop, and drops the sixteenth
        ("Use Lambda recursive loop detection", Lambda Developer Guide)."""
        resource = cast(lambda_.CfnFunction, self.function.node.default_child)
        resource.recursive_loop = "Allow"


def log_retention(stage: Stage) -> logs.RetentionDays:
    """The stage's period as CDK names it; raises `ValueError` for one CloudWatch has not."""
    named = {
        7: logs.RetentionDays.ONE_WEEK,
        14: logs.RetentionDays.TWO_WEEKS,
        30: logs.RetentionDays.ONE_MONTH,
        90: logs.RetentionDays.THREE_MONTHS,
        365: logs.RetentionDays.ONE_YEAR,
    }
    if stage.log_retention_days not in named:
        raise ValueError(f"Stage {stage.name}: log_retention_days is one of {sorted(named)}.")
    return named[stage.log_retention_days]
