"""Seals: who can make them, what they are good for, and that rotation loses none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialflow.identity.sealing.errors import SealBroken, SealExpired
from socialflow.identity.sealing.sealer import Sealer, hkdf
from socialflow.identity.sealing.secret import SealingSecret
from socialflow.platform.aws import client
from socialflow.platform.ids import moment_of
from tests.unit.doubles import START, CountedCalls, CountedIds, MovableClock
from tests.unit.identity.sealing.conftest import secret_of

HOUR = timedelta(hours=1)


class TestTokens:
    def test_names_what_it_was_made_for(self, sealer: Sealer, ids: CountedIds) -> None:
        id = ids("rst")
        token = sealer.token("reset", id, START + HOUR)
        assert sealer.open_token("reset", token) == id

    def test_another_purpose_is_another_seal(self, sealer: Sealer, ids: CountedIds) -> None:
        token = sealer.token("reset", ids("rst"), START + HOUR)
        with pytest.raises(SealBroken):
            sealer.open_token("register", token)

    def test_is_over_at_its_last_moment(
        self, sealer: Sealer, ids: CountedIds, clock: MovableClock
    ) -> None:
        token = sealer.token("reset", ids("rst"), START + HOUR)
        clock.move(hours=1, seconds=-1)
        sealer.open_token("reset", token)
        clock.move(seconds=1)
        with pytest.raises(SealExpired):
            sealer.open_token("reset", token)

    def test_nobody_puts_off_its_end(self, sealer: Sealer, ids: CountedIds) -> None:
        version, key, _, rest = sealer.token("reset", ids("rst"), START + HOUR).split(".", 3)
        later = int((START + 2 * HOUR).timestamp())
        with pytest.raises(SealBroken):
            sealer.open_token("reset", f"{version}.{key}.{later}.{rest}")

    def test_no_character_of_it_can_be_another(self, sealer: Sealer, ids: CountedIds) -> None:
        token = sealer.token("reset", ids("rst"), START + HOUR)
        for place, character in enumerate(token):
            changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
            with pytest.raises(SealBroken):
                sealer.open_token("reset", changed)

    @pytest.mark.parametrize(
        "text", ["", ".", "sfs1....", "sfs1.00000000.1.x." + "A" * 43, "x" * 1_000_000, "é" * 50]
    )
    def test_what_is_no_token_is_refused(self, sealer: Sealer, text: str) -> None:
        with pytest.raises(SealBroken):
            sealer.open_token("reset", text)

    @pytest.mark.parametrize("id", ["", "a.b", "a b", "a\nb", "x" * 201, "ä"])
    def test_only_plain_ids_are_sealed(self, sealer: Sealer, id: str) -> None:
        with pytest.raises(ValueError, match="letters, digits"):
            sealer.token("reset", id, START)

    def test_opens_without_a_call_once_the_keys_are_known(
        self, secret: SealingSecret, clock: MovableClock, ids: CountedIds
    ) -> None:
        calls = CountedCalls(client("secretsmanager"))
        sealer = Sealer(secret_of(clock, calls), clock=clock)
        token = sealer.token("reset", ids("rst"), START + HOUR)
        for _ in range(10):
            sealer.open_token("reset", token)
        assert calls.names == ["get_secret_value"]


class TestCodes:
    def test_six_digits_that_follow_from_the_id(self, sealer: Sealer, ids: CountedIds) -> None:
        codes = [sealer.code("register", ids("reg")) for _ in range(200)]
        assert all(len(code) == 6 and code.isdecimal() for code in codes)
        assert len(set(codes)) > 190
        assert {code[0] for code in codes} == set("0123456789"), "leading zeros are kept"

    def test_of_each_purpose_another(self, sealer: Sealer, ids: CountedIds) -> None:
        id = ids("reg")
        assert sealer.code("register", id) == sealer.code("register", id)
        assert sealer.code("register", id) != sealer.code("email", id)
        assert sealer.derive("nonce", id) != sealer.derive("pkce", id)

    def test_is_taken_as_people_type_it(self, sealer: Sealer, ids: CountedIds) -> None:
        id = ids("reg")
        code = sealer.code("register", id)
        for typed in (code, f" {code[:3]} {code[3:]} ", f"{code[:3]}-{code[3:]}"):
            assert sealer.matches_code("register", id, typed)
        wrong = str((int(code) + 1) % 1_000_000).zfill(6)
        for typed in (wrong, "", code[:5], code + "0", "١٢٣٤٥٦", code.replace(code[0], "é")):
            assert not sealer.matches_code("register", id, typed)

    def test_needs_an_id_with_a_moment(self, sealer: Sealer) -> None:
        with pytest.raises(ValueError, match="ULID"):
            sealer.code("register", "register")

    def test_is_the_same_on_both_sides_of_a_rotation(
        self, secret: SealingSecret, sealer: Sealer, ids: CountedIds, clock: MovableClock
    ) -> None:
        clock.move(days=364, hours=23, minutes=59)
        id = ids("reg")
        code, verifier = sealer.code("register", id), sealer.derive("pkce", id)
        token = sealer.token("reset", id, clock() + 3 * HOUR)
        clock.move(minutes=1)
        secret.tend()
        clock.move(hours=1, minutes=6)
        assert len(secret.ring().keys) == 2
        assert sealer.code("register", id) == code
        assert sealer.derive("pkce", id) == verifier
        assert sealer.open_token("reset", token) == id
        late = ids("reg")
        assert sealer.token("reset", late, clock()).split(".")[1] == secret.ring().keys[1].id


class TestEncryption:
    def test_opens_for_its_owner_alone(self, sealer: Sealer) -> None:
        sealed = sealer.encrypt("totp", "usr_ann", b"secret of Ann's")
        assert b"secret" not in sealed.encode()
        assert sealer.decrypt("totp", "usr_ann", sealed) == b"secret of Ann's"
        for purpose, owner in (("totp", "usr_ben"), ("passkey", "usr_ann")):
            with pytest.raises(SealBroken):
                sealer.decrypt(purpose, owner, sealed)

    def test_twice_the_same_is_never_the_same_text(self, sealer: Sealer) -> None:
        assert sealer.encrypt("totp", "ann", b"x") != sealer.encrypt("totp", "ann", b"x")

    @pytest.mark.parametrize("text", ["", ".", "00000000." + "A" * 40, "zz." + "A" * 40])
    def test_what_is_not_ours_is_refused(self, sealer: Sealer, text: str) -> None:
        with pytest.raises(SealBroken):
            sealer.decrypt("totp", "ann", text)

    def test_changed_bytes_are_refused(self, sealer: Sealer) -> None:
        sealed = sealer.encrypt("totp", "ann", b"secret bytes")
        for place in range(len("00000000."), len(sealed) - 1):
            other = "A" if sealed[place] != "A" else "B"
            with pytest.raises(SealBroken):
                sealer.decrypt("totp", "ann", sealed[:place] + other + sealed[place + 1 :])
        for length in range(len(sealed)):
            with pytest.raises(SealBroken):
                sealer.decrypt("totp", "ann", sealed[:length])

    def test_opens_after_ten_rotations(
        self, secret: SealingSecret, sealer: Sealer, clock: MovableClock
    ) -> None:
        sealed = sealer.encrypt("totp", "ann", b"secret")
        for _ in range(10):
            clock.move(days=366)
            secret.tend()
        assert len(secret.ring().keys) == 11
        assert sealer.decrypt("totp", "ann", sealed) == b"secret"


class TestDerivation:
    """RFC 5869, appendix A.1 to A.3."""

    @pytest.mark.parametrize(
        ("secret", "salt", "info", "length", "expected"),
        [
            (
                "0b" * 22,
                "000102030405060708090a0b0c",
                "f0f1f2f3f4f5f6f7f8f9",
                42,
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            (
                bytes(range(80)).hex(),
                bytes(range(0x60, 0xB0)).hex(),
                bytes(range(0xB0, 0x100)).hex(),
                82,
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb"
                "41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            ),
            (
                "0b" * 22,
                "",
                "",
                42,
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            ),
        ],
    )
    def test_vectors(self, secret: str, salt: str, info: str, length: int, expected: str) -> None:
        made = hkdf(
            bytes.fromhex(secret), bytes.fromhex(info), salt=bytes.fromhex(salt), length=length
        )
        assert made.hex() == expected


def test_an_id_tells_its_moment(ids: CountedIds, clock: MovableClock) -> None:
    clock.move(milliseconds=1_234)
    assert moment_of(ids("reg")) == clock()
    for text in ("", "reg", "reg_" + "I" * 26, ids("reg").lower()):
        with pytest.raises(ValueError, match="ULID"):
            moment_of(text)
