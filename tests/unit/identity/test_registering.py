"""Registering: one transaction, unique names, repeats recognised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialflow.identity.errors import (
    EmailInvalid,
    EmailTaken,
    HandleReserved,
    HandleTaken,
    PasswordTooCommon,
    SigningKeysMissing,
)
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.idempotency import KeyReused
from tests.unit.identity.world import ANN, PASSWORD, PHONE, World

BEN = replace(ANN, email="ben@example.com", handle="ben", display_name="Ben")


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"email": "ann"}, EmailInvalid),
            ({"handle": "admin"}, HandleReserved),
            ({"password": "password1"}, PasswordTooCommon),
            ({"password": "ANN@example.com"}, PasswordTooCommon),
        ],
    )
    def test_malformed_leaves_nothing_behind(
        self, world: World, change: dict[str, str], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            world.accounts.register(replace(ANN, **change), device=Device(name=PHONE))
        assert world.calls.names == []

    def test_without_a_signing_key_leaves_nothing_behind(self, bare_world: World) -> None:
        with pytest.raises(SigningKeysMissing):
            bare_world.register_ann()
        assert bare_world.items() == []

    @pytest.mark.parametrize("email", ["ann@example.com", "ANN@EXAMPLE.COM", " Ann@example.com "])
    def test_a_taken_address(self, world: World, email: str) -> None:
        world.register_ann()
        before = world.items()
        with pytest.raises(EmailTaken):
            world.accounts.register(replace(BEN, email=email), device=Device(name=PHONE))
        assert world.items() == before

    @pytest.mark.parametrize("handle", ["ann", "Ann", "ANN"])
    def test_a_taken_handle(self, world: World, handle: str) -> None:
        world.register_ann()
        before = world.items()
        with pytest.raises(HandleTaken):
            world.accounts.register(replace(BEN, handle=handle), device=Device(name=PHONE))
        assert world.items() == before

    def test_both_taken_names_the_address(self, world: World) -> None:
        world.register_ann()
        with pytest.raises(EmailTaken):
            world.register_ann()


class TestSuccess:
    def test_signs_the_owner_in(self, world: World) -> None:
        signed_in = world.register_ann()
        principal = world.access.verify(signed_in.access_token)
        assert principal.user_id == signed_in.user.id
        assert principal.handle == "ann"
        assert principal.roles == {"viewer", "creator"}
        assert signed_in.expires_in_seconds == 900
        assert (
            world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE)).user
            == signed_in.user
        )
        assert world.accounts.me(principal) == signed_in.user

    def test_is_one_write(self, world: World) -> None:
        world.register_ann()
        assert world.calls.names == ["transact_write_items"]

    def test_keeps_neither_password_nor_token(self, world: World) -> None:
        signed_in = world.register_ann(idempotency_key="key-1")
        kept = repr(world.items())
        root = signed_in.refresh_token.split(".")[5]
        for secret in (PASSWORD, signed_in.refresh_token, signed_in.access_token, root, "key-1"):
            assert secret not in kept

    def test_only_the_login_holds_the_hash(self, world: World) -> None:
        world.register_ann()
        holders = [item["pk"] for item in world.items() if "$argon2id$" in repr(item)]
        assert holders == ["EMAIL#ann@example.com"]


class TestRepeats:
    def test_the_same_request_gets_the_same_session(self, world: World) -> None:
        first = world.register_ann(idempotency_key="key-1")
        before = world.items()
        again = world.register_ann(idempotency_key="key-1")
        assert again.user == first.user
        assert again.refresh_token == first.refresh_token
        assert world.items() == before

    def test_another_key_is_another_request(self, world: World) -> None:
        world.register_ann(idempotency_key="key-1")
        with pytest.raises(EmailTaken):
            world.register_ann(idempotency_key="key-2")

    @pytest.mark.parametrize(
        "change", [{"password": "another horse"}, {"handle": "anna"}, {"display_name": "Anna"}]
    )
    def test_the_key_with_another_body(self, world: World, change: dict[str, str]) -> None:
        world.register_ann(idempotency_key="key-1")
        with pytest.raises(KeyReused):
            world.accounts.register(
                replace(ANN, **change), device=Device(name=PHONE), idempotency_key="key-1"
            )

    def test_after_a_day_the_key_means_nothing(self, world: World) -> None:
        world.register_ann(idempotency_key="key-1")
        world.clock.move(hours=25)
        with pytest.raises(EmailTaken):
            world.register_ann(idempotency_key="key-1")

    def test_a_repeat_after_the_session_went_on_does_not_disturb_it(self, world: World) -> None:
        first = world.register_ann(idempotency_key="key-1")
        second = world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        world.clock.move(minutes=5)
        again = world.register_ann(idempotency_key="key-1")
        assert again.refresh_token != first.refresh_token
        assert (
            world.sessions.refresh(again.refresh_token, device=Device(name=PHONE)).user
            == first.user
        )
        assert (
            world.sessions.refresh(second.refresh_token, device=Device(name=PHONE)).user
            == first.user
        )
