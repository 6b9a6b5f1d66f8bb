"""What browsers answer, against an authenticator written from the specification."""

from __future__ import annotations

import json
from typing import Any

import cbor2
import pytest

from socialflow.identity.factors.ceremonies import (
    CeremonyRefused,
    Known,
    NewPasskey,
    Proof,
    RelyingParty,
    claim_of,
    creation_options,
    request_options,
    verify,
    verify_new,
)
from tests.software_authenticator import (
    BE,
    BS,
    UP,
    UV,
    Oddity,
    SoftwareAuthenticator,
    to_bytes,
    to_text,
)

ORIGIN = "https://socialflow.example"
PARTY = RelyingParty.of_origin(ORIGIN)
ANN = b"usr_ann"
CHALLENGE = bytes(32)
OTHER = bytes(31) + b"1"
ODDITIES = {
    "a page of another origin": Oddity(origin="https://socia1flow.example"),
    "plain http": Oddity(origin="http://socialflow.example"),
    "another port": Oddity(origin="https://socialflow.example:8443"),
    "a subdomain": Oddity(origin="https://evil.socialflow.example"),
    "another relying party": Oddity(rp_id="evil.example"),
    "another challenge": Oddity(challenge=OTHER),
    "no challenge": Oddity(challenge=b""),
    "nobody there": Oddity(flags_off=UP | UV),
    "somebody, but unverified": Oddity(flags_off=UV),
    "within a foreign frame": Oddity(cross_origin=True),
    "backed up, yet not able to": Oddity(flags_on=BS),
}


def options_for(challenge: bytes = CHALLENGE, known: tuple[Known, ...] = ()) -> dict[str, Any]:
    return creation_options(
        PARTY,
        challenge=challenge,
        user_handle=ANN,
        account="ann",
        display_name="Ann Example",
        known=known,
    )


@pytest.fixture
def phone() -> SoftwareAuthenticator:
    return SoftwareAuthenticator(ORIGIN)


@pytest.fixture
def passkey(phone: SoftwareAuthenticator) -> NewPasskey:
    return verify_new(PARTY, phone.create(options_for()), challenge=CHALLENGE)


def verified(passkey: NewPasskey, credential: dict[str, Any]) -> Proof:
    return verify(
        PARTY,
        credential,
        challenge=CHALLENGE,
        public_key=passkey.public_key,
        can_be_synced=passkey.can_be_synced,
    )


class TestOptions:
    def test_ask_for_a_discoverable_passkey_of_a_verified_user(self) -> None:
        options = options_for(known=(Known(credential_id=b"\x01\x02", transports=("usb",)),))
        assert json.loads(json.dumps(options)) == {
            "rp": {"name": "Social Flow", "id": "socialflow.example"},
            "user": {"id": to_text(ANN), "name": "ann", "displayName": "Ann Example"},
            "challenge": to_text(CHALLENGE),
            "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-7, -8, -257)],
            "timeout": 300_000,
            "excludeCredentials": [{"id": "AQI", "type": "public-key", "transports": ["usb"]}],
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": True,
                "userVerification": "required",
            },
            "attestation": "none",
        }

    def test_ask_nobody_in_particular_to_sign_in(self) -> None:
        options = request_options(PARTY, challenge=CHALLENGE)
        assert json.loads(json.dumps(options)) == {
            "challenge": to_text(CHALLENGE),
            "timeout": 300_000,
            "rpId": "socialflow.example",
            "allowCredentials": [],
            "userVerification": "required",
        }

    def test_the_relying_party_is_the_host_and_the_origin_has_its_port(self) -> None:
        local = RelyingParty.of_origin("http://localhost:8080/")
        assert (local.id, local.origin) == ("localhost", "http://localhost:8080")
        with pytest.raises(ValueError, match="not the origin"):
            RelyingParty.of_origin("localhost")


