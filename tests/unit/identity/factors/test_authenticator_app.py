"""Setting up an authenticator app, and taking it away."""

from __future__ import annotations

import pytest

from socialflow.identity.errors import UserChanged
from socialflow.identity.factors import totp
from socialflow.identity.factors.errors import (
    CodeRefused,
    SecondFactorRefused,
    TotpEnabled,
    TotpNotEnabled,
    TotpSetupOver,
)
from socialflow.identity.factors.overview import SecurityOverview
from socialflow.identity.factors.records import app_key
from socialflow.identity.sealing.errors import SealBroken
from socialflow.identity.sessions.sessions import SignedIn
from socialflow.platform.dynamodb import Write
from tests.unit.identity.factors.factor_world import PHONE, FactorWorld, secret_in
from tests.unit.identity.factors.racing import race


class TestConfirming:
    def test_without_a_set_up(self, here: FactorWorld, ann: SignedIn) -> None:
        with pytest.raises(TotpSetupOver):
            here.app.confirm(here.principal(ann), "123456", actor=here.actor(ann))

    @pytest.mark.parametrize("code", ["000000", "12345", "abcdef", "AAAA-AAAA-AAAA-AAAA"])
    def test_with_a_wrong_code(self, here: FactorWorld, ann: SignedIn, code: str) -> None:
        here.app.begin(here.principal(ann))
        with pytest.raises(CodeRefused):
            here.app.confirm(here.principal(ann), code, actor=here.actor(ann))
        assert not here.user(ann).second_factor

    def test_with_a_code_of_a_secret_that_was_replaced(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        former = secret_in(here.app.begin(here.principal(ann)))
        assert secret_in(here.app.begin(here.principal(ann))) != former
        with pytest.raises(CodeRefused):
            here.app.confirm(here.principal(ann), here.code(former), actor=here.actor(ann))

    def test_after_its_time(self, here: FactorWorld, ann: SignedIn) -> None:
        shown = here.app.begin(here.principal(ann))
        here.clock.now = shown.expires_at
        code = here.code(secret_in(shown))
        with pytest.raises(TotpSetupOver):
            here.app.confirm(here.principal(ann), code, actor=here.actor(ann))

    def test_of_somebody_elses_secret(self, here: FactorWorld, ann: SignedIn) -> None:
        ben = here.person("ben")
        secret = secret_in(here.app.begin(here.principal(ben)))
        here.app.begin(here.principal(ann))
        with pytest.raises(CodeRefused):
            here.app.confirm(here.principal(ann), here.code(secret), actor=here.actor(ann))

    def test_again_neither_shows_codes_nor_changes_anything(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        secret, _ = here.set_up(ann)
        before = here.world.items()
        with pytest.raises(TotpEnabled):
            here.app.confirm(here.principal(ann), here.code(secret), actor=here.actor(ann))
        with pytest.raises(TotpEnabled):
            here.app.begin(here.principal(ann))
        assert here.world.items() == before

    def test_turns_it_on_in_one_transaction(self, here: FactorWorld, ann: SignedIn) -> None:
        secret = secret_in(here.app.begin(here.principal(ann)))
        here.world.calls.names.clear()
        codes = here.app.confirm(here.principal(ann), here.code(secret), actor=here.actor(ann))
        assert here.world.calls.names == ["batch_get_item", "transact_write_items"]
        assert len(set(codes)) == 10
        assert here.user(ann).second_factor
        login = here.world.repository.login("ann@example.com")
        assert login
        assert login.user.second_factor
        assert here.acts() == ["totp.enabled"]
        assert here.mails(ann) == [
            ("factor_changed", {"what": "Two-step sign-in was switched on."})
        ]
        assert here.items(ann, "TOTP_SETUP") == []

    def test_by_twenty_at_once_gives_one_set_of_codes(self, shared: FactorWorld) -> None:
        ann = shared.person("ann")
        code = shared.code(secret_in(shared.app.begin(shared.principal(ann))))
        got, refused = race(
            lambda: shared.app.confirm(shared.principal(ann), code, actor=shared.actor(ann))
        )
        assert len(got) == 1
        assert set(refused) <= {"totp_enabled", "user_changed", "totp_setup_over"}
        assert shared.second.sign_in(shared.challenge(ann), got[0][0], device=PHONE)


class TestAtRest:
    def test_neither_secret_nor_codes_lie_in_clear(self, here: FactorWorld, ann: SignedIn) -> None:
        secret, codes = here.set_up(ann)
        kept = repr(here.world.items())
        clear = [totp.shown_secret(secret), secret.hex(), repr(secret), *codes]
        assert not [each for each in clear if each in kept or each.replace("-", "") in kept]

    def test_a_secret_moved_to_another_account_does_not_open(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        secret, _ = here.set_up(ann)
        ben = here.person("ben")
        here.set_up(ben)
        (anns,) = here.items(ann, "TOTP")
        moved = {"sealed_secret": anns["sealed_secret"]}
        here.world.table.write(Write(key=app_key(ben.user.id), set=moved))
        with pytest.raises(SealBroken):
            here.second.sign_in(here.challenge(ben), here.code(secret), device=PHONE)


class TestRemoving:
    def test_what_is_not_there(self, here: FactorWorld, ann: SignedIn) -> None:
        with pytest.raises(TotpNotEnabled):
            here.app.remove(here.principal(ann), actor=here.actor(ann))

    def test_takes_app_and_codes(self, here: FactorWorld, ann: SignedIn) -> None:
        here.set_up(ann)
        here.app.remove(here.principal(ann), actor=here.actor(ann))
        assert not here.user(ann).second_factor
        assert here.items(ann, "TOTP") == here.items(ann, "RECOVERY") == []
        assert here.acts() == ["totp.enabled", "totp.disabled"]
        overview = SecurityOverview(here.factors).of(here.principal(ann)).totp
        assert (overview.enabled, overview.confirmed_at, overview.recovery_codes_left) == (
            False,
            None,
            0,
        )

    def test_and_setting_up_again_takes_another_secret(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        former, _ = here.set_up(ann)
        here.app.remove(here.principal(ann), actor=here.actor(ann))
        assert here.set_up(ann)[0] != former

    def test_loses_to_a_change_of_the_account(self, here: FactorWorld, ann: SignedIn) -> None:
        here.set_up(ann)
        stale = here.user(ann)
        here.world.repository.save_user(stale, stale)
        with pytest.raises(UserChanged):
            here.world.repository.save_user(stale, stale)
        assert here.user(ann).second_factor


class TestRecoveryCodes:
    def test_of_an_account_without_an_app(self, here: FactorWorld, ann: SignedIn) -> None:
        with pytest.raises(TotpNotEnabled):
            here.app.renew_codes(here.principal(ann), actor=here.actor(ann))

    def test_new_ones_are_worth_and_old_ones_nothing(
        self, here: FactorWorld, ann: SignedIn
    ) -> None:
        _, former = here.set_up(ann)
        codes = here.app.renew_codes(here.principal(ann), actor=here.actor(ann))
        assert not set(codes) & set(former)
        standing = here.factors.standing(ann.user.id)
        assert standing.recovery
        assert standing.recovery.left == 10
        assert here.acts()[-1] == "recovery_codes.renewed"

    def test_again_at_once_are_told_of_once(self, here: FactorWorld, ann: SignedIn) -> None:
        here.set_up(ann)
        lost = here.app.renew_codes(here.principal(ann), actor=here.actor(ann))
        here.clock.move(seconds=2)
        codes = here.app.renew_codes(here.principal(ann), actor=here.actor(ann))
        assert here.acts().count("recovery_codes.renewed") == 1
        with pytest.raises(SecondFactorRefused):
            here.second.sign_in(here.challenge(ann), lost[0], device=PHONE)
        assert here.second.sign_in(here.challenge(ann), codes[0], device=PHONE)
        here.clock.move(minutes=1)
        here.app.renew_codes(here.principal(ann), actor=here.actor(ann))
        assert here.acts().count("recovery_codes.renewed") == 2
