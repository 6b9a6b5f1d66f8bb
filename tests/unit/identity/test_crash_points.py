"""Every changing use case, stopped before and after each AWS call, then done again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from socialflow.identity.errors import RefreshTokenInvalid
from socialflow.identity.sessions.sessions import Device, SignedIn
from socialflow.platform.aws import client
from tests.unit.doubles import CountedIds, Crash, CrashingClient, CrashPoint, MovableClock
from tests.unit.identity.world import ANN, PHONE, World, build_world

# Both steps: two limits and the registration, a count, a read, the account; keys of both kinds.
REGISTERING = 14


def crashing(boundary: int, clock: MovableClock, ids: CountedIds) -> World:
    crash = CrashPoint(boundary)
    return build_world(
        dynamodb=CrashingClient(client("dynamodb"), crash),
        secrets=CrashingClient(client("secretsmanager"), crash),
        clock=clock,
        ids=ids,
    )


def boundaries(work: Callable[[int], object]) -> Iterator[int]:
    """Runs `work`, dying at each boundary in turn, until one run gets through."""
    for boundary in itertools.count():
        try:
            work(boundary)
        except Crash:
            yield boundary
        else:
            return


class TestRegistering:
    def test_again_with_the_key_ends_as_if_undisturbed(
        self, world: World, clock: MovableClock, ids: CountedIds
    ) -> None:
        for boundary in range(REGISTERING):
            new = replace(ANN, email=f"ann{boundary}@example.com", handle=f"ann{boundary}")
            doomed = crashing(boundary, clock, ids)
            with pytest.raises(Crash):
                doomed.register(new, device=Device(name=PHONE), idempotency_key="key-1")
            clock.move(seconds=40)
            signed_in = world.register(new, device=Device(name=PHONE), idempotency_key="key-1")
            (session,) = world.sessions_of(signed_in)
            assert session["generation"] == 0
            assert [item["user_id"] for item in world.items(f"EMAIL#{new.email}")] == [
                signed_in.user.id
            ]
            assert [item["user_id"] for item in world.items(f"HANDLE#{new.handle}")] == [
                signed_in.user.id
            ]
            assert world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))

    def test_those_are_all_its_boundaries(
        self, world: World, clock: MovableClock, ids: CountedIds
    ) -> None:
        crashing(REGISTERING, clock, ids).register(ANN, device=Device(name=PHONE))


class TestLoggingIn:
    def test_again_signs_in(self, world: World, clock: MovableClock, ids: CountedIds) -> None:
        world.register_ann()

        def log_in(boundary: int) -> SignedIn:
            clock.move(minutes=20)
            return crashing(boundary, clock, ids).log_in()

        crashed = list(boundaries(log_in))
        assert len(crashed) == 10
        again = world.log_in()
        assert world.sessions.refresh(again.refresh_token, device=Device(name=""))


class TestRefreshing:
    def test_a_client_that_asks_again_at_once_gets_its_token(
        self, world: World, clock: MovableClock, ids: CountedIds
    ) -> None:
        last = world.register_ann()

        def refresh(boundary: int) -> None:
            crashing(boundary, clock, ids).sessions.refresh(
                last.refresh_token, device=Device(name=PHONE)
            )

        crashed = 0
        for _ in boundaries(refresh):
            crashed += 1
            last = world.sessions.refresh(last.refresh_token, device=Device(name=PHONE))
            (session,) = world.sessions_of(last)
            assert session["generation"] == crashed
        assert crashed == 6


class TestLoggingOut:
    def test_again_ends_the_session(
        self, world: World, clock: MovableClock, ids: CountedIds
    ) -> None:
        signed_in = world.register_ann()
        principal = world.access.verify(signed_in.access_token)
        crashed = list(boundaries(lambda n: crashing(n, clock, ids).sessions.end(principal)))
        # Before the write and after it; a third run finds the session over.
        assert crashed == [0, 1]
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
