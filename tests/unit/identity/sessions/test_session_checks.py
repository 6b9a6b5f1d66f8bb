"""A session that was ended: no write from the next request on, no read beyond a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from socialflow.identity import wiring
from socialflow.identity.errors import SessionEnded
from socialflow.identity.models import RoleGrant
from socialflow.identity.sessions import states
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.principal import SessionId, UserId
from tests.unit.identity.members import member
from tests.unit.identity.requests import code_of
from tests.unit.identity.sessions.signed_in import PHONE, after, call, sign_in
from tests.unit.identity.sessions.small_api import small_api
from tests.unit.identity.world import World
from tests.unit.in_process import InProcess

SESSIONS = "/v1/me/sessions"


class TestThroughTheApi:
    def test_writing_ends_with_the_session(self, api: InProcess) -> None:
        ann = member(api, "ann")
        thrown_out = sign_in(ann)
        principal = wiring.access_tokens().verify(thrown_out.access_token)
        assert call(api, "GET", SESSIONS, thrown_out).status_code == 200
        assert ann.call("DELETE", f"{SESSIONS}/{principal.session_id}").status_code == 204
        refused = call(api, "DELETE", SESSIONS, thrown_out)
        assert (refused.status_code, code_of(refused)) == (401, "session_ended")
        assert ann.call("GET", SESSIONS).status_code == 200

    def test_reading_goes_on_for_less_than_a_minute(self, api: InProcess) -> None:
        """The process that reads is not the one that ended the session."""
        ann = member(api, "ann")
        thrown_out = sign_in(ann)
        assert call(api, "GET", "/v1/me", thrown_out).status_code == 200
        wiring.sessions().end(wiring.access_tokens().verify(thrown_out.access_token))
        with after(seconds=44):
            assert call(api, "GET", "/v1/me", thrown_out).status_code == 200
        with after(seconds=46):
            refused = call(api, "GET", "/v1/me", thrown_out)
        assert (refused.status_code, code_of(refused)) == (401, "session_ended")

    def test_what_a_write_was_told_reads_know(self, api: InProcess) -> None:
        ann = member(api, "ann")
        assert ann.call("GET", "/v1/me").status_code == 200
        wiring.sessions().end(ann.principal)
        assert ann.call("DELETE", SESSIONS).status_code == 401
        assert ann.call("GET", "/v1/me").status_code == 401

    def test_routes_for_everybody_refuse_it_too(self, api: InProcess) -> None:
        """A client learns there as well that its session is over; without a token it is served."""
        ann = member(small_api(), "ann")
        assert ann.call("GET", "/watch").json() == "ann"
        wiring.sessions().end(ann.principal)
        assert ann.call("POST", "/watch").status_code == 401
        assert ann.call("GET", "/watch").status_code == 401
        assert ann.api.get("/watch").json() is None

    def test_logging_out_twice_is_fine(self, api: InProcess) -> None:
        ann = member(api, "ann")
        for _ in range(2):
            assert ann.call("POST", "/v1/auth/logout").status_code == 204
        assert ann.call("DELETE", SESSIONS).status_code == 401

    def test_an_erased_account_has_no_session(self, api: InProcess) -> None:
        ann = member(api, "ann")
        key = {"pk": {"S": f"USER#{ann.user.id}"}, "sk": {"S": "USER"}}
        client("dynamodb").delete_item(TableName="identity", Key=key)
        assert ann.call("DELETE", SESSIONS).status_code == 401

    def test_roles_are_those_of_now(self, api: InProcess) -> None:
        """Neither a role that was taken away nor one that ran out is used until a token ends."""
        ann, ben = member(small_api(), "ann", "admin"), member(small_api(), "ben")
        cleo = member(small_api(), "cleo")
        user = cleo.now()
        grant = RoleGrant(role="admin", expires_at=utc_now() + timedelta(minutes=5))
        wiring.repository().save_user(user, replace(user, grants=(grant,)))
        assert ann.call("GET", "/administer").json() == ["admin", "creator", "viewer"]
        assert cleo.call("POST", "/administer").status_code == 200
        user = ann.now()
        wiring.repository().save_user(user, replace(user, grants=()))
        assert code_of(ann.call("POST", "/administer")) == "role_missing"
        user = ben.now()
        wiring.repository().save_user(user, replace(user, grants=(RoleGrant(role="admin"),)))
        assert ben.call("POST", "/administer").status_code == 200
        with after(minutes=6):
            assert code_of(cleo.call("POST", "/administer")) == "role_missing"


class TestStepUp:
    def test_a_fresh_sign_in_is_proof_for_ten_minutes(self, api: InProcess) -> None:
        ann = member(small_api(), "ann")
        with after(minutes=9, seconds=59):
            assert ann.call("POST", "/sensitive").status_code == 200
        with after(minutes=10, seconds=1):
            refused = ann.call("POST", "/sensitive")
            assert (refused.status_code, code_of(refused)) == (403, "step_up_required")
            assert refused.json()["context"] == {"methods": ["password"]}

    def test_proving_it_again_is_enough(self, api: InProcess) -> None:
        ann = member(small_api(), "ann")
        with after(minutes=12):
            assert ann.call("POST", "/sensitive").status_code == 403
            wiring.sessions().verified(ann.principal)
            assert ann.call("POST", "/sensitive").status_code == 200

    def test_a_refresh_proves_nothing(self, api: InProcess) -> None:
        ann = member(small_api(), "ann")
        signed_in = sign_in(ann)
        with after(minutes=12):
            refreshed = wiring.sessions().refresh(
                signed_in.refresh_token, device=Device(name=PHONE)
            )
            assert call(ann.api, "POST", "/sensitive", refreshed).status_code == 403

    def test_an_ended_session_proves_nothing_again(self, api: InProcess) -> None:
        ann = member(small_api(), "ann")
        wiring.sessions().end(ann.principal)
        with pytest.raises(SessionEnded):
            wiring.sessions().verified(ann.principal)

    @pytest.mark.parametrize(
        ("fields", "methods"),
        [
            ({"has_password": False}, []),
            ({"second_factor": True}, ["totp"]),
            ({"passkeys": 2}, ["password", "passkey"]),
        ],
    )
    def test_names_the_ways(
        self, api: InProcess, fields: dict[str, Any], methods: list[str]
    ) -> None:
        ann = member(small_api(), "ann", **fields)
        with after(minutes=12):
            refused = ann.call("POST", "/sensitive")
        assert refused.json()["context"] == {"methods": methods}

    def test_nobody_is_asked_to_sign_in(self, api: InProcess) -> None:
        assert code_of(small_api().post("/sensitive")) == "token_missing"


class TestStates:
    def test_a_write_asks_every_time_and_reads_seldom(self, world: World) -> None:
        principal = world.access.verify(world.register_ann().access_token)
        world.calls.names.clear()
        for _ in range(3):
            world.states.check(principal, fresh=True)
        assert world.calls.names == ["batch_get_item"] * 3
        world.calls.names.clear()
        for _ in range(45):
            world.states.check(principal, fresh=False)
            world.clock.move(seconds=1)
        assert world.calls.names == []
        world.states.check(principal, fresh=False)
        assert world.calls.names == ["batch_get_item"]

    def test_a_session_that_is_over_costs_one_read_ever(self, world: World) -> None:
        principal = world.access.verify(world.register_ann().access_token)
        world.sessions.end(principal)
        world.calls.names.clear()
        for fresh in (False, True, False):
            with pytest.raises(SessionEnded):
                world.states.check(principal, fresh=fresh)
            world.clock.move(minutes=2)
        assert world.calls.names == ["batch_get_item"]

    def test_a_session_that_nobody_opened(self, world: World) -> None:
        """Whoever has the signing key alone can name no session."""
        user = world.register_ann().user
        forged = world.access.verify(
            world.issuer.issue(user, SessionId("ses_01M7YQ1WE0ZJ8X5V3A6C9D2F4G"))
        )
        for fresh in (False, True):
            with pytest.raises(SessionEnded):
                world.states.check(forged, fresh=fresh)

    def test_somebody_elses_session_is_no_session_of_mine(self, world: World) -> None:
        principal = world.access.verify(world.register_ann().access_token)
        stranger = replace(principal, user_id=UserId("usr_01M7YQ1WE0ZJ8X5V3A6C9D2F4G"))
        with pytest.raises(SessionEnded):
            world.states.check(stranger, fresh=True)

    def test_the_memory_is_bounded(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(states, "MAX_KEPT", 2)
        ann = world.access.verify(world.register_ann().access_token)
        world.states.check(ann, fresh=False)
        for number in range(2):
            with pytest.raises(SessionEnded):
                world.states.check(replace(ann, session_id=SessionId(f"ses_{number}")), fresh=False)
        world.calls.names.clear()
        world.states.check(ann, fresh=False)
        assert world.calls.names == ["batch_get_item"], "the one that was asked for first is gone"

    def test_ending_all_spares_one(self, world: World) -> None:
        first = world.register_ann()
        kept = world.access.verify(first.access_token)
        user = world.repository.user(kept.user_id, consistent=True)
        assert user
        world.repository.save_user(user, user.without_sessions(keep=kept.session_id))
        assert world.states.check(kept, fresh=True).roles == {"viewer", "creator"}
        user = world.repository.user(kept.user_id, consistent=True)
        assert user
        world.repository.save_user(user, user.without_sessions())
        with pytest.raises(SessionEnded):
            world.states.check(kept, fresh=True)
