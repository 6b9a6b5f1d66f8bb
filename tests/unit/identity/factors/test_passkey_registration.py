"""Making passkeys: whose, how many, once."""

from __future__ import annotations

import pytest

from socialflow.identity.factors.challenges import LASTS
from socialflow.identity.factors.errors import (
    PasskeyChallengeOver,
    PasskeyInvalid,
    PasskeyKnown,
    PasskeyLimitReached,
)
from socialflow.identity.factors.records import PasskeyId, passkey_id_of
from socialflow.identity.sessions.sessions import SignedIn
from tests.software_authenticator import Oddity, SoftwareAuthenticator
from tests.unit.identity.factors.factor_world import ORIGIN, FactorWorld
from tests.unit.identity.factors.racing import race


class TestRegistering:
    def test_with_a_challenge_of_somebody_else(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        ben = here.person("ben")
        options = here.passkeys.options(here.principal(ben))
        with pytest.raises(PasskeyChallengeOver):
            here.passkeys.register(
                here.principal(ann),
                options.challenge_token,
                phone.create(options.public_key),
                name="Phone",
                actor=here.actor(ann),
            )

    def test_with_a_challenge_to_sign_in(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        token = here.proofs.options().challenge_token
        made = phone.create(here.passkeys.options(here.principal(ann)).public_key)
        with pytest.raises(PasskeyChallengeOver):
            here.passkeys.register(
                here.principal(ann), token, made, name="Phone", actor=here.actor(ann)
            )

    def test_after_its_time(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        options = here.passkeys.options(here.principal(ann))
        here.clock.move(seconds=LASTS.total_seconds())
        with pytest.raises(PasskeyChallengeOver):
            here.passkeys.register(
                here.principal(ann),
                options.challenge_token,
                phone.create(options.public_key),
                name="Phone",
                actor=here.actor(ann),
            )

    @pytest.mark.parametrize(
        "odd",
        [
            Oddity(origin="https://socia1flow.example"),
            Oddity(rp_id="evil.example"),
            Oddity(challenge=bytes(32)),
            Oddity(flags_off=0x04),
            Oddity(cross_origin=True),
        ],
        ids=["origin", "relying party", "challenge", "unverified", "frame"],
    )
    def test_what_proves_nothing(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator, odd: Oddity
    ) -> None:
        options = here.passkeys.options(here.principal(ann))
        before = here.world.items()
        with pytest.raises(PasskeyInvalid):
            here.passkeys.register(
                here.principal(ann),
                options.challenge_token,
                phone.create(options.public_key, odd),
                name="Phone",
                actor=here.actor(ann),
            )
        assert here.world.items() == before

    def test_a_passkey_that_another_account_has(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        here.add_passkey(ann, phone)
        thief = here.person("ben")
        # The same seed: the same credential, whose private key the thief would not even need.
        copy = SoftwareAuthenticator(ORIGIN)
        with pytest.raises(PasskeyKnown):
            here.add_passkey(thief, copy)
        assert here.user(thief).passkeys == 0
        assert here.passkeys.all(here.principal(thief)) == []

    def test_more_than_twenty(self, here: FactorWorld, ann: SignedIn) -> None:
        waiting = here.passkeys.options(here.principal(ann))
        late = SoftwareAuthenticator(ORIGIN, seed="late").create(waiting.public_key)
        for number in range(20):
            here.add_passkey(ann, SoftwareAuthenticator(ORIGIN, seed=str(number)))
        with pytest.raises(PasskeyLimitReached):
            here.passkeys.options(here.principal(ann))
        with pytest.raises(PasskeyLimitReached):
            here.passkeys.register(
                here.principal(ann),
                waiting.challenge_token,
                late,
                name="Late",
                actor=here.actor(ann),
            )
        assert len(here.passkeys.all(here.principal(ann))) == here.user(ann).passkeys == 20

    def test_the_same_answer_again_gets_the_same_passkey(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        options = here.passkeys.options(here.principal(ann))
        made = phone.create(options.public_key)
        first, again = (
            here.passkeys.register(
                here.principal(ann),
                options.challenge_token,
                made,
                name="Phone",
                actor=here.actor(ann),
            )
            for _ in range(2)
        )
        assert first == again
        assert here.user(ann).passkeys == 1
        assert here.acts() == ["passkey.added"]

    def test_another_passkey_by_a_challenge_that_was_met(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        options = here.passkeys.options(here.principal(ann))
        for passkey in range(2):
            made = phone.create(options.public_key)
            if passkey == 0:
                here.passkeys.register(
                    here.principal(ann),
                    options.challenge_token,
                    made,
                    name="Phone",
                    actor=here.actor(ann),
                )
        with pytest.raises(PasskeyChallengeOver):
            here.passkeys.register(
                here.principal(ann),
                options.challenge_token,
                made,
                name="Second",
                actor=here.actor(ann),
            )
        assert here.user(ann).passkeys == 1

    def test_keeps_it_in_one_transaction_and_tells(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        options = here.passkeys.options(here.principal(ann))
        made = phone.create(options.public_key)
        here.world.calls.names.clear()
        passkey = here.passkeys.register(
            here.principal(ann), options.challenge_token, made, name="Phone", actor=here.actor(ann)
        )
        assert here.world.calls.names == ["batch_get_item", "transact_write_items"]
        assert passkey.id == passkey_id_of(phone.passkeys[0].credential_id)
        assert passkey.name == "Phone"
        assert here.user(ann).passkeys == 1
        assert here.told(ann) == ["The passkey \u201cPhone\u201d was added."]

    def test_several_and_each_browser_is_told_of_those_there_are(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        here.add_passkey(ann, phone)
        here.clock.move(minutes=1)
        laptop = SoftwareAuthenticator(ORIGIN, seed="laptop")
        here.add_passkey(ann, laptop, "Laptop")
        excluded = here.passkeys.options(here.principal(ann)).public_key["excludeCredentials"]
        assert len(excluded) == 2
        assert excluded[0]["transports"] == ["hybrid", "internal"]
        with pytest.raises(AssertionError, match="InvalidStateError"):
            here.add_passkey(ann, phone)
        assert [each.name for each in here.passkeys.all(here.principal(ann))] == [
            "Phone",
            "Laptop",
        ]

    def test_by_twenty_at_once_with_one_place_left(self, shared: FactorWorld) -> None:
        ann = shared.person("ann")
        phone = SoftwareAuthenticator(ORIGIN)
        for number in range(19):
            shared.add_passkey(ann, SoftwareAuthenticator(ORIGIN, seed=str(number)))
        options = [shared.passkeys.options(shared.principal(ann)) for _ in range(20)]
        made = iter([(each, phone.create(each.public_key)) for each in options])

        def add() -> PasskeyId:
            asked, credential = next(made)
            passkey = shared.passkeys.register(
                shared.principal(ann),
                asked.challenge_token,
                credential,
                name="One of many",
                actor=shared.actor(ann),
            )
            return passkey.id

        got, refused = race(add)
        assert len(got) == 1
        assert set(refused) <= {"passkey_limit_reached", "user_changed", "storage_busy"}
        assert len(shared.passkeys.all(shared.principal(ann))) == shared.user(ann).passkeys == 20
