"""Names and handles that come from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.identity.federation.models import (
    ProviderIdentity,
    confirmed_email,
    s256,
    suggested_handle,
    told_name,
)


class TestNames:
    @pytest.mark.parametrize(
        ("parts", "name"),
        [
            (("Nora",), "Nora"),
            (("Nora", "Lindqvist"), "Nora Lindqvist"),
            (("Nora", None), "Nora"),
            (("  Nora\t\nL ",), "Nora L"),
            (("N" * 80,), "N" * 50),
            (("",), None),
            ((None, 7), None),
            (("\u200b\u202e",), None),
            (("\u0301\u0301",), None),
            (("<b>Nora</b>",), "<b>Nora</b>"),
        ],
    )
    def test_are_made_fit_to_be_shown(self, parts: tuple[Any, ...], name: str | None) -> None:
        assert told_name(*parts) == name


class TestAddresses:
    @pytest.mark.parametrize(
        ("told", "kept"),
        [
            ("Nora@Example.NET", "nora@example.net"),
            ("nora@xn--bcher-kva.example", "nora@xn--bcher-kva.example"),
            ("nora", None),
            (None, None),
        ],
    )
    def test_are_kept_in_normal_form(self, told: object, kept: str | None) -> None:
        assert confirmed_email(told) == kept

    @pytest.mark.parametrize(
        "told",
        [
            "nora@fa\u00df.example",  # IDNA 2003 says fass.example, IDNA 2008 another domain
            "no\u017fa@example.net",  # a long s, which is folded to an s
            "\u212aarl@example.net",  # the sign of Kelvin, which is folded to a k
            "wei\u00df@example.net",
        ],
    )
    def test_confirm_no_mailbox_that_only_normal_form_makes_them(self, told: str) -> None:
        assert confirmed_email(told) is None


class TestHandles:
    @pytest.mark.parametrize(
        ("identity", "handle"),
        [
            ({"username": "nora-l"}, "nora_l"),
            ({"username": "Nora.Lindqvist"}, "nora_lindqvist"),
            ({"username": "admin", "name": "Nora L"}, "nora_l"),
            ({"name": "Zoë Müller"}, "zoe_muller"),
            ({"name": "李"}, ""),
            ({"name": "李", "email": "li.wei@example.net"}, "li_wei"),
            ({"username": "x" * 60}, "x" * 30),
            ({"username": "__a__"}, ""),
            ({}, ""),
        ],
    )
    def test_are_suggested(self, identity: dict[str, str], handle: str) -> None:
        told = ProviderIdentity(provider="github", subject="1", **identity)
        assert suggested_handle(told) == handle


def test_the_challenge_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert s256(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
