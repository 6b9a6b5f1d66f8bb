"""The signing keys' life: made, published ahead, retired; wherever a run stops."""

from __future__ import annotations

import itertools

import pytest

from socialflow.identity.tokens.issuing_keys import (
    KeyRing,
    KeyRingUnreadable,
    make_key,
    ring_from_text,
    ring_to_text,
)
from socialflow.platform.aws import client
from tests.unit.doubles import CountedIds, Crash, CrashingClient, CrashPoint, MovableClock, PacedRun
from tests.unit.identity.world import SECRET, World, build_world


def published_kids(world: World) -> set[str]:
    return {each.jwk["kid"] for each in world.published.read()}


def signing_kid(world: World) -> str:
    return world.secret.read().current(world.clock()).kid


class TestSecret:
    @pytest.mark.parametrize("text", ["", "R4nd0mPl4c3h0ld3r", "[]", "{}", '"keys"', "null"])
    def test_a_placeholder_is_no_key(self, text: str) -> None:
        assert ring_from_text(text) == KeyRing()

    def test_another_format_is_never_overwritten(self, world: World) -> None:
        text = '{"format":99,"keys":[]}'
        client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=text)
        with pytest.raises(KeyRingUnreadable):
            world.rotation.run()
        kept = client("secretsmanager").get_secret_value(SecretId=SECRET)
        assert kept["SecretString"] == text

    def test_reads_what_it_wrote(self, clock: MovableClock) -> None:
        ring = KeyRing((make_key(created_at=clock(), signs_from=clock()),))
        assert ring_from_text(ring_to_text(ring)) == ring

    def test_private_parts_stay_out_of_the_table(self, world: World) -> None:
        (key,) = world.secret.read().keys
        kept = repr(world.items())
        assert key.private_jwk["d"] not in kept
        assert key.refresh_secret not in kept
        assert set(world.published.read()[0].jwk) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


class TestTending:
    def test_the_first_key_signs_at_once(self, bare_world: World) -> None:
        rotated = bare_world.rotation.run()
        assert rotated.made == 1
        assert published_kids(bare_world) == {rotated.current_kid} == {signing_kid(bare_world)}

    def test_again_changes_and_writes_nothing(self, world: World) -> None:
        before = world.items()
        assert world.rotation.run().made == 0
        assert world.items() == before
        assert world.calls.names == ["get_item"]
        assert world.secret_calls.names == ["get_secret_value"]

    def test_a_successor_is_published_an_hour_before_it_signs(self, world: World) -> None:
        first = signing_kid(world)
        world.clock.move(days=90, seconds=-1)
        assert world.rotation.run().made == 0
        world.clock.move(seconds=1)
        assert world.rotation.run().made == 1
        assert len(published_kids(world)) == 2
        assert signing_kid(world) == first
        world.clock.move(minutes=59)
        assert signing_kid(world) == first
        world.clock.move(minutes=1)
        assert signing_kid(world) != first

    def test_an_old_key_stays_while_its_tokens_live(self, world: World) -> None:
        first = signing_kid(world)
        world.clock.move(days=90)
        world.rotation.run()
        world.clock.move(minutes=59, seconds=59)
        token = world.register_ann().access_token
        for _ in range(15):
            world.clock.move(minutes=1)
            world.rotation.run()
            assert first in published_kids(world)
        world.clock.move(seconds=-1)
        assert world.access.verify(token).handle == "ann"
        world.clock.move(days=1)
        world.rotation.run()
        assert published_kids(world) == {signing_kid(world)}

    def test_a_retired_key_opens_refresh_tokens_for_a_month(self, world: World) -> None:
        first = signing_kid(world)
        world.clock.move(days=90)
        world.rotation.run()
        world.clock.move(hours=2, days=30)
        world.rotation.run()
        assert world.secret.read().find(first) is None
        assert len(world.secret.read().keys) == 1

    def test_two_years_of_days_never_leave_what_signs_unpublished(
        self, clock: MovableClock
    ) -> None:
        ring, seen = KeyRing(), set()
        for _ in range(730):
            ring = ring.tended(clock(), lambda at: make_key(created_at=clock(), signs_from=at))
            published = {each.jwk["kid"] for each in ring.public_keys(clock())}
            assert ring.current(clock()).kid in published
            assert len(ring.keys) <= 3
            seen.add(ring.current(clock()).kid)
            clock.move(days=1)
        assert len(seen) == 9

    def test_a_week_without_a_run_only_delays(self, world: World) -> None:
        first = signing_kid(world)
        world.clock.move(days=97)
        assert signing_kid(world) == first
        world.rotation.run()
        assert signing_kid(world) == first
        world.clock.move(hours=1)
        assert signing_kid(world) != first


@pytest.fixture(params=["first", "due"])
def due(request: pytest.FixtureRequest, bare_world: World) -> World:
    """A world in which a run has something to do: the first key, or a successor."""
    if request.param == "due":
        bare_world.rotation.run()
        bare_world.clock.move(days=90)
    return bare_world


class TestCrashes:
    def test_every_boundary_ends_as_an_undisturbed_run(
        self, due: World, clock: MovableClock, ids: CountedIds
    ) -> None:
        expected = len(due.secret.read().keys) + 1
        for boundary in itertools.count():
            crash = CrashPoint(boundary)
            doomed = build_world(
                dynamodb=CrashingClient(client("dynamodb"), crash),
                secrets=CrashingClient(client("secretsmanager"), crash),
                clock=clock,
                ids=ids,
            )
            if not self._dies(doomed):
                break
            private = {key.kid for key in due.secret.read().keys}
            assert private <= published_kids(due), f"unpublished after boundary {boundary}"
        assert boundary >= 4
        due.rotation.run()
        ring = due.secret.read()
        assert len(ring.keys) == expected
        assert {key.kid for key in ring.keys} <= published_kids(due)
        due.clock.move(days=2)
        due.rotation.run()
        published = {each.jwk["kid"] for each in ring.public_keys(due.clock())}
        assert published_kids(due) == published, "orphans of crashed runs go away"

    @staticmethod
    def _dies(doomed: World) -> bool:
        try:
            doomed.rotation.run()
        except Crash:
            return True
        return False


INTERLEAVINGS = sorted(
    {
        "".join("A" if position in chosen else "B" for position in range(8))
        for chosen in itertools.combinations(range(8), 4)
    }
)


class TestTwoRunsAtOnce:
    @pytest.mark.parametrize("order", INTERLEAVINGS)
    def test_whatever_the_order_what_signs_is_published(
        self, bare_world: World, clock: MovableClock, ids: CountedIds, order: str
    ) -> None:
        runs: dict[str, PacedRun] = {}
        for name in "AB":
            runs[name] = PacedRun()
            paced = build_world(
                dynamodb=runs[name].paced(client("dynamodb")),
                secrets=runs[name].paced(client("secretsmanager")),
                clock=clock,
                ids=ids,
            )
            runs[name].start(paced.rotation.run)
        for name in order:
            runs[name].step()
        for run in runs.values():
            run.finish()
        private = {key.kid for key in bare_world.secret.read().keys}
        assert private
        assert private <= published_kids(bare_world)
        assert bare_world.rotation.run().made == 0
        assert private <= published_kids(bare_world)
