"""Signing in and out, and the keys and key pairs that deployments and schedules tend."""

from __future__ import annotations

from typing import Any, Final

from tests.crash_points.cloud import PLAYBACK_KEY
from tests.crash_points.harness import Scenario
from tests.crash_points.world import World

PHONE: Final = {"user-agent": "SocialFlow/1.0 (phone)"}
EMAIL, PASSWORD = "ann@example.test", "correct horse battery"
ROTATE: Final = "identity.every_day_rotate_signing_keys"
KEY_PAIR: Final = "platform.on_key_pair_requested"


def register(world: World) -> Any:
    body = {"email": EMAIL, "password": PASSWORD, "handle": "ann", "display_name": "Ann"}
    headers = {**PHONE, "idempotency-key": "register-1"}
    return world.request("POST", "/v1/auth/register", body, headers=headers, expect=201).body


def registered_and_signed_out(world: World) -> None:
    world.cloud.put_signing_keys()
    tokens = register(world)
    refresh = {"refresh_token": tokens["refresh_token"]}
    tokens = world.request("POST", "/v1/auth/refresh", refresh, headers=PHONE).body
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    world.request("POST", "/v1/auth/logout", headers=bearer, expect=204)
    world.settle()


def signed_in_again(world: World) -> None:
    world.cloud.put_signing_keys()
    register(world)
    world.request("POST", "/v1/auth/login", {"email": EMAIL, "password": PASSWORD}, headers=PHONE)
    world.settle()


def keys_are_made_and_rotated(world: World) -> None:
    world.wake(ROTATE, custom_resource("Create"))
    world.wake(ROTATE)
    world.pass_time(days=91)
    world.wake(ROTATE)
    # A key that was published by a run cut off, and never kept, goes after a day.
    world.pass_time(days=2)
    world.wake(ROTATE)


def keys_outlive_their_resource(world: World) -> None:
    world.wake(ROTATE, custom_resource("Create"))
    world.wake(ROTATE, custom_resource("Delete"))
    world.pass_time(days=2)
    world.wake(ROTATE)


def key_pair_for_playback(world: World) -> None:
    for request_type in ("Create", "Update", "Delete"):
        world.wake(KEY_PAIR, custom_resource(request_type, SecretArn=PLAYBACK_KEY))


def custom_resource(request_type: str, **properties: str) -> dict[str, Any]:
    """What CloudFormation sends."""
    return {
        "RequestType": request_type,
        "ResponseURL": "https://cloudformation.example.test/answer?signed",
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/test/1",
        "RequestId": f"request-{request_type}",
        "LogicalResourceId": "Keys",
        "ResourceProperties": properties,
    }


IDENTITY: Final[tuple[Scenario, ...]] = (
    registered_and_signed_out,
    signed_in_again,
    keys_are_made_and_rotated,
    keys_outlive_their_resource,
)
PLATFORM: Final[tuple[Scenario, ...]] = (key_pair_for_playback,)
