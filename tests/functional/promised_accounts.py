"""What a generated request about accounts has to hold to succeed: a code from a mail, a factor, a
provider's answer, another device. Everything is made through the API, as its client does.
"""

from __future__ import annotations

import itertools
from base64 import b32decode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from socialflow.identity import people_wiring
from socialflow.identity.factors import totp
from socialflow.identity.federation.models import s256
from socialflow.identity.staff.models import Role
from socialflow.platform.clock import utc_now
from tests.crash_points.identity_providers import VERIFIER, Providers
from tests.crash_points.world import World
from tests.software_authenticator import SoftwareAuthenticator

if TYPE_CHECKING:
    from tests.functional.promised import Creator

ORIGIN: Final = "https://example.test"
PROVIDER: Final = "github"
PROVIDERS: Final = "/v1/auth/providers"
PASSKEYS: Final = "/v1/me/passkeys"
NEW_PASSWORD: Final = "another long and quiet evening"
REASON: Final = {"reason": "For a test"}
Body = Mapping[str, Any]


class Accounts:
    """What is the creator's; each of the methods makes what its operation needs."""

    def __init__(self, creator: Creator, world: World, providers: Providers) -> None:
        self._creator = creator
        self._world = world
        self._providers = providers
        self._browser = SoftwareAuthenticator(ORIGIN)
        self._is_admin = False
        self._recovery_codes: list[str] = []
        self._export_id = ""
        self._numbers = itertools.count()
        self._fits: Mapping[str, Callable[[dict[str, Any]], Body]] = {
            "verify_registration": lambda _: creator.registration(),
            "resend_registration_mail": self._resend,
            "reset_password": self._reset,
            "change_password": self._password,
            "change_email": lambda _: {"email": self._address()},
            "verify_email": self._email_code,
            "edit_me": lambda _: {"bio": "Clips of the sea.", "links": ["https://example.com/"]},
            "change_my_handle": lambda _: {"handle": f"ann_{next(self._numbers)}"},
            "upload_avatar": lambda _: {"content_type": "image/png", "size_bytes": 10},
            "upload_banner": lambda _: {"content_type": "image/png", "size_bytes": 10},
            "show_my_export": self._export,
            "link_my_export": self._export,
            "cancel_deletion": self._closing,
            "end_my_session": self._other_session,
            "add_passkey": self._new_passkey,
            "rename_passkey": lambda given: self._own_passkey(given) | {"name": "Old phone"},
            "remove_passkey": self._own_passkey,
            "sign_in_with_passkey": self._signed,
            "step_up": lambda _: {"password": creator.password},
            "confirm_totp": self._app_code,
            "remove_totp": self._factor,
            "renew_recovery_codes": self._factor,
            "sign_in_with_code": self._challenge,
            "start_provider_flow": self._start,
            "exchange_provider_flow": self._come_back,
            "sign_up_with_provider": self._sign_up,
            "unlink_provider": self._linked,
            "show_person": self._somebody,
            "grant_role": self._role,
            "revoke_role": self._granted,
            "end_sessions_of_user": self._somebody,
        }

    def fit(self, operation: str, given: dict[str, Any]) -> Body | None:
        """The body that succeeds, with the parameters of the path put into `given`; None where
        what is generated will do."""
        if operation in STAFF:
            self._become_admin()
        fits = self._fits.get(operation)
        return dict(fits(given)) if fits else None

    # Mail

    def _address(self) -> str:
        return f"ann{next(self._numbers)}@example.net"

    def _resend(self, _given: dict[str, Any]) -> Body:
        begun = self._creator.begin_registration()
        self._world.settle()
        self._world.pass_time(minutes=2)
        return {"registration_token": begun["registration_token"]}

    def _reset(self, _given: dict[str, Any]) -> Body:
        self._creator.post("/v1/auth/password/forgot", {"email": self._creator.email})
        self._world.settle()
        token = self._world.around.ses.token(self._creator.email)
        return {"token": token, "password": NEW_PASSWORD}

    def _password(self, _given: dict[str, Any]) -> Body:
        return {"current": self._creator.password, "new": NEW_PASSWORD}

    def _email_code(self, _given: dict[str, Any]) -> Body:
        address = self._address()
        self._creator.post("/v1/me/email", {"email": address})
        self._world.settle()
        return {"code": self._world.around.ses.code(address)}

    # Rights and devices

    def _export(self, given: dict[str, Any]) -> Body:
        if not self._export_id:
            self._export_id = self._creator.post("/v1/me/exports", {})["id"]
            self._world.settle()
        given["export_id"] = self._export_id
        return {}

    def _closing(self, _given: dict[str, Any]) -> Body:
        self._creator.post("/v1/me/deletion", None)
        self._world.settle()
        self._world.pass_time(minutes=2)
        self._creator.sign_in()
        return {}

    def _other_session(self, given: dict[str, Any]) -> Body:
        self._creator.log_in()
        sessions = self._creator.get("/v1/me/sessions")["items"]
        given["session_id"] = next(each["id"] for each in sessions if not each["is_current"])
        return {}

    # Factors

    def _new_passkey(self, _given: dict[str, Any]) -> Body:
        asked = self._creator.post(f"{PASSKEYS}/options", None)
        # One authenticator holds one passkey of an account.
        self._browser = SoftwareAuthenticator(ORIGIN, seed=str(next(self._numbers)))
        return {
            "challenge_token": asked["challenge_token"],
            "credential": self._browser.create(asked["public_key"]),
            "name": f"Phone {next(self._numbers)}",
        }

    def _own_passkey(self, given: dict[str, Any]) -> dict[str, Any]:
        items = self._creator.get(PASSKEYS)["items"]
        made = items[0] if items else self._creator.post(PASSKEYS, self._new_passkey({}))
        given["passkey_id"] = made["id"]
        return {}

    def _signed(self, _given: dict[str, Any]) -> Body:
        self._own_passkey({})
        asked = self._creator.post("/v1/auth/passkeys/options", None)
        return {
            "challenge_token": asked["challenge_token"],
            "credential": self._browser.get(asked["public_key"]),
        }

    def _app_code(self, _given: dict[str, Any]) -> Body:
        if self._has_factor():
            return {"code": "000000"}
        secret = b32decode(self._creator.post("/v1/me/totp", None)["secret"])
        return {"code": totp.code_at(secret, totp.step_at(utc_now()))}

    def _factor(self, _given: dict[str, Any]) -> Body:
        if not self._has_factor():
            confirmed = self._creator.post("/v1/me/totp/confirm", self._app_code({}))
            self._recovery_codes = list(confirmed["recovery_codes"])
        return {}

    def _has_factor(self) -> bool:
        return bool(self._creator.get("/v1/me/security")["totp"]["enabled"])

    def _challenge(self, _given: dict[str, Any]) -> Body:
        self._factor({})
        challenge = self._creator.log_in()["challenge"]
        code = self._recovery_codes.pop() if self._recovery_codes else "000000"
        return {"challenge": challenge, "code": code}

    # Providers

    def _start(self, given: dict[str, Any], *, intent: str = "sign_in") -> dict[str, Any]:
        given["provider"] = PROVIDER
        return {"challenge": s256(VERIFIER), "intent": intent, "return_to": "web"}

    def _come_back(self, _given: dict[str, Any], *, intent: str = "sign_in") -> dict[str, Any]:
        started = self._creator.post(
            f"{PROVIDERS}/{PROVIDER}/start", self._start({}, intent=intent)
        )
        back = self._providers.consent(started["authorization_url"])
        landed = self._creator.come_to(f"{PROVIDERS}/{PROVIDER}/callback?{urlencode(back)}")
        flow = dict(parse_qsl(landed.partition("#")[2]))["flow"]
        return {"flow": flow, "verifier": VERIFIER}

    def _sign_up(self, _given: dict[str, Any]) -> Body:
        needed = self._creator.post(f"{PROVIDERS}/exchange", self._come_back({}))
        handle = f"nora_{next(self._numbers)}"
        token = needed.get("signup_token", "already-signed-up")
        return {"signup_token": token, "handle": handle, "display_name": "Nora"}

    def _linked(self, given: dict[str, Any]) -> Body:
        given["provider"] = PROVIDER
        if not self._creator.get("/v1/me/providers")["items"]:
            self._creator.post(f"{PROVIDERS}/exchange", self._come_back({}, intent="link"))
        return {}

    # Staff

    def _become_admin(self) -> None:
        if self._is_admin:
            return
        self._is_admin = True
        people_wiring.operator().grant(
            self._creator.handle, Role.ADMIN, expires_at=None, reason="A test", request_id=""
        )
        # Until then, reads may go by what was known of the session.
        self._world.pass_time(minutes=1)

    def _somebody(self, given: dict[str, Any]) -> Body:
        given["user_id"] = self._creator.bob_id
        return REASON

    def _role(self, given: dict[str, Any]) -> Body:
        given |= {"user_id": self._creator.bob_id, "role": "moderator"}
        return REASON

    def _granted(self, given: dict[str, Any]) -> Body:
        self._role(given)
        self._creator.put(f"/v1/admin/users/{self._creator.bob_id}/roles/moderator", REASON)
        return REASON


STAFF: Final = frozenset(
    {
        "end_sessions_of_user",
        "find_users",
        "grant_role",
        "list_audit",
        "revoke_role",
        "show_person",
    }
)
"""Operations of admins."""
