"""Which passwords are good enough, and how they are kept."""

from __future__ import annotations

import time

import pytest

from socialflow.identity.errors import PasswordInvalid, PasswordTooCommon
from socialflow.identity.passwords import hashing as module
from socialflow.identity.passwords.common import common_passwords
from socialflow.identity.passwords.hashing import Passwords, checked_password


class TestChecking:
    @pytest.mark.parametrize("text", ["", "short77", "e\u0301" * 5, "long enough" * 30])
    def test_refuses_other_lengths(self, text: str) -> None:
        with pytest.raises(PasswordInvalid):
            checked_password(text)

    @pytest.mark.parametrize("text", ["with\x00null-byte", "with\nnew line", "with\ud800surrogate"])
    def test_refuses_control_characters(self, text: str) -> None:
        with pytest.raises(PasswordInvalid):
            checked_password(text)

    @pytest.mark.parametrize(
        "text",
        ["password", "PassWord1", "12345678", "aaaaaaaaaa", "ann@example.com", "Ann_Example"],
    )
    def test_refuses_what_is_guessed_first(self, text: str) -> None:
        with pytest.raises(PasswordTooCommon):
            checked_password(text, about=("ann@example.com", "ann_example"))

    @pytest.mark.parametrize(
        "text", ["correct horse", "пароль семь", "x y z 1 2", "🐎🔋📎🐎🔋📎🐎🔋"]
    )
    def test_asks_for_length_alone(self, text: str) -> None:
        assert checked_password(text) == text

    def test_the_list_holds_nothing_that_could_not_be_met(self) -> None:
        assert len(common_passwords()) > 10_000
        for common in common_passwords():
            assert common == common.casefold()
            assert len(common) >= module.MIN_CHARACTERS, common


class TestHashing:
    def test_is_argon2id_at_owasp_parameters(self) -> None:
        assert Passwords().hash("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_refuses_another_password(self) -> None:
        passwords = Passwords()
        assert not passwords.matches("correct hors", passwords.hash("correct horse"))

    def test_refuses_everything_where_there_is_no_account(self) -> None:
        assert not Passwords().matches("correct horse", None)
        assert not Passwords().matches("", None)

    def test_takes_the_same_password_in_another_normal_form(self) -> None:
        passwords = Passwords()
        assert passwords.matches("cafe\u0301 au lait", passwords.hash("café au lait"))

    def test_a_longer_password_with_the_same_beginning_is_another(self) -> None:
        passwords = Passwords()
        encoded = passwords.hash("x" * 255 + "y")
        assert passwords.matches("x" * 255 + "y", encoded)
        assert not passwords.matches("x" * 255 + "yz", encoded)

    def test_a_raised_parameter_makes_old_hashes_outdated(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = Passwords().hash("correct horse")
        assert not Passwords().is_outdated(before)
        monkeypatch.setattr(module, "PASSES", module.PASSES + 1)
        module._hasher.cache_clear()
        try:
            assert Passwords().is_outdated(before)
            assert Passwords().matches("correct horse", before)
        finally:
            module._hasher.cache_clear()

    def test_an_unknown_account_costs_what_a_known_one_costs(self) -> None:
        passwords = Passwords()
        encoded = passwords.hash("correct horse")

        def cpu_of(stored: str | None) -> float:
            costs = []
            for _ in range(5):
                before = time.process_time()
                assert not passwords.matches("wrong horse", stored)
                costs.append(time.process_time() - before)
            return min(costs)

        assert cpu_of(None) == pytest.approx(cpu_of(encoded), rel=0.5)
