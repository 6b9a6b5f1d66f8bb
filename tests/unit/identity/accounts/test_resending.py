"""Sending a registration's mail once more: how often, and what is counted."""

from __future__ import annotations

import pytest

from socialflow.identity.errors import MailJustSent, RegistrationOver
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.rate_limits import RateLimited
from tests.unit.identity.world import ANN, PHONE, World

DEVICE = Device(name=PHONE, address="203.0.113.7")


def begin(world: World) -> str:
    token, _ = world.registrations.begin(ANN, network=DEVICE.address)
    return token


def test_the_same_code_a_minute_apart_three_times(world: World) -> None:
    token = begin(world)
    code = world.mailed_code(token)
    with pytest.raises(MailJustSent):
        world.registrations.mail_again(token, network=DEVICE.address)
    for mails in (2, 3, 4):
        world.clock.move(minutes=1)
        world.registrations.mail_again(token, network=DEVICE.address)
        assert world.items("PENDING#")[0]["mails"] == mails
    assert world.mailed_code(token) == code
    world.clock.move(minutes=1)
    with pytest.raises(MailJustSent):
        world.registrations.mail_again(token, network=DEVICE.address)


def test_counts_as_a_mail_to_the_address(world: World) -> None:
    networks = [f"203.0.113.{number}" for number in range(5)]
    tokens = [world.registrations.begin(ANN, network=each)[0] for each in networks]
    for _ in range(3):
        world.clock.move(minutes=1)
        for token, network in zip(tokens, networks, strict=True):
            world.registrations.mail_again(token, network=network)
    world.clock.move(minutes=1)
    with pytest.raises(RateLimited):
        world.registrations.begin(ANN, network="203.0.113.9")


def test_too_soon_is_not_counted(world: World) -> None:
    token = begin(world)
    for _ in range(5):
        with pytest.raises(MailJustSent):
            world.registrations.mail_again(token, network=DEVICE.address)
    world.clock.move(minutes=1)
    world.registrations.mail_again(token, network=DEVICE.address)
    assert world.items("PENDING#")[0]["mails"] == 2


def test_nothing_is_sent_for_what_is_over_and_nobody_told(world: World) -> None:
    token = begin(world)
    world.registrations.verify(token, world.mailed_code(token), device=DEVICE)
    before = world.items("PENDING#")
    world.clock.move(minutes=5)
    world.registrations.mail_again(token, network=DEVICE.address)
    assert world.items("PENDING#") == before
    with pytest.raises(RegistrationOver):
        world.registrations.mail_again("sfs1.00000000.1.x." + "A" * 43, network="")
