"""Second factors and passkeys: set up, met, used once, taken away."""

from __future__ import annotations

from typing import Any, Final

from socialflow.identity import wiring
from socialflow.identity.factors import totp
from socialflow.identity.factors.codes import TOTP_PURPOSE
from socialflow.identity.factors.records import RecoveryCodes, recovery_item, slots_of
from socialflow.identity.factors.recovery_codes import hashes_of
from socialflow.platform.clock import utc_now
from tests.crash_points.cloud import START
from tests.crash_points.harness import Scenario
from tests.crash_points.people import DEVICE, PASSWORD
from tests.crash_points.plan import Person
from tests.crash_points.world import World
from tests.software_authenticator import SoftwareAuthenticator

PHONE: Final = {"user-agent": DEVICE}
ORIGIN: Final = "https://example.test"
APP: Final = "/v1/me/totp"
PASSKEYS: Final = "/v1/me/passkeys"
STEP_UP: Final = "/v1/auth/step-up"
LOG_IN: Final = "/v1/auth/login"


def second_factor_is_asked_for(world: World) -> None:
    ann = world.owner()
    secret = set_up(world, ann)
    second_step(world, ann, app_code(secret))
    world.pass_time(seconds=31)
    world.request("POST", STEP_UP, {"code": app_code(secret)}, by=ann, expect=204, again=403)
    world.look("/v1/me/security", by=ann)
    world.request("DELETE", APP, by=ann, expect=204, again=409)
    world.request("POST", STEP_UP, {"password": PASSWORD}, by=ann, expect=204)
    world.look("/v1/me/security", by=ann)
    world.settle()


def recovery_codes_are_used_and_renewed(world: World) -> None:
    ann = world.owner()
    set_up(world, ann)
    codes = know_codes(world, ann)
    second_step(world, ann, codes[0])
    world.request("POST", STEP_UP, {"code": codes[1]}, by=ann, expect=204, again=403)
    world.look("/v1/me/security", by=ann)
    world.request("POST", "/v1/me/recovery-codes", by=ann)
    world.look("/v1/me/security", by=ann)
    world.request("POST", STEP_UP, {"code": codes[2]}, by=ann, expect=403)
    world.settle()


def passkey_is_made_used_and_removed(world: World) -> None:
    ann, phone = world.owner(), SoftwareAuthenticator(ORIGIN)
    made = add_passkey(world, ann, phone)
    named = f"{PASSKEYS}/{made['id']}"
    edit = {"if-match": made["etag"]}
    world.request("PATCH", named, {"name": "Old phone"}, by=ann, headers=edit, again=412)
    sign_in = "/v1/auth/passkeys"
    answer = signed(world, phone)
    world.request("POST", sign_in, answer, headers=PHONE, again=401)
    world.pass_time(minutes=1)
    world.request("POST", STEP_UP, signed(world, phone), by=ann, expect=204, again=403)
    # A copy made before all that knows nothing of it.
    phone.passkeys[0].sign_count = 0
    world.request("POST", sign_in, signed(world, phone), headers=PHONE, expect=401)
    world.look(PASSKEYS, by=ann)
    world.request("DELETE", named, by=ann, expect=204, again=404)
    world.look("/v1/me/security", by=ann)
    world.settle()


def set_up(world: World, person: Person) -> bytes:
    """An app that is set up, half a minute ago: its secret."""
    world.request("POST", APP, by=person)
    secret = secret_at_rest(world, "totp_setup")
    world.request("POST", f"{APP}/confirm", {"code": app_code(secret)}, by=person, again=409)
    world.pass_time(seconds=31)
    return secret


def know_codes(world: World, person: Person) -> tuple[str, ...]:
    """Recovery codes, the same in every run, in the place of those that were answered."""
    codes = tuple(f"0000-0000-0000-000{number}" for number in range(3))
    kept = RecoveryCodes(
        user_id=person.user.id,
        made_at=START,
        slots=slots_of(hashes_of(person.user.id, codes)),
    )
    world.cloud.put_item("identity", recovery_item(kept))
    return codes


def second_step(world: World, person: Person, code: str) -> None:
    """Signs in with the password, and with a code."""
    first = {"email": person.user.email, "password": PASSWORD}
    asked = world.request("POST", LOG_IN, first, headers=PHONE, expect=202).body
    body = {"challenge": asked["challenge"], "code": code}
    world.request("POST", f"{LOG_IN}/second-factor", body, headers=PHONE, again=401)


def add_passkey(world: World, person: Person, browser: SoftwareAuthenticator) -> Any:
    asked = world.request("POST", f"{PASSKEYS}/options", by=person).body
    body = {
        "challenge_token": asked["challenge_token"],
        "credential": browser.create(asked["public_key"]),
        "name": "Phone",
    }
    return world.request("POST", PASSKEYS, body, by=person, expect=201).body


def signed(world: World, browser: SoftwareAuthenticator) -> dict[str, Any]:
    """A challenge and the browser's answer."""
    asked = world.request("POST", "/v1/auth/passkeys/options").body
    return {
        "challenge_token": asked["challenge_token"],
        "credential": browser.get(asked["public_key"]),
    }


def secret_at_rest(world: World, kind: str) -> bytes:
    """What an app has that scanned the newest code, whichever answer it was in."""
    (item,) = [each for each in world.cloud.items("identity") if each.get("kind") == kind]
    return wiring.sealer().decrypt(TOTP_PURPOSE, item["user_id"], item["sealed_secret"])


def app_code(secret: bytes) -> str:
    """What the app shows now."""
    return totp.code_at(secret, totp.step_at(utc_now()))


IDENTITY_FACTORS: Final[tuple[Scenario, ...]] = (
    second_factor_is_asked_for,
    recovery_codes_are_used_and_renewed,
    passkey_is_made_used_and_removed,
)
