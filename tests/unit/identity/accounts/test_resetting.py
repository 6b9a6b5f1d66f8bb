"""Forgotten and changed passwords: links that work once, and what ends with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialflow.identity.accounts.pending import RESET_SEAL, ref_of
from socialflow.identity.errors import (
    EmailInvalid,
    EmailMissing,
    LoginRefused,
    PasswordTooCommon,
    PasswordWrong,
    RefreshTokenInvalid,
    ResetOver,
)
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.principal import Principal
from socialflow.platform.rate_limits import TooManyAttempts
from tests.unit.identity.world import ANN, PASSWORD, PHONE, World

DEVICE = Device(name=PHONE, address="203.0.113.7")
NEW = "another horse battery"


def forgot(world: World, email: str = ANN.email) -> None:
    world.password_changes.forgot(email, network=DEVICE.address)


def link(world: World, email: str = ANN.email) -> str:
    """The token in the newest mail's link."""
    reset = world.pending.reset(ref_of(email))
    assert reset
    return world.sealer.token(RESET_SEAL, reset.subject, reset.expires_at)


def reset(world: World, token: str, password: str = NEW) -> None:
    world.password_changes.reset(token, password, device=DEVICE, request_id="req_1")


def signed_in(world: World) -> Principal:
    return world.access.verify(world.register_ann().access_token)


class TestForgetting:
    def test_costs_the_same_whoever_it_is(self, world: World) -> None:
        world.register_ann()
        costs = []
        for email in (ANN.email, "nobody@example.com"):
            world.calls.names.clear()
            forgot(world, email)
            costs.append(list(world.calls.names))
        assert costs == [["transact_write_items", "put_item"]] * 2

    def test_keeps_no_token(self, world: World) -> None:
        forgot(world)
        assert link(world).rpartition(".")[2] not in repr(world.items("RESET#"))

    def test_is_the_same_request_for_a_minute(self, world: World) -> None:
        forgot(world)
        first = link(world)
        world.clock.move(seconds=59)
        forgot(world)
        assert link(world) == first
        world.clock.move(seconds=1)
        forgot(world)
        assert link(world) != first
        assert len(world.items("RESET#")) == 1

    def test_mails_to_one_address_are_slowed(self, world: World) -> None:
        for _ in range(3):
            forgot(world)
        with pytest.raises(TooManyAttempts):
            forgot(world)

    @pytest.mark.parametrize("email", ["ann", "ann@example.com\r\nBcc: x@example.com", "a b@c.de"])
    def test_what_is_no_address_is_told(self, world: World, email: str) -> None:
        with pytest.raises(EmailInvalid):
            forgot(world, email)


class TestAttacks:
    def test_a_link_works_once(self, world: World) -> None:
        world.register_ann()
        forgot(world)
        token = link(world)
        reset(world, token)
        with pytest.raises(ResetOver):
            reset(world, token, "a third horse battery")
        assert world.log_in(password=NEW)

    def test_only_the_newest_link_works(self, world: World) -> None:
        world.register_ann()
        forgot(world)
        old = link(world)
        world.clock.move(minutes=2)
        forgot(world)
        with pytest.raises(ResetOver):
            reset(world, old)
        reset(world, link(world))

    def test_an_hour_later_it_is_over(self, world: World) -> None:
        world.register_ann()
        forgot(world)
        token = link(world)
        world.clock.move(hours=1)
        with pytest.raises(ResetOver):
            reset(world, token)

    def test_no_character_of_it_can_be_guessed(self, world: World) -> None:
        world.register_ann()
        forgot(world)
        token = link(world)
        world.calls.names.clear()
        for place in range(len(token) - 43, len(token)):
            other = "A" if token[place] != "A" else "B"
            with pytest.raises(ResetOver):
                reset(world, token[:place] + other + token[place + 1 :])
        assert world.calls.names == [], "a guess costs no read"

    def test_ones_own_link_resets_nobody_else(self, world: World) -> None:
        world.register_ann()
        world.register(replace(ANN, email="eve@example.com", handle="eve", display_name="Eve"))
        forgot(world, "eve@example.com")
        forgot(world)
        eves, anns = link(world, "eve@example.com"), link(world)
        forged = eves.replace(ref_of("eve@example.com"), ref_of(ANN.email))
        assert forged != eves
        for token in (forged, anns.replace(anns.rpartition(".")[2], eves.rpartition(".")[2])):
            with pytest.raises(ResetOver):
                reset(world, token)

    def test_a_link_dies_with_the_address(self, world: World) -> None:
        principal = signed_in(world)
        forgot(world)
        token = link(world)
        change = world.email_changes.begin(principal, "ann@example.net", network="")
        code = world.sealer.code("email_change", change.id)
        world.email_changes.verify(principal, code, network="", request_id="")
        with pytest.raises(ResetOver):
            reset(world, token)

    def test_an_address_without_an_account_has_no_link_that_works(self, world: World) -> None:
        forgot(world, "nobody@example.com")
        with pytest.raises(ResetOver):
            reset(world, link(world, "nobody@example.com"))

    def test_bad_passwords_do_not_spend_the_link(self, world: World) -> None:
        world.register_ann()
        forgot(world)
        for bad in ("password123", ANN.email):
            with pytest.raises(PasswordTooCommon):
                reset(world, link(world), bad)
        reset(world, link(world))


