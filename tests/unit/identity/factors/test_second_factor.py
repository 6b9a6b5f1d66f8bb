"""The second step of a sign-in: challenges, codes, tries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialflow.identity.errors import SignInOutdated
from socialflow.identity.factors.errors import ChallengeInvalid, SecondFactorRefused
from socialflow.identity.factors.second_factor import CHALLENGE_LASTS
from socialflow.identity.sessions.sessions import Device, SignedIn
from socialflow.platform.rate_limits import TooManyAttempts
from tests.unit.identity.factors.factor_world import PHONE, FactorWorld
from tests.unit.identity.factors.racing import race


class TestChallenges:
    @pytest.mark.parametrize("text", ["", "x", "sfs1.00000000.1.a:b:c:d.", "é" * 40, "a" * 400])
    def test_that_we_never_made(self, here: FactorWorld, ann: SignedIn, text: str) -> None:
        here.set_up(ann)
        with pytest.raises(ChallengeInvalid):
            here.second.sign_in(text, "123456", device=PHONE)

    def test_with_another_name_in_them(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        ben = here.person("ben")
        here.set_up(ben)
        forged = here.challenge(ben).replace(ben.user.id, ann.user.id)
        with pytest.raises(ChallengeInvalid):
            here.second.sign_in(forged, here.code(secret), device=PHONE)

    def test_sealed_for_something_else(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        named = f"{ann.user.id}:password:0:chl_1"
        other = here.world.sealer.token("reset", named, here.clock() + CHALLENGE_LASTS)
        with pytest.raises(ChallengeInvalid):
            here.second.sign_in(other, here.code(secret), device=PHONE)

    def test_after_their_time(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        challenge = here.challenge(ann)
        here.clock.move(seconds=CHALLENGE_LASTS.total_seconds())
        with pytest.raises(ChallengeInvalid):
            here.second.sign_in(challenge, here.code(secret), device=PHONE)

    def test_a_second_time_with_a_fresh_code(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        challenge = here.challenge(ann)
        assert here.second.sign_in(challenge, here.code(secret), device=PHONE)
        here.clock.move(seconds=30)
        sessions = len(here.items(ann, "SESSION#"))
        with pytest.raises(ChallengeInvalid):
            here.second.sign_in(challenge, here.code(secret), device=PHONE)
        assert len(here.items(ann, "SESSION#")) == sessions

    def test_from_before_all_sessions_were_ended(self, here: FactorWorld, ann: SignedIn) -> None:
        """A password that was reset meanwhile makes the first step worthless."""
        secret, _ = here.set_up(ann)
        challenge = here.challenge(ann)
        user = here.user(ann)
        here.world.repository.save_user(user, replace(user, sessions_epoch=1))
        with pytest.raises(ChallengeInvalid):
            here.second.sign_in(challenge, here.code(secret), device=PHONE)

    def test_sessions_that_are_ended_during_the_sign_in(
        self, here: FactorWorld, ann: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret, _ = here.set_up(ann)
        challenge, stale = here.challenge(ann), here.factors.standing(ann.user.id)
        user = here.user(ann)
        here.world.repository.save_user(user, replace(user, sessions_epoch=1))
        monkeypatch.setattr(here.factors, "standing", lambda _: stale)
        with pytest.raises(SignInOutdated):
            here.second.sign_in(challenge, here.code(secret), device=PHONE)

    def test_of_an_app_that_was_taken_away(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        challenge = here.challenge(ann)
        here.app.remove(here.principal(ann), actor=here.actor(ann))
        with pytest.raises(ChallengeInvalid):
            here.second.sign_in(challenge, here.code(secret), device=PHONE)

    def test_say_nothing_that_is_kept(self, here: FactorWorld, ann: SignedIn) -> None:
        here.set_up(ann)
        user = here.user(ann)
        here.world.calls.names.clear()
        challenge = here.second.challenge(user, method="google")
        assert here.world.calls.names == []
        assert challenge.methods == ("totp", "recovery_code")
        assert challenge.expires_at == here.clock() + CHALLENGE_LASTS
        assert here.second.opened(challenge.challenge).method == "google"

    def test_are_not_made_after_a_step_that_nobody_can_name(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        with pytest.raises(ValueError, match="first step"):
            here.second.challenge(ann.user, method="a:b")


class TestCodesOfTheApp:
    @pytest.mark.parametrize("steps", [-2, 2, 1000])
    def test_outside_of_the_window(self, here: FactorWorld, ann: SignedIn, steps: int) -> None:
        secret, _ = here.set_up(ann)
        here.clock.move(minutes=5)
        with pytest.raises(SecondFactorRefused):
            here.second.sign_in(here.challenge(ann), here.code(secret, steps), device=PHONE)

    def test_of_the_set_up_itself(self, here: FactorWorld, ann: SignedIn) -> None:
        """The code that confirmed the app was seen on its way; it signs nobody in."""
        secret, _ = here.set_up(ann)
        with pytest.raises(SecondFactorRefused):
            here.second.sign_in(here.challenge(ann), here.code(secret, -1), device=PHONE)

    def test_replayed_under_another_challenge(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        code = here.code(secret)
        here.second.sign_in(here.challenge(ann), code, device=PHONE)
        with pytest.raises(SecondFactorRefused):
            here.second.sign_in(here.challenge(ann), code, device=PHONE)

    def test_of_an_earlier_step_than_the_last_one(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        here.clock.move(minutes=5)
        here.second.sign_in(here.challenge(ann), here.code(secret, 1), device=PHONE)
        for earlier in (-1, 0, 1):
            with pytest.raises(SecondFactorRefused):
                here.second.sign_in(here.challenge(ann), here.code(secret, earlier), device=PHONE)

    def test_of_somebody_elses_app(self, here: FactorWorld, ann: SignedIn) -> None:
        here.set_up(ann)
        secret, codes = here.set_up(here.person("ben"))
        for code in (here.code(secret), codes[0]):
            with pytest.raises(SecondFactorRefused):
                here.second.sign_in(here.challenge(ann), code, device=PHONE)

    @pytest.mark.parametrize("steps", [-1, 0, 1])
    def test_within_it_open_a_session(self, here: FactorWorld, ann: SignedIn, steps: int) -> None:
        secret, _ = here.set_up(ann)
        here.clock.move(minutes=5)
        challenge, code = here.challenge(ann), here.code(secret, steps)
        here.world.calls.names.clear()
        signed_in = here.second.sign_in(challenge, f" {code[:3]} {code[3:]}", device=PHONE)
        # Counting the tries, reading, opening: no more than a sign-in may cost.
        assert here.world.calls.names == [
            "transact_write_items",
            "batch_get_item",
            "transact_write_items",
        ]
        session_id = here.principal(signed_in).session_id
        (session,) = here.items(ann, f"SESSION#{session_id}")
        assert session["method"] == "password+totp"
        assert [kind for kind, _ in here.mails(ann)] == ["factor_changed", "new_device"]

    def test_by_twenty_at_once_open_one_session(self, shared: FactorWorld) -> None:
        ann = shared.person("ann")
        secret, _ = shared.set_up(ann)
        code = shared.code(secret)
        challenges = iter([shared.challenge(ann) for _ in range(20)])
        got, refused = race(
            lambda: shared.second.sign_in(next(challenges), code, device=known_to(shared, ann))
        )
        assert len(got) == 1
        assert set(refused) <= {"second_factor_refused", "too_many_attempts", "storage_busy"}
        assert len(shared.items(ann, "SESSION#")) == 2


class TestRecoveryCodes:
    def test_open_a_session_and_their_owner_is_told(self, here: FactorWorld, ann: SignedIn) -> None:
        _, codes = here.set_up(ann)
        signed_in = here.second.sign_in(here.challenge(ann), codes[3].lower(), device=PHONE)
        session_id = here.principal(signed_in).session_id
        (session,) = here.items(ann, f"SESSION#{session_id}")
        assert session["method"] == "password+recovery_code"
        assert here.acts()[-1] == "recovery_code.used"
        assert here.told(ann)[-1].endswith("9 of your recovery codes are left.")

    def test_each_once(self, here: FactorWorld, ann: SignedIn) -> None:
        _, codes = here.set_up(ann)
        for code in codes:
            assert here.second.sign_in(here.challenge(ann), code, device=PHONE)
            here.clock.move(seconds=1)
        assert here.told(ann)[-1].endswith("0 of your recovery codes are left.")
        for code in codes[:3]:
            with pytest.raises(SecondFactorRefused):
                here.second.sign_in(here.challenge(ann), code, device=PHONE)

    def test_that_were_replaced(self, here: FactorWorld, ann: SignedIn) -> None:
        _, former = here.set_up(ann)
        codes = here.app.renew_codes(here.principal(ann), actor=here.actor(ann))
        with pytest.raises(SecondFactorRefused):
            here.second.sign_in(here.challenge(ann), former[0], device=PHONE)
        assert here.second.sign_in(here.challenge(ann), codes[0], device=PHONE)

    def test_by_twenty_at_once_open_one_session(self, shared: FactorWorld) -> None:
        ann = shared.person("ann")
        _, codes = shared.set_up(ann)
        challenges = iter([shared.challenge(ann) for _ in range(20)])
        got, refused = race(
            lambda: shared.second.sign_in(next(challenges), codes[0], device=known_to(shared, ann))
        )
        assert len(got) == 1
        assert set(refused) <= {"second_factor_refused", "too_many_attempts", "storage_busy"}
        assert len(shared.items(ann, "SESSION#")) == 2
        standing = shared.factors.standing(ann.user.id)
        assert standing.recovery
        assert standing.recovery.left == 9
        assert shared.acts().count("recovery_code.used") == 1


class TestTries:
    def test_five_for_each_challenge(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        challenge = here.challenge(ann)
        for _ in range(5):
            with pytest.raises(SecondFactorRefused):
                here.second.sign_in(challenge, "000000", device=PHONE)
        here.clock.move(minutes=2)
        with pytest.raises(ChallengeInvalid):
            here.second.sign_in(challenge, here.code(secret), device=PHONE)

    def test_ever_further_apart_for_the_account(self, here: FactorWorld, ann: SignedIn) -> None:
        here.set_up(ann)
        waits: list[int] = []
        for _ in range(18):
            challenge = here.challenge(ann)
            try:
                here.second.sign_in(challenge, "000000", device=PHONE)
            except TooManyAttempts as refused:
                waits.append(refused.retry_after_seconds)
                here.clock.move(seconds=refused.retry_after_seconds)
                with pytest.raises(SecondFactorRefused):
                    here.second.sign_in(here.challenge(ann), "000000", device=PHONE)
            except SecondFactorRefused:
                assert not waits
        assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]

    def test_a_good_code_takes_its_own_back(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        for _ in range(4):
            for _ in range(4):
                with pytest.raises(SecondFactorRefused):
                    here.second.sign_in(here.challenge(ann), "000000", device=PHONE)
            assert here.second.sign_in(here.challenge(ann), here.code(secret), device=PHONE)
            here.clock.move(seconds=30)

    def test_a_strangers_do_not_slow_a_known_device(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, _ = here.set_up(ann)
        for _ in range(5):
            with pytest.raises(SecondFactorRefused):
                here.second.sign_in(here.challenge(ann), "000000", device=PHONE)
        with pytest.raises(TooManyAttempts):
            here.second.sign_in(here.challenge(ann), here.code(secret), device=PHONE)
        known = known_to(here, ann)
        assert here.second.sign_in(here.challenge(ann), here.code(secret), device=known)

    def test_nor_does_a_device_of_somebody_else_count_as_known(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        here.set_up(ann)
        strange = known_to(here, here.person("ben"))
        for _ in range(5):
            with pytest.raises(SecondFactorRefused):
                here.second.sign_in(here.challenge(ann), "000000", device=strange)
        with pytest.raises(TooManyAttempts):
            here.second.sign_in(here.challenge(ann), "000000", device=PHONE)


def known_to(here: FactorWorld, of: SignedIn) -> Device:
    """A device that the account has signed in on before."""
    devices = here.world.devices
    token = devices.token(devices.of(None).signed_in(of.user.id))
    return replace(PHONE, token=token)
