"""Sessions: refreshed, found out, and thrown out by their owner; and a key that is retired."""

from __future__ import annotations

from typing import Final

from tests.crash_points.cloud import SIGNING_KEYS
from tests.crash_points.harness import Scenario
from tests.crash_points.identity_accounts import ROTATE
from tests.crash_points.people import DEVICE, put_session, refresh_token
from tests.crash_points.world import World

PHONE: Final = {"user-agent": DEVICE}
REFRESH: Final = "/v1/auth/refresh"
SESSIONS: Final = "/v1/me/sessions"


def spent_token_comes_back(world: World) -> None:
    ann = world.owner()
    first = {"refresh_token": refresh_token(world.cloud, ann)}
    second = world.request("POST", REFRESH, first, headers=PHONE).body
    world.pass_time(minutes=15)
    world.request("POST", REFRESH, first, headers=PHONE, expect=401)
    stolen = {"refresh_token": second["refresh_token"]}
    world.request("POST", REFRESH, stolen, headers=PHONE, expect=401)
    world.settle()


def devices_are_thrown_out(world: World) -> None:
    ann = world.owner()
    tablet, laptop = put_session(world.cloud, ann.user), put_session(world.cloud, ann.user)
    world.request("DELETE", f"{SESSIONS}/{tablet.session_id}", by=ann, expect=204)
    world.request("DELETE", SESSIONS, by=ann, expect=204)
    world.request("POST", "/v1/me/channel", by=laptop, expect=401)
    world.look(SESSIONS, by=ann)
    # Who threw out the last session can say so only once.
    world.request("DELETE", f"{SESSIONS}?include_current=true", by=ann, expect=204, again=401)
    token = {"refresh_token": refresh_token(world.cloud, ann)}
    world.request("POST", REFRESH, token, headers=PHONE, expect=401)


def signed_out_by_refresh_token(world: World) -> None:
    ann = world.owner()
    token = {"refresh_token": refresh_token(world.cloud, ann)}
    world.request("POST", "/v1/auth/logout", token, expect=204)
    world.request("POST", REFRESH, token, headers=PHONE, expect=401)
    world.settle()


def signing_key_is_retired(world: World) -> None:
    ann = world.owner()
    (key,) = world.cloud.secret(SIGNING_KEYS)["keys"]
    world.wake(ROTATE, {"retire": key["kid"]})
    world.pass_time(minutes=1)
    token = {"refresh_token": refresh_token(world.cloud, ann)}
    world.request("POST", REFRESH, token, headers=PHONE)
    world.request("POST", "/v1/me/channel", by=ann, expect=202)
    world.pass_time(days=2)
    world.wake(ROTATE)


IDENTITY_SESSIONS: Final[tuple[Scenario, ...]] = (
    spent_token_comes_back,
    devices_are_thrown_out,
    signed_out_by_refresh_token,
    signing_key_is_retired,
)