class TestResetting:
    def test_ends_every_session_and_tells_the_owner(self, world: World) -> None:
        tokens = world.register_ann()
        forgot(world)
        world.calls.names.clear()
        reset(world, link(world))
        assert world.calls.names[-1] == "transact_write_items"
        assert world.calls.names.count("transact_write_items") == 1
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(tokens.refresh_token, device=DEVICE)
        with pytest.raises(LoginRefused):
            world.log_in(password=PASSWORD)
        world.log_in(password=NEW)
        (notice,) = [item for item in world.items("USER#") if item.get("notice")][:1]
        assert notice["email"] == ANN.email
        (entry,) = world.items("AUDIT#")
        assert (entry["act"], entry["after"]) == ("password.changed", {"how": "reset"})
        assert NEW not in repr(world.items())

    def test_again_with_the_same_password_is_fine(self, world: World) -> None:
        world.register_ann()
        forgot(world)
        token = link(world)
        reset(world, token)
        before = world.items("USER#")
        reset(world, token)
        assert world.items("USER#") == before

    def test_opens_the_way_for_an_owner_who_is_being_slowed(self, world: World) -> None:
        world.register_ann()
        for _ in range(5):
            with pytest.raises(LoginRefused):
                world.log_in(password="wrong horse", device=DEVICE)
        with pytest.raises(TooManyAttempts):
            world.log_in(device=DEVICE)
        forgot(world)
        reset(world, link(world))
        assert world.log_in(password=NEW, device=DEVICE)

    def test_a_second_factor_stays_needed(self, world: World) -> None:
        user = world.register_ann().user
        world.repository.save_user(user, replace(user, second_factor=True))
        forgot(world)
        reset(world, link(world))
        proven = world.signing_in.log_in(email=ANN.email, password=NEW, device=DEVICE)
        assert proven.user.second_factor
        assert not hasattr(proven, "access_token")


class TestChanging:
    def change(self, world: World, principal: Principal, new: str, current: str | None) -> None:
        world.password_changes.change(
            principal, new=new, current=current, device=DEVICE, request_id="req_1"
        )

    def test_keeps_this_session_alone(self, world: World) -> None:
        other = world.register_ann()
        here = world.log_in()
        principal = world.access.verify(here.access_token)
        self.change(world, principal, NEW, PASSWORD)
        world.sessions.refresh(here.refresh_token, device=Device(name=""))
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(other.refresh_token, device=DEVICE)

    def test_again_changes_nothing(self, world: World) -> None:
        principal = signed_in(world)
        self.change(world, principal, NEW, PASSWORD)
        before = world.items()
        self.change(world, principal, NEW, PASSWORD)
        assert world.items() == before

    def test_a_wrong_present_one(self, world: World) -> None:
        with pytest.raises(PasswordWrong):
            self.change(world, signed_in(world), NEW, "wrong horse")

    def test_needs_an_address_to_sign_in_with(self, world: World) -> None:
        user = world.register_ann().user
        bare = replace(user, email=None, has_password=False)
        world.repository.save_user(user, bare)
        principal = Principal(
            user_id=user.id,
            handle="ann",
            roles=frozenset(),
            session_id="ses_1",  # type: ignore[arg-type]
        )
        with pytest.raises(EmailMissing):
            self.change(world, principal, NEW, None)
