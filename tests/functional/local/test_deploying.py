"""Stacks deployed through the engine's CloudFormation: once, again, and when they fail."""

from typing import Any

import pytest

from infra.local.deploy.assembly import Stack
from infra.local.deploy.stacks import Deployment, DeploymentFailed
from infra.local.supervisor import LocalTarget

NAME = "deploying-test"
SETTINGS = {"SF_PUBLIC_ORIGIN": "http://localhost:8080"}


def stack(resources: dict[str, Any]) -> Stack:
    """A stack of these resources that takes one setting."""
    return Stack(
        artifact_id="Test",
        name=NAME,
        template={
            "Parameters": {"SfPublicOrigin": {"Type": "String", "Default": ""}},
            "Resources": resources,
        },
        dependencies=frozenset(),
        assets=(),
    )


def queue(name: str) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}


@pytest.fixture
def deployment(target: LocalTarget) -> Deployment:
    clients: dict[str, Any] = {
        name: target.admin_client(name) for name in ("cloudformation", "ssm", "s3")
    }
    return Deployment(**clients)


def test_a_stack_is_unchanged_until_it_differs(deployment: Deployment) -> None:
    one, other = stack({"Queue": queue("deploying-1")}), stack({"Queue": queue("deploying-2")})
    assert deployment.unchanged([one], SETTINGS) == set()
    deployment.deploy(one, SETTINGS)
    assert deployment.unchanged([one], SETTINGS) == {NAME}
    assert deployment.unchanged([one], {"SF_PUBLIC_ORIGIN": "http://other"}) == set()
    assert deployment.unchanged([other], SETTINGS) == set()
    deployment.deploy(other, SETTINGS)
    assert deployment.unchanged([other], SETTINGS) == {NAME}


def test_a_template_over_the_inline_limit_goes_through_a_bucket(deployment: Deployment) -> None:
    large = stack({f"Queue{n}": queue(f"deploying-{n}-{'x' * 60}") for n in range(400)})
    deployment.deploy(large, SETTINGS)
    assert deployment.unchanged([large], SETTINGS) == {NAME}


def test_a_failure_names_the_resource_and_the_reason(deployment: Deployment) -> None:
    config = {"Name": "of-nobody", "Items": ["KUNKNOWN"]}
    group = {"Type": "AWS::CloudFront::KeyGroup", "Properties": {"KeyGroupConfig": config}}
    broken = stack({"Queue": queue("deploying-3"), "Group": group})
    with pytest.raises(DeploymentFailed, match=r"Group \(AWS::CloudFront::KeyGroup\).*KUNKNOWN"):
        deployment.deploy(broken, SETTINGS)
    assert deployment.unchanged([broken], SETTINGS) == set()


def test_an_unknown_type_is_refused_by_name(deployment: Deployment) -> None:
    with pytest.raises(DeploymentFailed, match="AWS::Made::Up"):
        deployment.deploy(stack({"Thing": {"Type": "AWS::Made::Up"}}), SETTINGS)


def test_keys_that_ministack_does_not_know_are_real_records(target: LocalTarget) -> None:
    """The public key and the key group of the media stack, as CloudFront's API has them."""
    cloudfront = target.admin_client("cloudfront")
    (group,) = cloudfront.list_key_groups()["KeyGroupList"]["Items"]
    (key_id,) = group["KeyGroup"]["KeyGroupConfig"]["Items"]
    key = cloudfront.get_public_key(Id=key_id)["PublicKey"]["PublicKeyConfig"]["EncodedKey"]
    assert key.startswith("-----BEGIN PUBLIC KEY-----")


def test_resources_of_ivs_are_its_own_records_one_of_each(
    target: LocalTarget, deployment: Deployment
) -> None:
    ivs, chat = target.admin_client("ivs"), target.admin_client("ivschat")
    (recording,) = ivs.list_recording_configurations()["recordingConfigurations"]
    bucket = recording["destinationConfiguration"]["s3"]["bucketName"]
    assert target.admin_client("s3").head_bucket(Bucket=bucket)
    (key,) = ivs.list_playback_key_pairs()["keyPairs"]
    assert ivs.get_playback_key_pair(arn=key["arn"])["keyPair"]["fingerprint"]
    (logging,) = chat.list_logging_configurations()["loggingConfigurations"]
    assert logging["state"] == "ACTIVE"

    kind = "AWS::IVSChat::LoggingConfiguration"
    for name in ("one-name", "another-name"):
        to_bucket = {"DestinationConfiguration": {"S3": {"BucketName": bucket}}}
        properties = {"Name": name, **to_bucket}
        deployment.deploy(stack({"Log": {"Type": kind, "Properties": properties}}), SETTINGS)
        names = [each["name"] for each in _logging(chat) if each["arn"] != logging["arn"]]
        assert names == [name]
    deployment.deploy(stack({"Queue": queue("deploying-4")}), SETTINGS)
    assert _logging(chat) == [logging]


def _logging(chat: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chat.list_logging_configurations()["loggingConfigurations"]
    return found
