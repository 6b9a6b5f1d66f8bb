"""Refreshing where all sessions were ended by one write, and its limit."""

from __future__ import annotations

import pytest

from socialflow.identity.errors import RefreshTokenInvalid, SignInOutdated
from socialflow.identity.sessions.sessions import REFRESH, Device
from socialflow.platform.rate_limits import RateLimited
from tests.unit.identity.world import PHONE, World


class TestEndedAlike:
    """Sessions that were ended by one write on the account."""

    def test_refresh_no_more(self, world: World) -> None:
        signed_in = world.register_ann()
        user = world.repository.user(signed_in.user.id, consistent=True)
        assert user
        world.repository.save_user(user, user.without_sessions())
        world.calls.names.clear()
        with pytest.raises(RefreshTokenInvalid) as refused:
            world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        assert type(refused.value) is RefreshTokenInvalid
        assert world.calls.names == ["batch_get_item"]

    def test_a_sign_in_that_began_before_is_refused(self, world: World) -> None:
        user = world.register_ann().user
        kept = world.repository.user(user.id, consistent=True)
        assert kept
        world.repository.save_user(kept, kept.without_sessions())
        with pytest.raises(SignInOutdated):
            world.sessions.open(user, method="password", device=Device(name=PHONE))


class TestLimit:
    def test_is_counted_in_the_session_and_costs_no_call_of_its_own(self, world: World) -> None:
        signed_in = world.register_ann()
        for spent in range(1, REFRESH.limit + 1):
            signed_in = world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
            assert signed_in.rate
            assert signed_in.rate.remaining == REFRESH.limit - spent
        world.calls.names.clear()
        with pytest.raises(RateLimited) as refused:
            world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        assert world.calls.names == ["batch_get_item"]
        world.clock.move(seconds=refused.value.retry_after_seconds)
        again = world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        assert again.rate
        assert again.rate.remaining == REFRESH.limit - 1

    def test_a_repeat_is_answered_even_then(self, world: World) -> None:
        last = signed_in = world.register_ann()
        for _ in range(REFRESH.limit):
            last = signed_in
            signed_in = world.sessions.refresh(last.refresh_token, device=Device(name=PHONE))
        again = world.sessions.refresh(last.refresh_token, device=Device(name=PHONE))
        assert again.refresh_token == signed_in.refresh_token
