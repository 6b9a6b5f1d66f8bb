"""Ports come from the environment, and one that is taken is named with its variable."""

import socket
from dataclasses import astuple, replace

import pytest

from infra.local.supervisor.ports import VARIABLES, Ports, PortUnavailable


def test_defaults() -> None:
    assert Ports.from_environment({}) == Ports(
        edge=8080,
        engine=4566,
        mediaconvert=4580,
        ivs=4581,
        rtmp=1935,
        rtmps=1936,
        ivschat=4582,
        identity_provider=4583,
        mailbox=4584,
    )


def test_variables() -> None:
    ports = Ports.from_environment({"PORT": "9000", "RTMP_PORT": "9002"})
    assert ports == replace(Ports.from_environment({}), edge=9000, rtmp=9002)


def test_another_process_takes_the_same() -> None:
    ports = Ports.free()
    assert Ports.from_environment(ports.environment()) == ports


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", "80.5"])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(PortUnavailable, match="ENGINE_PORT"):
        Ports.from_environment({"ENGINE_PORT": text})


def test_free_ports_are_free_and_differ() -> None:
    ports = Ports.free()
    ports.check()
    assert len(set(astuple(ports))) == len(VARIABLES) == 9


@pytest.mark.parametrize("name", VARIABLES)
def test_a_taken_port_is_named_with_the_variable_that_changes_it(name: str) -> None:
    ports = Ports.free()
    number = ports.environment()[VARIABLES[name]]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(number)))
        taken.listen()
        with pytest.raises(PortUnavailable, match=rf"{number}.* {VARIABLES[name]}="):
            ports.check()
