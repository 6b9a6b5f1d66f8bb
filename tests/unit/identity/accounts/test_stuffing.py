"""Credential stuffing at a hundred a second: from one address, from many, at one account or many.

The clock is moved by hand, ten milliseconds a guess, and the hash is stood in for, so that a
minute of attack takes seconds; what is counted is what the real limits let through to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from socialflow.identity.accounts.limits import (
    LOG_IN,
    LOG_IN_ACCOUNT,
    LOG_IN_NETWORK,
    AccountLimits,
)
from socialflow.identity.errors import LoginRefused
from socialflow.identity.passwords.hashing import Passwords
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.dynamodb import Write
from socialflow.platform.rate_limits import RateLimited, RateLimiter
from tests.unit.counting_table import CountingTable
from tests.unit.identity.world import ANN, PASSWORD, World

EVE = replace(ANN, email="eve@example.com", handle="eve", display_name="Eve")
PACE = timedelta(milliseconds=10)
MINUTE = 6000


@dataclass
class Attack:
    """What came of an attack: guesses that reached the hash, and those that were refused."""

    hashed: int = 0
    refused: int = 0
    succeeded: int = 0


@pytest.fixture
def attack(world: World, monkeypatch: pytest.MonkeyPatch) -> Attack:
    """Ann and Eve have accounts; whoever gets as far as a hash is counted.

    Accounts and counters are in memory: moto takes a hundredth of a second for a transaction.
    """
    for each in (ANN, EVE):
        world.register(each)
    logins = {each.email: world.repository.login(each.email) for each in (ANN, EVE)}
    counters = CountingTable()
    limits = AccountLimits(RateLimiter(counters, clock=world.clock), world.devices)
    monkeypatch.setattr(world.signing_in, "_limits", limits)
    monkeypatch.setattr(world.repository, "login", logins.get)
    monkeypatch.setattr(
        world.repository, "open_session", lambda _session, more: counters.transact(counted(more))
    )
    seen = Attack()

    def matches(_self: Passwords, password: str, encoded: str | None) -> bool:
        seen.hashed += 1
        return encoded is not None and password == PASSWORD

    monkeypatch.setattr(Passwords, "matches", matches)
    return seen


def counted(writes: Sequence[Write]) -> list[Write]:
    """Those of a transaction's writes that are about counters."""
    return [write for write in writes if write.key and write.key["pk"].startswith("RATE#")]


def guess(world: World, attack: Attack, *, email: str, password: str, device: Device) -> None:
    world.clock.now += PACE
    try:
        world.signing_in.log_in(email=email, password=password, device=device)
    except LoginRefused:
        return
    except RateLimited:
        attack.refused += 1
    else:
        attack.succeeded += 1


def most_tries(seconds: int, free: int, ceiling: int) -> int:
    """How many tries a growing delay can let through in a time."""
    tries, at, wait = free, 0, 1
    while at + wait <= seconds:
        at, wait, tries = at + wait, min(wait * 2, ceiling), tries + 1
    return tries


