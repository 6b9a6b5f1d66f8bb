"""The HTTP API: one function for each context, one route for each of its operations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.alarms import SIGN_INS_REFUSED
from infra.constructs.function import Function, log_retention
from infra.constructs.routes import Route
from infra.constructs.stack import StageStack
from infra.stacks.api_functions import api_functions
from infra.stacks.data import DataStack
from infra.stacks.identity import IdentityStack
from infra.stacks.media import MediaStack
from infra.stage import Stage

ACCESS_LOG = {
    "time": "$context.requestTime",
    "request_id": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "integration_error": "$context.integrationErrorMessage",
    "bytes": "$context.responseLength",
}

REFUSED_SIGN_IN = (
    '{ ($.route = "POST /v1/auth/login*") && (($.status = "401") || ($.status = "429")) }'
)
"""In the access log: a wrong password or code, or one try too many."""


class ApiStack(StageStack):
    """CloudFront stands before it; who may call what is declared and checked by the routes."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        data: DataStack,
        media: MediaStack,
        identity: IdentityStack,
        routes: Mapping[str, Sequence[Route]],
    ) -> None:
        super().__init__(scope, "api", stage=stage)
        self.origin_secret = secretsmanager.Secret(
            self,
            "OriginSecret",
            description="CloudFront shows it to the API, which answers nobody else.",
            encryption_key=data.key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=48, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(
            self.origin_secret,
            "Both sides read it when they are deployed: rotating it is deploying them.",
            "AwsSolutions-SMG4",
        )
        self.functions = {
            spec.context: Function(self, spec.context.capitalize(), stage=stage, spec=spec)
            for spec in api_functions(
                stage,
                data=data,
                media=media,
                identity=identity,
                origin_secret=self.origin_header(),
            )
            if spec.context in routes
        }
        self.http_api = gateway.HttpApi(
            self, "HttpApi", api_name=stage.prefix, create_default_stage=False
        )
        self._add_stage()
        for context, function in self.functions.items():
            self._add_routes(function, routes[context])
        acknowledge(
            self.http_api,
            "Each route states who may call it and the application checks it (bearer tokens, "
            "ES256); a test walks every route and role.",
            "AwsSolutions-APIG4",
        )
        self.publish(HttpApiId=self.http_api.api_id, HttpApiEndpoint=self.http_api.api_endpoint)

    def origin_header(self) -> str:
        """The secret, as a reference that CloudFormation resolves when it deploys."""
        return self.origin_secret.secret_value.unsafe_unwrap()

    def _add_routes(self, function: Function, routes: Sequence[Route]) -> None:
        integration = integrations.HttpLambdaIntegration(
            f"{function.node.id}Integration",
            function.target,
            # One permission for the API: with one for each route the function's policy would
            # outgrow its 20 KB.
            scope_permission_to_route=False,
        )
        for route in routes:
            self.http_api.add_routes(
                path=route.path,
                methods=[gateway.HttpMethod[route.method]],
                integration=integration,
            )

    def _add_stage(self) -> None:
        stage = self.stage_data
        made = self.http_api.add_stage(
            "Stage",
            stage_name="$default",
            auto_deploy=True,
            throttle=gateway.ThrottleSettings(
                rate_limit=stage.api_requests_per_second, burst_limit=stage.api_burst
            ),
        )
        if stage.access_logs:
            resource = cast(gateway.CfnStage, made.node.default_child)
            log_group = self._log_group()
            resource.access_log_settings = gateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log_group.log_group_arn, format=json.dumps(ACCESS_LOG)
            )
            # Counted here, a refused sign-in costs what any other does.
            logs.MetricFilter(
                self,
                "SignInsRefused",
                log_group=log_group,
                filter_pattern=logs.FilterPattern.literal(REFUSED_SIGN_IN),
                metric_namespace=stage.prefix,
                metric_name=SIGN_INS_REFUSED,
                metric_value="1",
            )

    def _log_group(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{self.stage_data.prefix}",
            retention=log_retention(self.stage_data),
            removal_policy=RemovalPolicy.DESTROY,
        )
