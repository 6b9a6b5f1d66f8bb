"""Signing in and out, and the keys and key pairs that deployments and schedules tend."""

from __future__ import annotations

from typing import Any, Final

from tests.crash_points.cloud import PLAYBACK_KEY
from tests.crash_points.harness import Scenario
from tests.crash_points.world import World

PHONE: Final = {"user-agent": "SocialFlow/1.0 (phone)"}
EMAIL, PASSWORD = "ann@example.test", "correct horse battery"
NEW_EMAIL, NEW_PASSWORD = "ann@example.net", "another horse battery"
ROTATE: Final = "identity.every_day_rotate_signing_keys"
KEY_PAIR: Final = "platform.on_key_pair_requested"


def register(world: World) -> Any:
    """Both steps, with the code of the mail; the tokens."""
    body = {"email": EMAIL, "password": PASSWORD, "handle": "ann", "display_name": "Ann"}
    headers = {**PHONE, "idempotency-key": "register-1"}
    begun = world.request("POST", "/v1/auth/register", body, headers=headers, expect=202).body
    world.settle()
    return finish_registration(world, begun["registration_token"])


def finish_registration(world: World, token: str) -> Any:
    typed = {"registration_token": token, "code": world.around.ses.code(EMAIL)}
    headers = {**PHONE, "idempotency-key": "verify-1"}
    return world.request(
        "POST", "/v1/auth/register/verify", typed, headers=headers, expect=201
    ).body


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


def registered_after_a_second_mail(world: World) -> None:
    world.cloud.put_signing_keys()
    body = {"email": EMAIL, "password": PASSWORD, "handle": "ann", "display_name": "Ann"}
    headers = {**PHONE, "idempotency-key": "register-1"}
    begun = world.request("POST", "/v1/auth/register", body, headers=headers, expect=202).body
    token = {"registration_token": begun["registration_token"]}
    world.settle()
    world.pass_time(minutes=2)
    # A repeat of its client's comes too soon after the first to be another mail.
    world.request("POST", "/v1/auth/register/resend", token, expect=202, again=429)
    world.settle()
    finish_registration(world, begun["registration_token"])
    world.settle()


def registered_with_an_address_that_has_an_account(world: World) -> None:
    owner = world.owner()
    body = {"email": owner.user.email, "password": PASSWORD, "handle": "eve", "display_name": "Eve"}
    headers = {"idempotency-key": "register-2"}
    world.request("POST", "/v1/auth/register", body, headers=headers, expect=202)
    world.settle()


def password_forgotten_and_reset(world: World) -> None:
    owner = world.owner()
    asked = {"email": owner.user.email}
    world.request("POST", "/v1/auth/password/forgot", asked, expect=202)
    world.request("POST", "/v1/auth/password/forgot", {"email": "no@example.test"}, expect=202)
    world.settle()
    new = {"token": world.around.ses.token(EMAIL), "password": NEW_PASSWORD}
    world.request("POST", "/v1/auth/password/reset", new, headers=PHONE, expect=204)
    world.settle()


def password_changed(world: World) -> None:
    owner = world.owner()
    body = {"current": PASSWORD, "new": NEW_PASSWORD}
    world.request("PUT", "/v1/me/password", body, by=owner, headers=PHONE, expect=204)
    world.settle()


def address_changed(world: World) -> None:
    owner = world.owner()
    world.request("POST", "/v1/me/email", {"email": NEW_EMAIL}, by=owner, expect=202)
    world.settle()
    code = {"code": world.around.ses.code(NEW_EMAIL)}
    world.request("POST", "/v1/me/email/verify", code, by=owner)
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
    registered_after_a_second_mail,
    registered_with_an_address_that_has_an_account,
    signed_in_again,
    password_forgotten_and_reset,
    password_changed,
    address_changed,
    keys_are_made_and_rotated,
    keys_outlive_their_resource,
)
PLATFORM: Final[tuple[Scenario, ...]] = (key_pair_for_playback,)
