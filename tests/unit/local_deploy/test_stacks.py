"""What makes a stack another one, and which settings it is given."""

from pathlib import Path
from typing import Any

from infra.local.deploy.assembly import Asset, Stack
from infra.local.deploy.stacks import fingerprint, parameter_name, parameters_of

SETTINGS = {"SF_PUBLIC_ORIGIN": "http://localhost:8080", "AWS_ENDPOINT_URL_X": "http://x"}


def stack(resources: dict[str, Any] | None = None, **changes: Any) -> Stack:
    """A stack of one queue."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}
    values: dict[str, Any] = {
        "artifact_id": "Data",
        "name": "socialflow-local-data",
        "template": {
            "Parameters": {"SfPublicOrigin": {"Type": "String", "Default": ""}},
            "Resources": resources or {"Queue": queue},
        },
        "dependencies": frozenset(),
        "assets": (),
        **changes,
    }
    return Stack(**values)


class TestFingerprints:
    def test_change_with_template_settings_and_assets(self) -> None:
        base = fingerprint(stack(), SETTINGS)
        asset = Asset(source=Path(__file__), zipped=False, bucket="b", key="k")
        assert fingerprint(stack(), SETTINGS) == base
        assert fingerprint(stack({"Other": {"Type": "AWS::SQS::Queue"}}), SETTINGS) != base
        assert fingerprint(stack(), {**SETTINGS, "SF_PUBLIC_ORIGIN": "http://b"}) != base
        assert fingerprint(stack(assets=(asset,)), SETTINGS) != base

    def test_ignore_settings_that_the_template_does_not_take(self) -> None:
        other = {**SETTINGS, "AWS_ENDPOINT_URL_X": "http://elsewhere"}
        assert fingerprint(stack(), SETTINGS) == fingerprint(stack(), other)


def test_settings_answer_the_parameters_of_their_name() -> None:
    assert parameter_name("AWS_ENDPOINT_URL_MEDIACONVERT") == "AwsEndpointUrlMediaconvert"
    assert parameters_of(stack(), SETTINGS) == [
        {"ParameterKey": "SfPublicOrigin", "ParameterValue": "http://localhost:8080"}
    ]
