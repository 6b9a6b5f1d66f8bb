"""Passkeys that are there: their ids, their names, taking them away."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from socialflow.identity.errors import LastSignInMethod
from socialflow.identity.factors.errors import (
    PasskeyEditedMeanwhile,
    PasskeyNotFound,
)
from socialflow.identity.factors.records import PasskeyId, passkey_id_of
from socialflow.identity.sessions.sessions import SignedIn
from socialflow.platform.ids import id_pattern
from tests.software_authenticator import SoftwareAuthenticator
from tests.unit.identity.factors.factor_world import ORIGIN, FactorWorld
from tests.unit.identity.factors.racing import race


class TestIds:
    def test_follow_from_the_credential_and_look_like_all_ids(self) -> None:
        ids = {passkey_id_of(bytes([number])) for number in range(200)}
        assert len(ids) == 200
        assert all(re.match(id_pattern("psk"), each) for each in ids)
        assert passkey_id_of(b"\x01") == passkey_id_of(b"\x01")


class TestNaming:
    def test_what_is_not_there(self, here: FactorWorld, ann: SignedIn) -> None:
        with pytest.raises(PasskeyNotFound):
            here.passkeys.rename(here.principal(ann), PasskeyId("psk_none"), "Mine", edits=None)

    def test_somebody_elses(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        passkey = here.add_passkey(ann, phone)
        ben = here.person("ben")
        with pytest.raises(PasskeyNotFound):
            here.passkeys.rename(here.principal(ben), passkey.id, "Mine", edits=1)
        assert here.passkeys.all(here.principal(ann)) == [passkey]

    def test_ones_own(self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator) -> None:
        passkey = here.add_passkey(ann, phone)
        renamed = here.passkeys.rename(here.principal(ann), passkey.id, "Old phone", edits=1)
        assert renamed == replace(passkey, name="Old phone", edits=2)
        assert here.passkeys.all(here.principal(ann)) == [renamed]

    def test_that_was_renamed_meanwhile(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        passkey = here.add_passkey(ann, phone)
        here.passkeys.rename(here.principal(ann), passkey.id, "First", edits=1)
        with pytest.raises(PasskeyEditedMeanwhile):
            here.passkeys.rename(here.principal(ann), passkey.id, "Second", edits=1)
        here.passkeys.rename(here.principal(ann), passkey.id, "Whatever", edits=None)
        assert [each.name for each in here.passkeys.all(here.principal(ann))] == ["Whatever"]


class TestRemoving:
    def test_what_is_not_there(self, here: FactorWorld, ann: SignedIn) -> None:
        with pytest.raises(PasskeyNotFound):
            here.passkeys.remove(here.principal(ann), PasskeyId("psk_none"), actor=here.actor(ann))

    def test_somebody_elses(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        passkey = here.add_passkey(ann, phone)
        ben = here.person("ben")
        with pytest.raises(PasskeyNotFound):
            here.passkeys.remove(here.principal(ben), passkey.id, actor=here.actor(ben))
        assert here.passkeys.all(here.principal(ann)) == [passkey]

    def test_the_last_way_in(self, here: FactorWorld, phone: SoftwareAuthenticator) -> None:
        ann = here.person("ann", email=None, has_password=False)
        passkey = here.add_passkey(ann, phone)
        with pytest.raises(LastSignInMethod):
            here.passkeys.remove(here.principal(ann), passkey.id, actor=here.actor(ann))
        assert here.user(ann).passkeys == 1

    def test_the_last_passkey_of_who_can_enter_through_a_provider(
        self, here: FactorWorld, phone: SoftwareAuthenticator
    ) -> None:
        ann = here.person("ann", email=None, has_password=False, providers=("google",))
        passkey = here.add_passkey(ann, phone)
        here.passkeys.remove(here.principal(ann), passkey.id, actor=here.actor(ann))
        assert here.user(ann).passkeys == 0

    def test_one_of_two_by_twenty_at_once_leaves_one(self, shared: FactorWorld) -> None:
        ann = shared.person("ann", email=None, has_password=False)
        both = [
            shared.add_passkey(ann, SoftwareAuthenticator(ORIGIN, seed=seed))
            for seed in ("phone", "laptop")
        ] * 10
        wanted = iter([each.id for each in both])
        got, refused = race(
            lambda: shared.passkeys.remove(
                shared.principal(ann), next(wanted), actor=shared.actor(ann)
            )
        )
        assert len(got) == 1
        assert set(refused) <= {
            "last_sign_in_method",
            "passkey_not_found",
            "user_changed",
            "storage_busy",
        }
        assert len(shared.passkeys.all(shared.principal(ann))) == shared.user(ann).passkeys == 1

    def test_ends_it_and_lets_its_credential_be_registered_again(
        self, here: FactorWorld, ann: SignedIn, phone: SoftwareAuthenticator
    ) -> None:
        passkey = here.add_passkey(ann, phone)
        here.passkeys.remove(here.principal(ann), passkey.id, actor=here.actor(ann))
        assert here.world.items("CREDENTIAL#") == []
        assert here.user(ann).passkeys == 0
        assert here.acts() == ["passkey.added", "passkey.removed"]
        assert here.told(ann)[-1] == "The passkey \u201cPhone\u201d was removed."
        assert here.add_passkey(ann, SoftwareAuthenticator(ORIGIN)).id == passkey.id
