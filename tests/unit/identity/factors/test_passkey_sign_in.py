"""Signing in with a passkey: whose it is, that it comes once, and that it counts upwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from socialflow.identity.errors import SignInOutdated
from socialflow.identity.factors.challenges import LASTS
from socialflow.identity.factors.errors import ChallengeInvalid, PasskeyCloned, PasskeyRefused
from socialflow.identity.sessions.sessions import SignedIn
from tests.software_authenticator import BE, BS, UP, UV, Oddity, SoftwareAuthenticator
from tests.unit.identity.factors.factor_world import ORIGIN, PHONE, FactorWorld
from tests.unit.identity.factors.racing import race


def sign_in(here: FactorWorld, answer: tuple[str, dict[str, Any]]) -> SignedIn:
    return here.passkey_sign_in.sign_in(*answer, device=PHONE)


@pytest.fixture
def anns(here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator) -> SoftwareAuthenticator:
    """Ann's phone, with a passkey on it."""
    here.add_passkey(ann, phone)
    here.clock.move(minutes=1)
    return phone


class TestRefusals:
    @pytest.mark.parametrize(
        "odd",
        [
            Oddity(origin="https://socia1flow.example"),
            Oddity(rp_id="evil.example"),
            Oddity(challenge=bytes(32)),
            Oddity(type="webauthn.create"),
            Oddity(flags_off=UP),
            Oddity(flags_off=UV),
            Oddity(cross_origin=True),
            Oddity(flags_on=BE | BS),
            Oddity(user_handle=b"usr_nobody"),
            Oddity(user_handle=b"\xff\xfe"),
            Oddity(user_handle=b""),
        ],
        ids=str,
    )
    def test_what_proves_nothing(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator, odd: Oddity
    ) -> None:
        before = here.world.items()
        with pytest.raises(PasskeyRefused):
            sign_in(here, here.signed(anns, odd))
        assert here.world.items() == before

    def test_somebody_elses_credential_under_ones_own_name(
        self, here: FactorWorld, anns: SoftwareAuthenticator
    ) -> None:
        """Ben has a passkey and Ann has one: neither opens the other's account."""
        ben = here.person("ben")
        here.add_passkey(ben, SoftwareAuthenticator(ORIGIN, seed="ben"))
        with pytest.raises(PasskeyRefused):
            sign_in(here, here.signed(anns, Oddity(user_handle=ben.user.id.encode())))

    def test_ones_own_credential_under_somebody_elses_name(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        ben = here.person("ben")
        bens = SoftwareAuthenticator(ORIGIN, seed="ben")
        here.add_passkey(ben, bens)
        with pytest.raises(PasskeyRefused):
            sign_in(here, here.signed(bens, Oddity(user_handle=ann.user.id.encode())))

    def test_a_passkey_that_signs_with_another_key(
        self, here: FactorWorld, anns: SoftwareAuthenticator
    ) -> None:
        thief = SoftwareAuthenticator(ORIGIN, seed="thief")
        thief.passkeys = [replace(anns.passkeys[0])]
        thief.passkeys[0].private_key = ec.generate_private_key(ec.SECP256R1())
        with pytest.raises(PasskeyRefused):
            sign_in(here, here.signed(thief))

    def test_one_that_was_removed(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        answer = here.signed(anns)
        (passkey,) = here.passkeys.all(here.principal(ann))
        here.passkeys.remove(here.principal(ann), passkey.id, actor=here.actor(ann))
        with pytest.raises(PasskeyRefused):
            sign_in(here, answer)


class TestChallenges:
    @pytest.mark.parametrize("token", ["", "x", "sfs1.00000000.1.anybody:chl_1.abc", "é"])
    def test_that_we_never_made(
        self, here: FactorWorld, anns: SoftwareAuthenticator, token: str
    ) -> None:
        with pytest.raises(ChallengeInvalid):
            sign_in(here, (token, here.signed(anns)[1]))

    def test_after_their_time(self, here: FactorWorld, anns: SoftwareAuthenticator) -> None:
        answer = here.signed(anns)
        here.clock.move(seconds=LASTS.total_seconds())
        with pytest.raises(ChallengeInvalid):
            sign_in(here, answer)

    def test_of_another_answer(self, here: FactorWorld, anns: SoftwareAuthenticator) -> None:
        (token, _), (_, credential) = here.signed(anns), here.signed(anns)
        with pytest.raises(PasskeyRefused):
            sign_in(here, (token, credential))

    def test_for_registering(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        token = here.passkeys.options(here.principal(ann)).challenge_token
        with pytest.raises(ChallengeInvalid):
            sign_in(here, (token, here.signed(anns)[1]))

    def test_are_met_once_by_a_synced_passkey_as_well(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        """Its count stands still, so nothing but the challenge keeps it from coming again."""
        cloud = SoftwareAuthenticator(ORIGIN, counts=False)
        here.add_passkey(ann, cloud)
        answer = here.signed(cloud)
        assert sign_in(here, answer)
        with pytest.raises(ChallengeInvalid):
            sign_in(here, answer)
        assert sign_in(here, here.signed(cloud))

    def test_are_asked_for_without_a_trace(self, here: FactorWorld) -> None:
        here.world.calls.names.clear()
        first, second = here.proofs.options(), here.proofs.options()
        assert here.world.calls.names == []
        assert first.public_key["challenge"] != second.public_key["challenge"]
        assert first.public_key["allowCredentials"] == []

    @pytest.mark.parametrize("counts", [True, False])
    def test_met_by_twenty_at_once_open_one_session(
        self, shared: FactorWorld, counts: bool
    ) -> None:
        ann = shared.person("ann")
        phone = SoftwareAuthenticator(ORIGIN, counts=counts)
        shared.add_passkey(ann, phone)
        answer = shared.signed(phone)
        got, refused = race(lambda: sign_in(shared, answer))
        assert len(got) == 1
        assert set(refused) <= {"challenge_invalid", "passkey_refused", "storage_busy"}
        # Who read the account after the winner wrote it saw a count that was used up; the same
        # answer twice is no copy.
        assert "passkey.cloned" not in shared.acts()
        assert len(shared.items(ann, "SESSION#")) == 2


class TestCounting:
    def test_a_copy_that_is_behind_is_refused_and_its_owner_told(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        copied = replace(anns.passkeys[0])
        for _ in range(3):
            sign_in(here, here.signed(anns))
        thief = SoftwareAuthenticator(ORIGIN)
        thief.passkeys = [copied]
        sessions = len(here.items(ann, "SESSION#"))
        for _ in range(3):
            with pytest.raises(PasskeyCloned):
                sign_in(here, here.signed(thief))
        assert len(here.items(ann, "SESSION#")) == sessions
        # Three times refused, once told; whoever holds the copy cannot flood the owner.
        assert here.acts() == ["passkey.added", "passkey.cloned"]
        assert here.mails(ann)[-1] == ("passkey_cloned", {"passkey": "Phone"})
        (passkey,) = here.passkeys.all(here.principal(ann))
        assert passkey.sign_count == 3
        assert passkey.clone_suspected_at == here.clock()

    def test_a_day_later_it_is_told_again(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        copied = replace(anns.passkeys[0])
        sign_in(here, here.signed(anns))
        for _ in range(2):
            thief = SoftwareAuthenticator(ORIGIN)
            thief.passkeys = [replace(copied)]
            with pytest.raises(PasskeyCloned):
                sign_in(here, here.signed(thief))
            here.clock.move(days=1, seconds=1)
        assert here.acts().count("passkey.cloned") == 2

    def test_the_one_that_is_ahead_goes_on(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        """Which of two is the copy, nobody can tell: its owner is told and decides."""
        copied = replace(anns.passkeys[0])
        sign_in(here, here.signed(anns))
        thief = SoftwareAuthenticator(ORIGIN)
        thief.passkeys = [copied]
        with pytest.raises(PasskeyCloned):
            sign_in(here, here.signed(thief))
        assert sign_in(here, here.signed(anns))

    def test_the_same_answer_again_raises_no_alarm(
        self, here: FactorWorld, anns: SoftwareAuthenticator
    ) -> None:
        """As a client sends that lost what it was answered."""
        answer = here.signed(anns)
        sign_in(here, answer)
        with pytest.raises(ChallengeInvalid):
            sign_in(here, answer)
        assert "passkey.cloned" not in here.acts()

    def test_a_forged_count_makes_nobody_look_cloned(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        """The count is judged after the signature, or a stranger could cry wolf."""
        sign_in(here, here.signed(anns))
        forger = SoftwareAuthenticator(ORIGIN, seed="forger")
        forger.create(here.passkeys.options(here.principal(ann)).public_key)
        forger.passkeys[0].credential_id = anns.passkeys[0].credential_id
        forger.passkeys[0].sign_count = -1
        with pytest.raises(PasskeyRefused) as refused:
            sign_in(here, here.signed(forger))
        assert refused.value.code == "passkey_refused"
        assert "passkey.cloned" not in here.acts()

    def test_a_count_that_falls_back_to_nought_is_refused(
        self, here: FactorWorld, anns: SoftwareAuthenticator
    ) -> None:
        sign_in(here, here.signed(anns))
        anns.passkeys[0].sign_count = -1
        with pytest.raises(PasskeyCloned):
            sign_in(here, here.signed(anns))

    def test_two_that_overtake_each_other_raise_no_alarm(
        self,
        here: FactorWorld,
        ann: SignedIn,
        anns: SoftwareAuthenticator,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Both read the account before either wrote; the later count was first."""
        earlier, later = here.signed(anns), here.signed(anns)
        (passkey,) = here.passkeys.all(here.principal(ann))
        before = here.factors.passkey(ann.user.id, passkey.id)
        sign_in(here, later)
        monkeypatch.setattr(here.factors, "passkey", lambda *_: before)
        with pytest.raises(PasskeyRefused) as refused:
            sign_in(here, earlier)
        assert refused.value.code == "passkey_refused"
        assert "passkey.cloned" not in here.acts()


class TestSuccess:
    def test_opens_a_session_in_one_read_and_one_transaction(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        answer = here.signed(anns)
        here.world.calls.names.clear()
        signed_in = sign_in(here, answer)
        assert here.world.calls.names == ["batch_get_item", "transact_write_items"]
        assert signed_in.user.id == ann.user.id
        (session,) = here.items(ann, f"SESSION#{here.principal(signed_in).session_id}")
        assert session["method"] == "passkey"
        (passkey,) = here.passkeys.all(here.principal(ann))
        assert (passkey.sign_count, passkey.last_used_at) == (1, here.clock())

    def test_asks_for_no_code(
        self, here: FactorWorld, ann: SignedIn, anns: SoftwareAuthenticator
    ) -> None:
        here.set_up(ann)
        assert sign_in(here, here.signed(anns)).access_token

    def test_not_when_all_sessions_are_ended_meanwhile(
        self,
        here: FactorWorld,
        ann: SignedIn,
        anns: SoftwareAuthenticator,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (passkey,) = here.passkeys.all(here.principal(ann))
        before = here.factors.passkey(ann.user.id, passkey.id)
        user = here.user(ann)
        here.world.repository.save_user(user, replace(user, sessions_epoch=1))
        monkeypatch.setattr(here.factors, "passkey", lambda *_: before)
        with pytest.raises(SignInOutdated):
            sign_in(here, here.signed(anns))
