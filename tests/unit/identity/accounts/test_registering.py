"""Registering in two steps: what is told, to whom, and what is left behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialflow.identity.accounts.pending import REGISTRATION_SEAL
from socialflow.identity.errors import (
    CodeWrong,
    EmailInvalid,
    EmailTaken,
    HandleReserved,
    HandleTaken,
    PasswordTooCommon,
    RegistrationOver,
    SigningKeysMissing,
)
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.idempotency import KeyReused
from socialflow.platform.rate_limits import RateLimited, TooManyAttempts
from tests.unit.identity.world import ANN, PASSWORD, PHONE, World

BEN = replace(ANN, email="ben@example.com", handle="ben", display_name="Ben")
DEVICE = Device(name=PHONE, address="203.0.113.7")


def begin(world: World, key: str | None = None, **change: str) -> str:
    token, _ = world.registrations.begin(
        replace(ANN, **change), network=DEVICE.address, idempotency_key=key
    )
    return token


def wrong(code: str) -> str:
    return str((int(code) + 1) % 1_000_000).zfill(6)


class TestBeginning:
    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"email": "ann"}, EmailInvalid),
            # SES reaches no address of this kind.
            ({"email": "zoë@example.com"}, EmailInvalid),
            ({"email": "ann@example.com\r\nBcc: all@example.com"}, EmailInvalid),
            ({"handle": "admin"}, HandleReserved),
            ({"password": "password1"}, PasswordTooCommon),
            ({"password": "ANN@example.com"}, PasswordTooCommon),
        ],
    )
    def test_malformed_leaves_nothing_behind(
        self, world: World, change: dict[str, str], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            begin(world, **change)
        assert world.calls.names == []

    @pytest.mark.parametrize("handle", ["ann", "Ann", "ANN", "aNN"])
    def test_a_taken_handle_is_told_at_once(self, world: World, handle: str) -> None:
        world.register_ann()
        with pytest.raises(HandleTaken):
            begin(world, email="ben@example.com", handle=handle)
        assert len(world.items("PENDING#")) == 1

    def test_a_handle_that_looks_taken_is_told_at_once(self, world: World) -> None:
        world.register(replace(ANN, handle="marina"))
        with pytest.raises(HandleTaken):
            begin(world, email="ben@example.com", handle="rnarina")

    def test_nothing_is_looked_up_under_the_address(self, world: World) -> None:
        world.register_ann()
        costs = []
        for email in ("ann@example.com", "nobody@example.com"):
            world.calls.names.clear()
            begin(world, email=email, handle="somebody", display_name="Somebody")
            costs.append(list(world.calls.names))
        assert costs == [["transact_write_items", "transact_write_items"]] * 2

    def test_keeps_no_password_no_token_no_code(self, world: World) -> None:
        token = begin(world, key="key-1")
        kept = repr(world.items("PENDING#"))
        for secret in (PASSWORD, token, token.split(".")[-1], world.mailed_code(token), "key-1"):
            assert secret not in kept

    def test_goes_by_itself_after_an_hour(self, world: World) -> None:
        begin(world)
        (item,) = world.items("PENDING#")
        assert item["expires_at"] == int(world.clock().timestamp()) + 3600

    def test_mails_to_one_address_are_slowed_and_bounded(self, world: World) -> None:
        for _ in range(3):
            begin(world)
        with pytest.raises(TooManyAttempts):
            begin(world)
        for network in range(17):
            world.registrations.begin(ANN, network=f"198.51.100.{network}")
        with pytest.raises(RateLimited):
            world.registrations.begin(ANN, network="198.51.100.17")
        assert len(world.items("PENDING#")) == 20


class TestVerifying:
    def test_makes_the_account_and_signs_its_owner_in(self, world: World) -> None:
        signed_in = world.register_ann()
        principal = world.access.verify(signed_in.access_token)
        assert principal.user_id == signed_in.user.id
        assert principal.handle == "ann"
        assert principal.roles == {"viewer", "creator"}
        assert signed_in.expires_in_seconds == 900
        refreshed = world.sessions.refresh(signed_in.refresh_token, device=DEVICE)
        assert refreshed.user == signed_in.user
        assert world.repository.user(signed_in.user.id) == signed_in.user

    def test_counts_reads_and_writes_once_each(self, world: World) -> None:
        token = begin(world)
        world.calls.names.clear()
        world.registrations.verify(token, world.mailed_code(token), device=DEVICE)
        assert world.calls.names == ["update_item", "get_item", "transact_write_items"]

    def test_without_a_signing_key_makes_nothing(self, bare_world: World) -> None:
        with pytest.raises(SigningKeysMissing):
            bare_world.register_ann()
        assert not bare_world.items("USER#")
        assert not bare_world.items("EMAIL#")

    def test_only_the_login_holds_the_hash(self, world: World) -> None:
        world.register_ann()
        holders = [item["pk"] for item in world.items() if "$argon2id$" in repr(item)]
        assert holders == ["EMAIL#ann@example.com"]

    def test_keeps_neither_password_nor_token(self, world: World) -> None:
        signed_in = world.register_ann(idempotency_key="key-1")
        kept = repr(world.items())
        root = signed_in.refresh_token.split(".")[5]
        for secret in (PASSWORD, signed_in.refresh_token, signed_in.access_token, root, "key-1"):
            assert secret not in kept

    def test_who_it_was_is_gone_from_the_registration(self, world: World) -> None:
        world.register_ann()
        (item,) = world.items("PENDING#")
        assert not {"email", "handle", "display_name", "password_hash"} & set(item)

    def test_another_handle_where_the_first_was_taken_meanwhile(self, world: World) -> None:
        token = begin(world)
        world.register(replace(BEN, handle="ann"))
        code = world.mailed_code(token)
        with pytest.raises(HandleTaken):
            world.registrations.verify(token, code, device=DEVICE)
        signed_in = world.registrations.verify(token, code, handle="Ann_2", device=DEVICE)
        assert signed_in.user.handle == "ann_2"
        with pytest.raises(RegistrationOver):
            world.registrations.verify(token, code, handle="admin", device=DEVICE)

    def test_of_two_registrations_of_a_mailbox_one_makes_it(self, world: World) -> None:
        first, second = begin(world), begin(world, handle="ann_b")
        world.registrations.verify(first, world.mailed_code(first), device=DEVICE)
        with pytest.raises(EmailTaken):
            world.registrations.verify(second, world.mailed_code(second), device=DEVICE)
        assert len(world.items("EMAIL#")) == 1


class TestAttacks:
    def test_a_code_ends_after_five_tries(self, world: World) -> None:
        token = begin(world)
        code = world.mailed_code(token)
        for _ in range(5):
            with pytest.raises(CodeWrong):
                world.registrations.verify(token, wrong(code), device=DEVICE)
        with pytest.raises(RegistrationOver):
            world.registrations.verify(token, code, device=DEVICE)
        assert not world.items("EMAIL#")

    def test_the_code_of_another_registration_is_none(self, world: World) -> None:
        """A stranger's mail, or one's own of another address, finishes nobody else's form."""
        mine, victims = begin(world, email="eve@example.com", handle="eve"), begin(world)
        with pytest.raises(CodeWrong):
            world.registrations.verify(victims, world.mailed_code(mine), device=DEVICE)

    def test_whoever_clicks_a_strangers_mail_makes_no_account_of_theirs(self, world: World) -> None:
        """Eve fills in Ann's address with Eve's password; Ann has the code, Eve has the token."""
        begin(world, password="chosen by eve herself")
        anns = begin(world, handle="ann_b")
        signed_in = world.registrations.verify(anns, world.mailed_code(anns), device=DEVICE)
        assert world.log_in(password=PASSWORD).user == signed_in.user

    @pytest.mark.parametrize("purpose", ["password_reset", "email_change", "device"])
    def test_a_token_of_another_purpose_opens_nothing(self, world: World, purpose: str) -> None:
        token = begin(world)
        ref = world.sealer.open_token(REGISTRATION_SEAL, token)
        forged = world.sealer.token(purpose, ref, world.clock().replace(year=2030))
        with pytest.raises(RegistrationOver):
            world.registrations.verify(forged, world.mailed_code(token), device=DEVICE)

    def test_an_hour_later_it_is_over(self, world: World) -> None:
        token = begin(world)
        code = world.mailed_code(token)
        world.clock.move(hours=1)
        with pytest.raises(RegistrationOver):
            world.registrations.verify(token, code, device=DEVICE)

    def test_guesses_are_counted_before_they_are_compared(self, world: World) -> None:
        token = begin(world)
        world.calls.names.clear()
        with pytest.raises(CodeWrong):
            world.registrations.verify(token, wrong(world.mailed_code(token)), device=DEVICE)
        assert world.calls.names == ["update_item", "get_item"]


