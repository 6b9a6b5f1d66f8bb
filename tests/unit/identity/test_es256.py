"""ES256 of ours against another implementation (joserfc), and texts that are none."""

from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from socialflow.identity.tokens import es256

HEADER = {"alg": "ES256", "kid": "k", "typ": "at+jwt"}
CLAIMS = {"sub": "usr_1", "exp": 4_000_000_000}


def parts(token: str) -> tuple[str, str]:
    body, _, signature = token.rpartition(".")
    return body, signature


class TestEncoding:
    @pytest.mark.parametrize("text", ["A", "AB==", "AA!A", "AA\nA", "AB", "é", "A" * 5])
    def test_refuses_other_spellings(self, text: str) -> None:
        """`AB` decodes to what `AA` does: bits beyond the byte are ignored by a lenient decoder."""
        with pytest.raises(es256.NotEncoded):
            es256.from_base64url(text)

    @pytest.mark.parametrize("value", ["bnVsbA", "W10", "MQ", "eyJ", es256.base64url(b"[" * 9999)])
    def test_refuses_what_is_no_object(self, value: str) -> None:
        with pytest.raises(es256.NotEncoded):
            es256.json_object(value)

    @pytest.mark.parametrize("size", range(5))
    def test_reads_what_it_wrote(self, size: int) -> None:
        data = bytes(range(250, 250 + size))
        assert es256.from_base64url(es256.base64url(data)) == data


class TestKeys:
    def test_a_new_key_is_read_by_others(self) -> None:
        jwk = es256.new_private_jwk()
        other = ECKey.import_key(dict(jwk))
        assert other.is_private
        assert es256.thumbprint(jwk) == other.thumbprint()

    def test_a_point_off_the_curve_is_no_key(self) -> None:
        jwk = es256.new_private_jwk()
        with pytest.raises(ValueError, match="curve"):
            es256.public_key(jwk | {"x": jwk["y"], "y": jwk["x"]})


class TestSigning:
    def test_what_we_sign_others_verify(self) -> None:
        jwk = es256.new_private_jwk()
        token = es256.signed(HEADER, CLAIMS, es256.private_key(jwk))
        read = jwt.decode(token, ECKey.import_key(dict(jwk)), algorithms=["ES256"])
        assert (read.header, read.claims) == (HEADER, CLAIMS)

    def test_what_others_sign_we_verify(self) -> None:
        jwk = es256.new_private_jwk()
        token = jwt.encode(HEADER, CLAIMS, ECKey.import_key(dict(jwk)), algorithms=["ES256"])
        assert es256.is_signed(*parts(token), es256.public_key(jwk))

    def test_any_other_signature_is_refused(self) -> None:
        jwk = es256.new_private_jwk()
        body, signature = parts(es256.signed(HEADER, CLAIMS, es256.private_key(jwk)))
        key = es256.public_key(jwk)
        raw = es256.from_base64url(signature)
        others = [
            b"",
            bytes(64),
            raw[:-1],
            raw + b"\0",
            raw[32:] + raw[:32],
            bytes([raw[0] ^ 1]) + raw[1:],
            b"\xff" * 64,
        ]
        assert es256.is_signed(body, signature, key)
        assert not any(es256.is_signed(body, es256.base64url(each), key) for each in others)
        assert not es256.is_signed(body, signature + "=", key)
        assert not es256.is_signed(body + "A", signature, key)
        other = es256.public_key(es256.new_private_jwk())
        assert not es256.is_signed(body, signature, other)
