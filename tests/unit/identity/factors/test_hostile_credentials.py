"""Answers that no browser would give: whatever their bytes are, they are refused."""

from __future__ import annotations

import itertools
import json
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.identity.factors.ceremonies import (
    CeremonyRefused,
    request_options,
    verify_new,
)
from tests.software_authenticator import SoftwareAuthenticator, to_bytes, to_text
from tests.unit.identity.factors.test_ceremonies import (
    CHALLENGE,
    ORIGIN,
    PARTY,
    options_for,
    verified,
)

_PHONE = SoftwareAuthenticator(ORIGIN)
_MADE = _PHONE.create(options_for())
_PASSKEY = verify_new(PARTY, _MADE, challenge=CHALLENGE)
_SIGNED = _PHONE.get(request_options(PARTY, challenge=CHALLENGE))


class TestHostileBytes:
    """Whatever the bytes are, the answer is a refusal and nothing else."""

    @given(st.sampled_from(["attestationObject", "clientDataJSON"]), st.binary(max_size=200))
    def test_in_place_of_a_part_of_a_new_passkey(self, part: str, value: bytes) -> None:
        odd = _MADE | {"response": _MADE["response"] | {part: to_text(value)}}
        with pytest.raises(CeremonyRefused):
            verify_new(PARTY, odd, challenge=CHALLENGE)

    def test_any_changed_byte_of_authenticator_data(self) -> None:
        attestation = cbor2.loads(to_bytes(_MADE["response"]["attestationObject"]))
        data: bytes = attestation["authData"]
        taken = set()
        for place, value in itertools.product(range(len(data)), range(256)):
            changed = data[:place] + bytes([value]) + data[place + 1 :]
            sent = cbor2.dumps(attestation | {"authData": changed})
            response = _MADE["response"] | {"attestationObject": to_text(sent)}
            try:
                made = verify_new(PARTY, _MADE | {"response": response}, challenge=CHALLENGE)
            except CeremonyRefused:
                continue
            assert made.credential_id == _PASSKEY.credential_id
            if value != data[place]:
                taken.add(place)
        # Nothing signs a registration: what comes through is another flag, count or model.
        assert taken == set(range(32, 53))

    @given(
        st.sampled_from(["authenticatorData", "signature", "clientDataJSON"]),
        st.binary(max_size=200),
    )
    def test_in_place_of_a_part_of_a_proof(self, part: str, value: bytes) -> None:
        odd = _SIGNED | {"response": _SIGNED["response"] | {part: to_text(value)}}
        with pytest.raises(CeremonyRefused):
            verified(_PASSKEY, odd)

    @given(
        st.dictionaries(
            st.sampled_from(["type", "challenge", "origin", "crossOrigin", "tokenBinding"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.text(max_size=9),
                lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
                max_leaves=5,
            ),
        )
    )
    def test_in_place_of_what_the_browser_says(self, said: dict[str, Any]) -> None:
        text = to_text(json.dumps(said).encode())
        odd = _SIGNED | {"response": _SIGNED["response"] | {"clientDataJSON": text}}
        with pytest.raises(CeremonyRefused):
            verified(_PASSKEY, odd)

    @given(
        st.sampled_from(["id", "rawId", "type", "response"]),
        st.none() | st.integers() | st.text(max_size=9) | st.lists(st.text(max_size=3)),
    )
    def test_in_place_of_a_field(self, field: str, value: object) -> None:
        with pytest.raises(CeremonyRefused):
            verified(_PASSKEY, _SIGNED | {field: value})
        with pytest.raises(CeremonyRefused):
            verify_new(PARTY, _MADE | {field: value}, challenge=CHALLENGE)
