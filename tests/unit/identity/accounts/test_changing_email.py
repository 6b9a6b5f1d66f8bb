"""Another address: proven before it counts, told to the old one, taken from nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialflow.identity.accounts.pending import EMAIL_CHANGE_SEAL
from socialflow.identity.errors import (
    CodeWrong,
    EmailChangeOver,
    EmailTaken,
    EmailUnchanged,
    LoginRefused,
    RefreshTokenInvalid,
    UserChanged,
)
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.principal import Principal
from tests.unit.identity.world import ANN, THE_PHONE, World

NEW = "ann@example.net"


@pytest.fixture
def ann(world: World) -> Principal:
    return world.access.verify(world.register_ann().access_token)


def begin(world: World, principal: Principal, email: str = NEW) -> str:
    """The code in the mail to the new address."""
    change = world.email_changes.begin(principal, email, network="203.0.113.7")
    return world.sealer.code(EMAIL_CHANGE_SEAL, change.id)


def verify(world: World, principal: Principal, code: str) -> None:
    world.email_changes.verify(principal, code, network="203.0.113.7", request_id="req_1")


class TestBeginning:
    def test_changes_nothing_yet(self, world: World, ann: Principal) -> None:
        begin(world, ann)
        assert world.log_in()
        with pytest.raises(LoginRefused):
            world.log_in(email=NEW)

    def test_costs_the_same_whoever_has_the_address(self, world: World, ann: Principal) -> None:
        world.register(replace(ANN, email="ben@example.com", handle="ben", display_name="Ben"))
        costs = []
        for email in ("ben@example.com", "nobody@example.com"):
            world.calls.names.clear()
            begin(world, ann, email)
            costs.append(list(world.calls.names))
        assert costs == [["get_item", "transact_write_items", "put_item"]] * 2

    def test_ones_own_address(self, world: World, ann: Principal) -> None:
        with pytest.raises(EmailUnchanged):
            begin(world, ann, " ANN@example.com ")

    def test_the_newest_takes_the_place_of_the_one_before(
        self, world: World, ann: Principal
    ) -> None:
        old = begin(world, ann)
        begin(world, ann, "ann@example.org")
        with pytest.raises(CodeWrong):
            verify(world, ann, old)


class TestVerifying:
    def test_moves_the_login_and_tells_the_old_address(self, world: World, ann: Principal) -> None:
        verify(world, ann, begin(world, ann))
        assert [item["pk"] for item in world.items("EMAIL#")] == [f"EMAIL#{NEW}"]
        assert world.log_in(email=NEW).user.email == NEW
        with pytest.raises(LoginRefused):
            world.log_in()
        (told,) = [item for item in world.items("USER#") if item.get("notice") == "email_changed"]
        assert told["email"] == ANN.email
        (entry,) = [item for item in world.items("AUDIT#") if item["act"] == "email.changed"]
        assert (entry["before"], entry["after"]) == ({"email": ANN.email}, {"email": NEW})

    def test_ends_every_other_session(self, world: World, ann: Principal) -> None:
        other = world.log_in()
        verify(world, ann, begin(world, ann))
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(other.refresh_token, device=Device(name=""))

    def test_the_account_and_its_login_stay_one(self, world: World, ann: Principal) -> None:
        """What save_user writes to the account next reaches the new login, too."""
        verify(world, ann, begin(world, ann))
        user = world.repository.user(ann.user_id)
        login = world.repository.login(NEW)
        assert user
        assert login
        assert login.user == user
        world.repository.save_user(user, replace(user, bio="Hello."))
        moved = world.repository.login(NEW)
        assert moved
        assert moved.user.bio == "Hello."

    def test_again_is_fine(self, world: World, ann: Principal) -> None:
        code = begin(world, ann)
        verify(world, ann, code)
        before = world.items("USER#")
        verify(world, ann, code)
        assert world.items("USER#") == before

    def test_an_address_that_got_an_account_meanwhile(self, world: World, ann: Principal) -> None:
        code = begin(world, ann)
        world.register(replace(ANN, email=NEW, handle="ben", display_name="Ben"))
        with pytest.raises(EmailTaken):
            verify(world, ann, code)
        assert world.log_in().user.id == ann.user_id

    def test_an_account_that_had_none(self, world: World, ann: Principal) -> None:
        user = world.repository.user(ann.user_id)
        assert user
        world.repository.save_user(user, replace(user, email=None, has_password=False))
        verify(world, ann, begin(world, ann))
        login = world.repository.login(NEW)
        assert login
        assert login.password_hash is None
        with pytest.raises(LoginRefused):
            world.log_in(email=NEW)


class TestAttacks:
    def test_a_code_ends_after_five_tries(self, world: World, ann: Principal) -> None:
        code = begin(world, ann)
        wrong = str((int(code) + 1) % 10**6).zfill(6)
        for _ in range(5):
            with pytest.raises(CodeWrong):
                verify(world, ann, wrong)
        with pytest.raises(EmailChangeOver):
            verify(world, ann, code)

    def test_somebody_elses_code_is_none(self, world: World, ann: Principal) -> None:
        eve = world.register(replace(ANN, email="eve@example.com", handle="eve"))
        eves = world.access.verify(eve.access_token)
        code = begin(world, eves, "eve@example.net")
        begin(world, ann)
        with pytest.raises(CodeWrong):
            verify(world, ann, code)

    def test_an_hour_later_it_is_over(self, world: World, ann: Principal) -> None:
        code = begin(world, ann)
        world.clock.move(hours=1)
        with pytest.raises(EmailChangeOver):
            verify(world, ann, code)

    def test_a_password_set_meanwhile_is_not_lost(
        self, world: World, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The hash that moves is the one that was there when the transaction began."""
        code = begin(world, ann)
        stale = world.repository.login(ANN.email)
        world.password_changes.change(
            ann, new="another horse battery", current=None, device=THE_PHONE, request_id=""
        )
        monkeypatch.setattr(world.repository, "login", lambda _: stale)
        with pytest.raises(UserChanged):
            verify(world, ann, code)
        monkeypatch.undo()
        assert world.log_in(password="another horse battery")
