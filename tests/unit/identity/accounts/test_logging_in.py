"""Logging in: one answer and one cost for every failure, three round trips."""

from __future__ import annotations

from dataclasses import replace

import argon2
import pytest

from socialflow.identity.accounts.signing_in import PasswordProven
from socialflow.identity.errors import LoginRefused
from socialflow.identity.passwords import hashing as passwords_module
from socialflow.identity.sessions.sessions import Device, SignedIn
from tests.unit.identity.world import PASSWORD, World

THREE_TRIPS = ["transact_write_items", "get_item", "transact_write_items"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("ann@example.com", "wrong horse battery"),
            ("ben@example.com", PASSWORD),
            ("not an address", PASSWORD),
            ("ann@example.com", ""),
            ("ann@example.com", "x" * 1024),
            ("ann@example.com", "\ud800" * 9),
        ],
    )
    def test_all_look_alike_and_make_no_session(
        self, world: World, email: str, password: str
    ) -> None:
        world.register_ann()
        before = [item for item in world.items() if not item["pk"].startswith("RATE#")]
        with pytest.raises(LoginRefused) as refused:
            world.log_in(email=email, password=password)
        assert refused.value.message == "The e-mail address or the password is wrong."
        assert refused.value.code == "login_refused"
        assert refused.value.details == {}
        assert [item for item in world.items() if not item["pk"].startswith("RATE#")] == before

    def test_an_unknown_address_costs_the_same_calls(self, world: World) -> None:
        world.register_ann()
        for email in ("ann@example.com", "ben@example.com"):
            world.calls.names.clear()
            with pytest.raises(LoginRefused):
                world.log_in(email=email, password="wrong horse", device=Device(name=""))
            assert world.calls.names == ["transact_write_items", "get_item"]

    def test_an_unknown_address_costs_the_same_hash(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.register_ann()
        parameters: list[str] = []
        verify = argon2.PasswordHasher.verify

        def counted(self: argon2.PasswordHasher, encoded: str, password: str) -> bool:
            parameters.append(encoded.rpartition("$")[0].rpartition("$")[0])
            return verify(self, encoded, password)

        monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
        for email in ("ann@example.com", "ben@example.com", "not an address"):
            with pytest.raises(LoginRefused):
                world.log_in(email=email, password="wrong horse", device=Device(name=""))
        assert parameters == ["$argon2id$v=19$m=19456,t=2,p=1"] * 3


class TestSuccess:
    def test_opens_a_session_of_its_own(self, world: World) -> None:
        first = world.register_ann()
        world.calls.names.clear()
        second = world.log_in(
            email="ANN@example.com", password=PASSWORD, device=Device(name="Browser")
        )
        assert world.calls.names == THREE_TRIPS
        assert second.user == first.user
        assert {item["device"] for item in world.sessions_of(first)} == {
            "SocialFlow/1.0 (phone)",
            "Browser",
        }
        assert world.access.verify(first.access_token) != world.access.verify(second.access_token)

    def test_a_session_expires_by_ttl_after_a_month_unused(self, world: World) -> None:
        signed_in = world.register_ann()
        (item,) = world.sessions_of(signed_in)
        assert item["expires_at"] == int(world.clock.now.timestamp()) + 30 * 86400


class TestRehashing:
    @pytest.fixture(autouse=True)
    def raise_parameters(self, world: World, monkeypatch: pytest.MonkeyPatch) -> object:
        world.register_ann()
        monkeypatch.setattr(passwords_module, "PASSES", 3)
        passwords_module._hasher.cache_clear()
        yield
        passwords_module._hasher.cache_clear()

    def test_follows_raised_parameters_with_the_session(self, world: World) -> None:
        world.calls.names.clear()
        world.log_in(email="ann@example.com", password=PASSWORD, device=Device(name=""))
        assert world.calls.names == THREE_TRIPS
        (login,) = world.items("EMAIL#")
        assert "$m=19456,t=3,p=1$" in login["password_hash"]
        world.calls.names.clear()
        world.log_in(email="ann@example.com", password=PASSWORD, device=Device(name=""))
        assert world.calls.names == THREE_TRIPS

    def test_losing_to_another_log_in_still_signs_in(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stale = world.repository.login("ann@example.com")
        logins = iter((stale,))
        world.log_in(email="ann@example.com", password=PASSWORD, device=Device(name="first"))
        (stronger,) = world.items("EMAIL#")
        read = world.repository.login
        monkeypatch.setattr(world.repository, "login", lambda email: next(logins, read(email)))
        world.log_in(email="ann@example.com", password=PASSWORD, device=Device(name="second"))
        assert world.items("EMAIL#") == [stronger]


class TestSecondFactor:
    """The password alone is not enough, and opens nothing."""

    @pytest.fixture(autouse=True)
    def switched_on(self, world: World) -> None:
        user = world.register_ann().user
        world.repository.save_user(user, replace(user, second_factor=True))

    def ask(self, world: World, password: str = PASSWORD) -> SignedIn | PasswordProven:
        return world.signing_in.log_in(
            email="ann@example.com", password=password, device=Device(name="")
        )

    def test_is_asked_for_and_no_session_opened(self, world: World) -> None:
        sessions = len([item for item in world.items("USER#") if item["kind"] == "session"])
        world.calls.names.clear()
        assert isinstance(self.ask(world), PasswordProven)
        assert world.calls.names == THREE_TRIPS
        after = [item for item in world.items("USER#") if item["kind"] == "session"]
        assert len(after) == sessions

    def test_a_wrong_password_does_not_tell_that_there_is_one(self, world: World) -> None:
        with pytest.raises(LoginRefused):
            self.ask(world, "wrong horse battery")

    def test_the_hash_follows_raised_parameters_here_too(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(passwords_module, "PASSES", 3)
        passwords_module._hasher.cache_clear()
        try:
            self.ask(world)
        finally:
            passwords_module._hasher.cache_clear()
        (login,) = world.items("EMAIL#")
        assert "$m=19456,t=3,p=1$" in login["password_hash"]
