"""The variables that every function gets, and those that are known only at deployment."""

from __future__ import annotations

from aws_cdk import CfnParameter, Stack
from constructs import Construct

from infra.stage import Stage


def bus_name(stage: Stage) -> str:
    """The name of the stage's own event bus."""
    return stage.prefix


INGEST_URL = "rtmps://{endpoint}:443/app/"
"""Where encoders publish, with the channel's own endpoint ("Streaming Software", IVS Low-Latency
User Guide)."""


def chat_messaging_url(stage: Stage) -> str:
    """Where chat clients connect ("Amazon IVS Chat Messaging API", endpoints)."""
    return f"wss://edge.ivschat.{stage.region}.amazonaws.com"


def common_settings(scope: Construct, stage: Stage, context: str) -> dict[str, str]:
    """What the platform layer reads in every function of `context`."""
    settings = {
        "SF_STAGE": stage.name,
        "SF_CONTEXT": context,
        "SF_EVENT_BUS": bus_name(stage),
        "SF_PUBLIC_ORIGIN": stage.public_origin,
        "POWERTOOLS_SERVICE_NAME": context,
        "POWERTOOLS_METRICS_NAMESPACE": "SocialFlow",
        "LOG_LEVEL": stage.log_level,
    }
    return settings | {
        name: _parameter(scope, name, default)
        for name, default in stage.deploy_time_settings.items()
    }


def parameter_name(setting: str) -> str:
    """`AWS_ENDPOINT_URL_X` → `AwsEndpointUrlX`: parameters are alphanumeric."""
    return "".join(word.capitalize() for word in setting.split("_"))


def _parameter(scope: Construct, setting: str, default: str) -> str:
    stack = Stack.of(scope)
    name = parameter_name(setting)
    found = stack.node.try_find_child(name)
    if isinstance(found, CfnParameter):
        return found.value_as_string
    parameter = CfnParameter(
        stack, name, default=default, description=f"The functions' variable {setting}."
    )
    return parameter.value_as_string
