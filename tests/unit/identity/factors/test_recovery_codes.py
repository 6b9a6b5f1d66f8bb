"""Recovery codes: how they look, what is read as one, what is kept of them."""

from __future__ import annotations

import re

import pytest

from socialflow.identity.factors import recovery_codes
from socialflow.platform.principal import UserId

ANN, BEN = UserId("usr_ann"), UserId("usr_ben")
CODE = "7K3M9QXA2FHTWZ0P"


def test_ten_different_ones_of_80_bits() -> None:
    codes = [code for _ in range(20) for code in recovery_codes.new_codes()]
    assert len(codes) == len(set(codes)) == 200
    shape = re.compile(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}")
    assert all(shape.fullmatch(code) for code in codes)
    # Each of the 32 characters comes somewhere, so no bits of a character stand still.
    assert len({character for code in codes for character in code if character != "-"}) == 32


@pytest.mark.parametrize(
    "typed",
    ["7K3M-9QXA-2FHT-WZ0P", "7k3m9qxa2fhtwz0p", " 7K3M 9QXA 2FHT WZ0P ", "7k3m-9qxa-2fht-wzOp"],
)
def test_is_read_however_it_is_typed(typed: str) -> None:
    assert recovery_codes.normal_code(typed) == CODE


def test_letters_that_look_like_digits_are_those() -> None:
    assert recovery_codes.normal_code("oOlLiI00-11223344") == "0011110011223344"


@pytest.mark.parametrize("typed", ["", "123456", CODE[:-1], CODE + "A", "U" * 16, "é" * 16])
def test_anything_else_is_none(typed: str) -> None:
    assert recovery_codes.normal_code(typed) is None


def test_the_hash_of_what_was_shown_is_that_of_what_is_typed() -> None:
    codes = recovery_codes.new_codes()
    kept = recovery_codes.hashes_of(ANN, codes)
    assert len(kept) == 10
    typed = [recovery_codes.normal_code(code.lower()) for code in codes]
    assert tuple(recovery_codes.code_hash(ANN, code) for code in typed if code) == kept


def test_an_equal_code_of_another_account_has_another_hash() -> None:
    assert recovery_codes.code_hash(ANN, CODE) != recovery_codes.code_hash(BEN, CODE)
    assert CODE not in recovery_codes.code_hash(ANN, CODE)
