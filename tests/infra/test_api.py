"""The HTTP API's routes are those of the FastAPI routers, each once, each to its own function."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.contexts import API_CONTEXTS
from api.openapi import api_routes
from infra.constructs.routes import gateway_path
from socialflow.identity.federation.http import TOTAL_SECONDS
from tests.infra.assembly import Assembly


class TestRoutes:
    def test_each_operation_has_exactly_one_route(self, assembly: Assembly) -> None:
        deployed = [
            route.properties["RouteKey"] for route in assembly.resources("AWS::ApiGatewayV2::Route")
        ]
        written = [
            f"{method} {gateway_path(route.path)}"
            for route in api_routes(create_app())
            for method in route.methods or ()
        ]
        assert sorted(deployed) == sorted(written)
        assert len(set(deployed)) == len(deployed) > 15

    def test_each_route_reaches_its_contexts_function(self, local: Assembly) -> None:
        template = local.templates["Api"]["Resources"]
        for context in API_CONTEXTS:
            for route in api_routes(create_app(context)):
                for method in route.methods or ():
                    key = f"{method} {gateway_path(route.path)}"
                    (found,) = [
                        each.properties
                        for each in local.resources("AWS::ApiGatewayV2::Route")
                        if each.properties["RouteKey"] == key
                    ]
                    integration = found["Target"]["Fn::Join"][1][1]["Ref"]
                    called = template[integration]["Properties"]["IntegrationUri"]
                    function = template[called["Fn::GetAtt"][0]]["Properties"]
                    assert function["FunctionName"] == f"socialflow-local-{context}-api"
                    assert function["Handler"] == "api.handler.handler"

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("/v1/videos/{video_id}", "/v1/videos/{video_id}"),
            ("/v1/files/{rest:path}", "/v1/files/{rest+}"),
            ("/v1/pages/{number:int}", "/v1/pages/{number}"),
        ],
    )
    def test_paths_are_translated(self, written: str, expected: str) -> None:
        assert gateway_path(written) == expected


class TestFunctions:
    def test_have_one_permission_each_for_this_api_alone(self, assembly: Assembly) -> None:
        permissions = [
            permission.properties
            for permission in assembly.resources("AWS::Lambda::Permission")
            if permission.properties["Principal"] == "apigateway.amazonaws.com"
        ]
        assert len(permissions) == len(API_CONTEXTS)
        for permission in permissions:
            assert {"Ref": "HttpApiF5A9A8A7"} in permission["SourceArn"]["Fn::Join"][1]

    def test_start_from_snapshots_of_published_versions_in_production(self, prod: Assembly) -> None:
        for name, function in prod.functions().items():
            snapped = function.properties.get("SnapStart") == {"ApplyOn": "PublishedVersions"}
            assert snapped is name.endswith("-api")
        aliases = list(prod.resources("AWS::Lambda::Alias"))
        assert len(aliases) == len(prod.functions())
        assert {alias.properties["Name"] for alias in aliases} == {"live"}

    def test_answer_before_they_are_given_up(self, assembly: Assembly) -> None:
        """API Gateway waits 30 s; three questions to a sign-in provider have to fit in."""
        timeouts = {
            name: function.properties["Timeout"]
            for name, function in assembly.functions().items()
            if name.endswith("-api")
        }
        assert max(timeouts.values()) < 30
        assert timeouts[f"{assembly.stage.prefix}-identity-api"] > 3 * TOTAL_SECONDS

    def test_are_called_through_the_alias_where_there_is_one(self, prod: Assembly) -> None:
        for integration in prod.resources("AWS::ApiGatewayV2::Integration"):
            assert "Live" in integration.properties["IntegrationUri"]["Ref"]


class TestStage:
    def test_is_throttled(self, assembly: Assembly) -> None:
        (stage,) = assembly.resources("AWS::ApiGatewayV2::Stage")
        assert stage.properties["DefaultRouteSettings"] == {
            "ThrottlingRateLimit": assembly.stage.api_requests_per_second,
            "ThrottlingBurstLimit": assembly.stage.api_burst,
        }

    def test_logs_access_where_the_stage_says(self, assembly: Assembly) -> None:
        (stage,) = assembly.resources("AWS::ApiGatewayV2::Stage")
        assert ("AccessLogSettings" in stage.properties) is assembly.stage.access_logs
