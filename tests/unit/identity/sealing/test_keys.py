"""The keys that seal: made, kept, followed by others; two runs of the rotation at once."""

from __future__ import annotations

import functools
import itertools
from datetime import timedelta
from typing import Any

import pytest

from socialflow.identity.sealing.errors import (
    SealBroken,
    SealingKeysMissing,
    SealingKeysUnreadable,
)
from socialflow.identity.sealing.keys import (
    SealingKey,
    SealingRing,
    make_key,
    ring_from_text,
    ring_to_text,
)
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sealing.secret import SealingSecret
from socialflow.platform.aws import client
from tests.unit.doubles import START, MovableClock, PacedRun
from tests.unit.identity.sealing.conftest import SECRET, secret_of

HOUR = timedelta(hours=1)


class TestKeys:
    @pytest.mark.parametrize("text", ["", "R4nd0mPl4c3h0ld3r", "[]", "{}", '"keys"', "null"])
    def test_a_placeholder_is_no_key(self, text: str) -> None:
        assert ring_from_text(text) == SealingRing()

    def test_reads_what_it_wrote(self) -> None:
        ring = SealingRing((make_key(START), make_key(START + HOUR)))
        assert ring_from_text(ring_to_text(ring)) == ring

    def test_without_a_key_nothing_is_sealed(self, aws: None, clock: MovableClock) -> None:
        client("secretsmanager").create_secret(Name=SECRET)
        sealer = Sealer(secret_of(clock), clock=clock)
        with pytest.raises(SealingKeysMissing):
            sealer.token("reset", "rst", START)
        with pytest.raises(SealBroken):
            sealer.open_token("reset", "sfs1.00000000.1.x." + "A" * 43)

    def test_another_format_is_never_overwritten(self, aws: None, clock: MovableClock) -> None:
        text = '{"format":99,"sealing_keys":[]}'
        client("secretsmanager").create_secret(Name=SECRET, SecretString=text)
        with pytest.raises(SealingKeysUnreadable):
            secret_of(clock).tend()
        assert client("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"] == text

    def test_a_successor_is_known_an_hour_before_it_seals(
        self, secret: SealingSecret, clock: MovableClock
    ) -> None:
        (first,) = secret.tend().keys
        clock.move(days=365, seconds=-1)
        assert secret.tend().keys == (first,)
        clock.move(seconds=1)
        ring = secret.tend()
        assert len(ring.keys) == 2
        assert secret.tend() == ring, "again changes nothing"
        assert ring.at(clock() + timedelta(minutes=59)) == first
        assert ring.at(clock() + HOUR) == ring.keys[1]

    def test_a_clock_that_is_behind_gets_the_first_key(self) -> None:
        ring = SealingRing((make_key(START),))
        assert ring.at(START - HOUR) == ring.keys[0]


ORDERS = sorted(
    {
        "".join("A" if place in chosen else "B" for place in range(6))
        for chosen in itertools.combinations(range(6), 3)
    }
)


@pytest.mark.parametrize("order", ORDERS)
def test_of_two_runs_at_once_one_ring_comes(aws: None, clock: MovableClock, order: str) -> None:
    """A key that a run reports is in the secret for ever, whatever the other run does."""
    client("secretsmanager").create_secret(Name=SECRET)
    reported: list[SealingRing] = []

    def tended(secrets: Any) -> None:
        reported.append(secret_of(clock, secrets).tend())

    runs = {name: PacedRun() for name in "AB"}
    for run in runs.values():
        run.start(functools.partial(tended, run.paced(client("secretsmanager"))))
    for name in order:
        runs[name].step()
    for run in runs.values():
        run.finish()
    assert len(reported) == 2
    assert reported[0] == reported[1] == secret_of(clock).ring()


def test_keys_are_random() -> None:
    made: list[SealingKey] = [make_key(START) for _ in range(50)]
    assert len({key.secret for key in made}) == len({key.id for key in made}) == 50
