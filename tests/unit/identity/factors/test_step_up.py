"""Proving once more that one is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialflow.identity.errors import SessionEnded
from socialflow.identity.factors.errors import ChallengeInvalid, StepUpRefused
from socialflow.identity.sessions.sessions import SignedIn
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.rate_limits import TooManyAttempts
from tests.software_authenticator import Oddity, SoftwareAuthenticator
from tests.unit.identity.factors.factor_world import ORIGIN, PASSWORD, PHONE, FactorWorld
from tests.unit.identity.factors.racing import race

LATER = timedelta(minutes=20)


@pytest.fixture
def ann(here: FactorWorld) -> SignedIn:
    """Ann, who signed in some time ago."""
    ann = here.person("ann")
    here.clock.now += LATER
    return ann


def verified_at(here: FactorWorld, of: SignedIn) -> str:
    (session,) = here.items(of, "SESSION#")
    return str(session["verified_at"])


class TestByPassword:
    @pytest.mark.parametrize("password", ["", "wrong horse battery", "x" * 1024])
    def test_a_wrong_one(self, here: FactorWorld, ann: SignedIn, password: str) -> None:
        before = verified_at(here, ann)
        with pytest.raises(StepUpRefused) as refused:
            here.step_up.by_password(here.caller(ann), password)
        assert refused.value.details["methods"] == ["password"]
        assert verified_at(here, ann) == before

    def test_of_an_account_with_an_app_is_not_enough(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        here.set_up(ann)
        before = verified_at(here, ann)
        with pytest.raises(StepUpRefused) as refused:
            here.step_up.by_password(here.caller(ann), PASSWORD)
        assert refused.value.details["methods"] == ["totp"]
        assert verified_at(here, ann) == before

    def test_of_an_account_without_one(self, here: FactorWorld) -> None:
        ann = here.person("ann", email=None, has_password=False)
        with pytest.raises(StepUpRefused) as refused:
            here.step_up.by_password(here.caller(ann), PASSWORD)
        assert refused.value.details["methods"] == []

    def test_of_a_session_that_was_ended(self, here: FactorWorld, ann: SignedIn) -> None:
        caller = here.caller(ann)
        here.world.sessions.end(caller)
        with pytest.raises(SessionEnded):
            here.step_up.by_password(caller, PASSWORD)

    def test_the_right_one(self, here: FactorWorld, ann: SignedIn) -> None:
        here.step_up.by_password(here.caller(ann), PASSWORD)
        assert verified_at(here, ann) == to_rfc3339(here.clock())

    def test_tries_are_ever_further_apart(self, here: FactorWorld, ann: SignedIn) -> None:
        for _ in range(5):
            with pytest.raises(StepUpRefused):
                here.step_up.by_password(here.caller(ann), "wrong horse battery")
        with pytest.raises(TooManyAttempts) as refused:
            here.step_up.by_password(here.caller(ann), PASSWORD)
        here.clock.move(seconds=refused.value.retry_after_seconds)
        here.step_up.by_password(here.caller(ann), PASSWORD)
        # And a good one takes the tries back.
        with pytest.raises(StepUpRefused):
            here.step_up.by_password(here.caller(ann), "wrong horse battery")


class TestByCode:
    def test_of_an_account_without_an_app(self, here: FactorWorld, ann: SignedIn) -> None:
        with pytest.raises(StepUpRefused):
            here.step_up.by_code(here.caller(ann), "123456", actor=here.actor(ann))

    def test_a_wrong_one_and_somebody_elses(self, here: FactorWorld, ann: SignedIn) -> None:
        here.set_up(ann)
        secret, codes = here.set_up(here.person("ben"))
        for code in ("000000", here.code(secret), codes[0], "no code at all"):
            with pytest.raises(StepUpRefused):
                here.step_up.by_code(here.caller(ann), code, actor=here.actor(ann))

    def test_once(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, codes = here.set_up(ann)
        for code in (here.code(secret), codes[0]):
            here.step_up.by_code(here.caller(ann), code, actor=here.actor(ann))
            assert verified_at(here, ann) == to_rfc3339(here.clock())
            with pytest.raises(StepUpRefused):
                here.step_up.by_code(here.caller(ann), code, actor=here.actor(ann))
            here.clock.move(seconds=1)
        assert here.acts()[-1] == "recovery_code.used"

    def test_one_that_signed_in_is_not_taken_again(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        code, caller = here.code(secret), here.caller(ann)
        here.second.sign_in(here.challenge(ann), code, device=PHONE)
        with pytest.raises(StepUpRefused):
            here.step_up.by_code(caller, code, actor=here.actor(ann))

    def test_by_twenty_at_once_a_recovery_code_counts_once(self, shared: FactorWorld) -> None:
        ann = shared.person("ann")
        _, codes = shared.set_up(ann)
        caller, actor = shared.caller(ann), shared.actor(ann)

        def prove() -> bool:
            shared.step_up.by_code(caller, codes[0], actor=actor)
            return True

        got, refused = race(prove)
        assert got == [True]
        assert set(refused) <= {"step_up_refused", "too_many_attempts", "storage_busy"}
        standing = shared.factors.standing(ann.user.id)
        assert standing.recovery
        assert standing.recovery.left == 9


class TestByPasskey:
    def test_somebody_elses(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        ben = here.person("ben")
        here.add_passkey(ben, phone)
        before = verified_at(here, ann)
        token, credential = here.signed(phone)
        with pytest.raises(StepUpRefused):
            here.step_up.by_passkey(
                here.caller(ann), here.proofs, token, credential, actor=here.actor(ann)
            )
        assert verified_at(here, ann) == before

    @pytest.mark.parametrize(
        "odd", [Oddity(origin="https://evil.example"), Oddity(flags_off=0x04)], ids=str
    )
    def test_what_proves_nothing(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator, odd: Oddity
    ) -> None:
        here.add_passkey(ann, phone)
        token, credential = here.signed(phone, odd)
        with pytest.raises(StepUpRefused) as refused:
            here.step_up.by_passkey(
                here.caller(ann), here.proofs, token, credential, actor=here.actor(ann)
            )
        assert refused.value.details["methods"] == ["password", "passkey"]

    def test_ones_own_once(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        here.add_passkey(ann, phone)
        token, credential = here.signed(phone)
        here.clock.move(minutes=1)
        here.step_up.by_passkey(
            here.caller(ann), here.proofs, token, credential, actor=here.actor(ann)
        )
        assert verified_at(here, ann) == to_rfc3339(here.clock())
        with pytest.raises(StepUpRefused):
            here.step_up.by_passkey(
                here.caller(ann), here.proofs, token, credential, actor=here.actor(ann)
            )

    def test_an_answer_that_stepped_up_signs_nobody_in(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        cloud = SoftwareAuthenticator(ORIGIN, counts=False)
        here.add_passkey(ann, cloud)
        token, credential = here.signed(cloud)
        here.step_up.by_passkey(
            here.caller(ann), here.proofs, token, credential, actor=here.actor(ann)
        )
        with pytest.raises(ChallengeInvalid):
            here.passkey_sign_in.sign_in(token, credential, device=PHONE)
