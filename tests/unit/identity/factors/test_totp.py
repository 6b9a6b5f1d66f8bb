"""Codes of authenticator apps: RFC 6238's own vectors, drift, replay, and what a phone scans."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pyotp
import pytest

from socialflow.identity.factors import totp

# RFC 6238, appendix B: 20, 32 and 64 octets of ASCII digits, by algorithm.
KEYS = {
    "sha1": b"12345678901234567890",
    "sha256": b"12345678901234567890123456789012",
    "sha512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
VECTORS = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]
SECRET = KEYS["sha1"]
NOW = datetime(2026, 11, 21, 9, 30, 10, tzinfo=UTC)
HERE = totp.step_at(NOW)


class TestVectors:
    @pytest.mark.parametrize(("seconds", "code"), [(row[0], row[1]) for row in VECTORS])
    def test_ours_are_the_last_six_digits_of_the_rfcs(self, seconds: int, code: str) -> None:
        step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
        assert totp.code_at(SECRET, step) == code[-6:]

    @pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), VECTORS)
    def test_the_library_computes_all_of_them(
        self, seconds: int, sha1: str, sha256: str, sha512: str
    ) -> None:
        for algorithm, expected in (("sha1", sha1), ("sha256", sha256), ("sha512", sha512)):
            shared = totp.shown_secret(KEYS[algorithm])
            digest = getattr(hashlib, algorithm)
            assert pyotp.TOTP(shared, digits=8, digest=digest).at(seconds) == expected

    @pytest.mark.parametrize(
        ("seconds", "step"), [(0, 0), (29, 0), (30, 1), (59, 1), (1111111109, 0x23523EC)]
    )
    def test_steps_are_of_thirty_seconds_from_1970(self, seconds: int, step: int) -> None:
        assert totp.step_at(datetime.fromtimestamp(seconds, UTC)) == step


class TestDriftAndReplay:
    @pytest.mark.parametrize("drift", [-1, 0, 1])
    def test_a_clock_may_be_a_step_off(self, drift: int) -> None:
        code = totp.code_at(SECRET, HERE + drift)
        assert totp.accepted_step(SECRET, code, now=NOW, after=None) == HERE + drift

    @pytest.mark.parametrize("drift", [-1000, -3, -2, 2, 3])
    def test_and_no_more(self, drift: int) -> None:
        code = totp.code_at(SECRET, HERE + drift)
        assert totp.accepted_step(SECRET, code, now=NOW, after=None) is None

    @pytest.mark.parametrize("edge", [timedelta(seconds=-10), timedelta(seconds=19)])
    def test_the_window_moves_with_the_step(self, edge: timedelta) -> None:
        now = NOW + edge
        assert totp.step_at(now) == HERE
        late, early = totp.code_at(SECRET, HERE - 1), totp.code_at(SECRET, HERE + 2)
        assert totp.accepted_step(SECRET, late, now=now, after=None) == HERE - 1
        assert totp.accepted_step(SECRET, early, now=now, after=None) is None
        later = now + timedelta(seconds=30)
        assert totp.accepted_step(SECRET, late, now=later, after=None) is None
        assert totp.accepted_step(SECRET, early, now=later, after=None) == HERE + 2

    @pytest.mark.parametrize("step", [HERE - 1, HERE])
    def test_neither_the_last_step_nor_one_before_it_is_taken_again(self, step: int) -> None:
        code = totp.code_at(SECRET, step)
        assert totp.accepted_step(SECRET, code, now=NOW, after=HERE) is None

    def test_the_step_after_the_last_one_is(self) -> None:
        code = totp.code_at(SECRET, HERE + 1)
        assert totp.accepted_step(SECRET, code, now=NOW, after=HERE) == HERE + 1

    @pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "\u0660" * 6])
    def test_another_code_is_of_no_step(self, code: str) -> None:
        assert totp.accepted_step(SECRET, code, now=NOW, after=None) is None

    def test_another_secret_is_of_no_step(self) -> None:
        code = totp.code_at(b"another secret of 20", HERE)
        assert totp.accepted_step(SECRET, code, now=NOW, after=None) is None


class TestTyping:
    @pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "1 2 3 4 5 6"])
    def test_spacing_does_not_matter(self, typed: str) -> None:
        assert totp.normal_code(typed) == "123456"

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "\u0661" * 6, "½23456"])
    def test_what_is_not_six_digits_is_no_code(self, typed: str) -> None:
        assert totp.normal_code(typed) is None


class TestHandingOver:
    def test_a_secret_has_160_bits_of_its_own(self) -> None:
        secrets = {totp.new_secret() for _ in range(50)}
        assert len(secrets) == 50
        assert {len(secret) for secret in secrets} == {20}

    def test_the_uri_names_account_and_issuer(self) -> None:
        uri = urlsplit(totp.otpauth_uri(SECRET, "ann"))
        assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
        assert uri.path == "/Social%20Flow:ann"
        asked = parse_qs(uri.query)
        assert asked["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
        assert asked["issuer"] == ["Social Flow"]

    def test_an_app_that_reads_the_uri_shows_the_same_codes(self) -> None:
        app = pyotp.parse_uri(totp.otpauth_uri(SECRET, "ann"))
        assert isinstance(app, pyotp.TOTP)
        assert app.at(NOW) == totp.code_at(SECRET, HERE)

    def test_the_qr_code_is_a_drawing_and_nothing_else(self) -> None:
        drawing = ElementTree.fromstring(totp.qr_svg(totp.otpauth_uri(SECRET, "ann")))  # noqa: S314 - our own
        names = {each.tag.rpartition("}")[2] for each in drawing.iter()}
        assert names == {"svg", "path"}
        assert "viewBox" in drawing.attrib