class TestMakingOne:
    @pytest.mark.parametrize("odd", ODDITIES.values(), ids=ODDITIES)
    def test_is_refused(self, phone: SoftwareAuthenticator, odd: Oddity) -> None:
        with pytest.raises(CeremonyRefused):
            verify_new(PARTY, phone.create(options_for(), odd), challenge=CHALLENGE)

    def test_with_the_answer_to_a_sign_in_is_refused(self, phone: SoftwareAuthenticator) -> None:
        made = phone.create(options_for(), Oddity(type="webauthn.get"))
        with pytest.raises(CeremonyRefused):
            verify_new(PARTY, made, challenge=CHALLENGE)

    def test_under_another_id_than_it_was_made_with_is_refused(
        self, phone: SoftwareAuthenticator
    ) -> None:
        made = phone.create(options_for())
        made["id"] = made["rawId"] = to_text(b"somebody else's passkey")
        with pytest.raises(CeremonyRefused, match="not the one"):
            verify_new(PARTY, made, challenge=CHALLENGE)

    @pytest.mark.parametrize(
        "key",
        [
            {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)},
            {1: 2, 3: -7, -1: 1, -2: b"", -3: b""},
            {1: 2, 3: -7, -1: 99, -2: bytes(32), -3: bytes(32)},
            {1: 2, 3: -7},
            {1: 2, 3: -47, -1: 8, -2: bytes(32), -3: bytes(32)},
            {1: 1, 3: -8, -1: 6, -2: b"short"},
            {1: 3, 3: -257, -1: b"\x01", -2: b"\x01"},
            {},
            [],
            "key",
        ],
        ids=str,
    )
    def test_with_a_key_that_nothing_verifies_with_is_refused(
        self, phone: SoftwareAuthenticator, key: object
    ) -> None:
        made = phone.create(options_for())
        attestation = cbor2.loads(to_bytes(made["response"]["attestationObject"]))
        attestation["authData"] = attestation["authData"][: 37 + 16 + 2 + 32] + cbor2.dumps(key)
        made["response"]["attestationObject"] = to_text(cbor2.dumps(attestation))
        with pytest.raises(CeremonyRefused):
            verify_new(PARTY, made, challenge=CHALLENGE)

    def test_gives_what_has_to_be_kept(
        self, phone: SoftwareAuthenticator, passkey: NewPasskey
    ) -> None:
        (held,) = phone.passkeys
        assert passkey.credential_id == held.credential_id
        assert passkey.sign_count == 0
        assert passkey.transports == ("hybrid", "internal")
        assert passkey.can_be_synced is False
        assert passkey.aaguid == "00010203-0405-0607-0809-0a0b0c0d0e0f"

    def test_transports_that_nobody_knows_are_dropped(self, phone: SoftwareAuthenticator) -> None:
        made = phone.create(options_for())
        made["response"]["transports"] = ["telepathy", "usb", "usb"]
        assert verify_new(PARTY, made, challenge=CHALLENGE).transports == ("usb",)


class TestProving:
    @pytest.mark.parametrize("odd", ODDITIES.values(), ids=ODDITIES)
    def test_is_refused(
        self, phone: SoftwareAuthenticator, passkey: NewPasskey, odd: Oddity
    ) -> None:
        with pytest.raises(CeremonyRefused):
            verified(passkey, phone.get(request_options(PARTY, challenge=CHALLENGE), odd))

    def test_by_another_key_is_refused(self, passkey: NewPasskey) -> None:
        thief = SoftwareAuthenticator(ORIGIN, seed="thief")
        thief.create(options_for())
        signed = thief.get(request_options(PARTY, challenge=CHALLENGE))
        with pytest.raises(CeremonyRefused, match="signature"):
            verified(passkey, signed)

    def test_with_the_answer_to_a_registration_is_refused(
        self, phone: SoftwareAuthenticator, passkey: NewPasskey
    ) -> None:
        odd = Oddity(type="webauthn.create")
        with pytest.raises(CeremonyRefused):
            verified(passkey, phone.get(request_options(PARTY, challenge=CHALLENGE), odd))

    def test_by_a_passkey_that_has_come_to_be_synced_is_refused(
        self, phone: SoftwareAuthenticator, passkey: NewPasskey
    ) -> None:
        odd = Oddity(flags_on=BE | BS)
        with pytest.raises(CeremonyRefused, match="kind"):
            verified(passkey, phone.get(request_options(PARTY, challenge=CHALLENGE), odd))

    def test_tells_the_count_without_judging_it(
        self, phone: SoftwareAuthenticator, passkey: NewPasskey
    ) -> None:
        counts = [
            verified(passkey, phone.get(request_options(PARTY, challenge=CHALLENGE))).sign_count
            for _ in range(2)
        ]
        assert counts == [1, 2]

    def test_a_synced_passkey_counts_nothing(self) -> None:
        cloud = SoftwareAuthenticator(ORIGIN, counts=False)
        passkey = verify_new(PARTY, cloud.create(options_for()), challenge=CHALLENGE)
        assert passkey.can_be_synced
        proof = verified(passkey, cloud.get(request_options(PARTY, challenge=CHALLENGE)))
        assert proof == Proof(credential_id=passkey.credential_id, sign_count=0)


class TestClaims:
    def test_name_the_account_and_the_passkey(
        self, phone: SoftwareAuthenticator, passkey: NewPasskey
    ) -> None:
        claim = claim_of(phone.get(request_options(PARTY, challenge=CHALLENGE)))
        assert (claim.user_handle, claim.credential_id) == (ANN, passkey.credential_id)

    @pytest.mark.parametrize(
        "credential",
        [
            {},
            {"rawId": "AQI"},
            {"rawId": "AQI", "response": {}},
            {"rawId": "AQI", "response": {"userHandle": None}},
            {"rawId": "AQI", "response": {"userHandle": ""}},
            {"rawId": "AQI", "response": {"userHandle": "A"}},
            {"rawId": "AQI", "response": {"userHandle": "é"}},
            {"rawId": "", "response": {"userHandle": "AQI"}},
            {"rawId": 7, "response": {"userHandle": "AQI"}},
            {"rawId": "AQI", "response": {"userHandle": "A" * 88}},
            {"rawId": "A" * 1368, "response": {"userHandle": "AQI"}},
        ],
    )
    def test_that_are_none_are_refused(self, credential: dict[str, Any]) -> None:
        with pytest.raises(CeremonyRefused):
            claim_of(credential)