class TestOneAccount:
    def test_from_one_address(self, world: World, attack: Attack) -> None:
        here = Device(name="curl", address="198.51.100.1")
        for number in range(MINUTE):
            guess(world, attack, email=ANN.email, password=f"guess {number}", device=here)
        assert attack.hashed <= most_tries(60, LOG_IN.free, LOG_IN.ceiling_seconds) <= 11
        assert attack.refused == MINUTE - attack.hashed

    def test_from_a_thousand_addresses(self, world: World, attack: Attack) -> None:
        for number in range(MINUTE):
            there = Device(name="curl", address=f"10.0.{number % 1000 // 250}.{number % 250}")
            guess(world, attack, email=ANN.email, password=f"guess {number}", device=there)
        bound = most_tries(60, LOG_IN_ACCOUNT.free, LOG_IN_ACCOUNT.ceiling_seconds)
        assert attack.hashed <= bound <= 27
        assert attack.refused == MINUTE - attack.hashed

    def test_its_owner_does_not_notice_on_a_device_of_theirs(
        self, world: World, attack: Attack
    ) -> None:
        first = world.log_in()
        known = Device(name="phone", address="203.0.113.7", token=first.device_token)
        assert first.device_token
        for number in range(MINUTE // 10):
            there = Device(name="curl", address=f"10.0.0.{number % 250}")
            guess(world, attack, email=ANN.email, password=f"guess {number}", device=there)
            if number % 100 == 99:
                assert world.log_in(device=known).user.handle == "ann"

    def test_its_owner_gets_in_from_a_new_device_when_it_is_over(
        self, world: World, attack: Attack
    ) -> None:
        for number in range(MINUTE // 10):
            there = Device(name="curl", address=f"10.0.0.{number % 250}")
            guess(world, attack, email=ANN.email, password=f"guess {number}", device=there)
        world.clock.move(seconds=LOG_IN_ACCOUNT.ceiling_seconds)
        assert world.log_in(device=Device(name="new laptop", address="203.0.113.9"))

    def test_a_device_token_of_ones_own_opens_no_other_account(
        self, world: World, attack: Attack
    ) -> None:
        """Eve's device is known to Eve's account alone; at Ann's she is anybody."""
        eve = world.log_in(email=EVE.email)
        attack.hashed = 0
        for number in range(MINUTE // 10):
            there = Device(name="curl", address=f"10.0.0.{number}", token=eve.device_token)
            guess(world, attack, email=ANN.email, password=f"guess {number}", device=there)
        bound = most_tries(6, LOG_IN_ACCOUNT.free, LOG_IN_ACCOUNT.ceiling_seconds)
        assert attack.hashed <= bound

    def test_a_stolen_device_token_is_slowed_itself(self, world: World, attack: Attack) -> None:
        stolen = world.log_in().device_token
        attack.hashed = 0
        for number in range(MINUTE // 10):
            there = Device(name="curl", address=f"10.0.0.{number}", token=stolen)
            guess(world, attack, email=ANN.email, password=f"guess {number}", device=there)
        assert attack.hashed <= most_tries(6, LOG_IN.free, LOG_IN.ceiling_seconds)


class TestManyAccounts:
    def test_from_one_address(self, world: World, attack: Attack) -> None:
        here = Device(name="curl", address="198.51.100.1")
        for number in range(MINUTE):
            email = f"person{number}@example.com"
            guess(world, attack, email=email, password="leaked password", device=here)
        windows = 2
        assert attack.hashed <= LOG_IN_NETWORK.limit * windows
        assert attack.refused >= MINUTE - LOG_IN_NETWORK.limit * windows

    def test_an_account_of_ones_own_in_between_buys_no_more_tries(
        self, world: World, attack: Attack
    ) -> None:
        """A success takes back its own try and no other: failures stay counted."""
        here = Device(name="curl", address="198.51.100.1")
        for number in range(300):
            email = f"person{number}@example.com"
            guess(world, attack, email=email, password="leaked password", device=here)
            guess(world, attack, email=EVE.email, password=PASSWORD, device=here)
        failures = attack.hashed - attack.succeeded
        assert failures <= LOG_IN_NETWORK.limit

    def test_accounts_that_are_not_there_are_slowed_alike(
        self, world: World, attack: Attack
    ) -> None:
        told: dict[str, list[str]] = {}
        for email in (ANN.email, "nobody@example.com"):
            here = Device(name="curl", address=f"198.51.100.{len(told)}")
            told[email] = []
            for number in range(30):
                try:
                    world.signing_in.log_in(email=email, password=f"{number}", device=here)
                except LoginRefused as refused:
                    told[email].append(refused.code)
                except RateLimited as limited:
                    told[email].append(f"{limited.code} {limited.retry_after_seconds}")
            world.clock.move(hours=1)
        first, second = told.values()
        assert first == second


class TestHonestPeople:
    def test_an_office_behind_one_address_signs_in_all_day(
        self, world: World, attack: Attack
    ) -> None:
        office = "198.51.100.1"
        for number in range(LOG_IN_NETWORK.limit * 3):
            device = Device(name=f"desk {number}", address=office)
            assert world.log_in(device=device)
            world.clock.now += PACE

    def test_a_typo_costs_nothing(self, world: World, attack: Attack) -> None:
        here = Device(name="phone", address="203.0.113.7")
        for _ in itertools.repeat(None, 20):
            for _ in range(LOG_IN.free - 1):
                guess(world, attack, email=ANN.email, password="tpyo", device=here)
            assert world.log_in(device=here)
            world.clock.move(minutes=5)