class TestRepeats:
    def test_the_same_request_is_the_same_registration_and_session(self, world: World) -> None:
        first = world.register_ann(idempotency_key="key-1")
        before = world.items("USER#")
        again = world.register_ann(idempotency_key="key-1")
        assert again.user == first.user
        assert again.refresh_token == first.refresh_token
        assert world.items("USER#") == before

    def test_the_token_is_the_same(self, world: World) -> None:
        first = begin(world, key="key-1")
        world.clock.move(minutes=1)
        assert begin(world, key="key-1") == first
        assert begin(world, key="key-2") != first

    def test_without_a_key_a_finished_registration_is_over(self, world: World) -> None:
        token = begin(world)
        code = world.mailed_code(token)
        world.registrations.verify(token, code, device=DEVICE)
        with pytest.raises(RegistrationOver):
            world.registrations.verify(token, code, device=DEVICE)

    @pytest.mark.parametrize(
        "change", [{"password": "another horse"}, {"handle": "anna"}, {"display_name": "Anna"}]
    )
    def test_the_key_with_another_body(self, world: World, change: dict[str, str]) -> None:
        begin(world, key="key-1")
        with pytest.raises(KeyReused):
            begin(world, key="key-1", **change)

    def test_the_key_is_of_its_address(self, world: World) -> None:
        """A stranger who guesses a key learns nothing of whom it was used for."""
        begin(world, key="key-1")
        begin(world, key="key-1", email="eve@example.com", handle="eve")
        assert len(world.items("PENDING#")) == 2

    def test_an_hour_later_the_key_begins_anew(self, world: World) -> None:
        first = begin(world, key="key-1")
        world.clock.move(hours=1)
        second = begin(world, key="key-1", handle="anna")
        assert second != first
        assert len(world.items("PENDING#")) == 1

    def test_a_repeat_after_the_session_went_on_does_not_disturb_it(self, world: World) -> None:
        first = world.register_ann(idempotency_key="key-1")
        second = world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        world.clock.move(minutes=5)
        with pytest.raises(RegistrationOver):
            world.register_ann(idempotency_key="key-1")
        world.sessions.refresh(second.refresh_token, device=Device(name=PHONE))
