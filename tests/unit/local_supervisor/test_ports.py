"""Ports come from the environment, and one that is taken is named with its variable."""

import socket

import pytest

from infra.local.supervisor.ports import Ports, PortUnavailable


def test_defaults() -> None:
    assert Ports.from_environment({}) == Ports(edge=8080, engine=4566, mediaconvert=4580)


def test_variables() -> None:
    ports = Ports.from_environment({"PORT": "9000", "MEDIACONVERT_PORT": "9002"})
    assert ports == Ports(edge=9000, engine=4566, mediaconvert=9002)


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", "80.5"])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(PortUnavailable, match="ENGINE_PORT"):
        Ports.from_environment({"ENGINE_PORT": text})


def test_free_ports_are_free_and_differ() -> None:
    ports = Ports.free()
    ports.check()
    assert len({ports.edge, ports.engine, ports.mediaconvert}) == 3


def test_a_taken_port_is_named_with_the_variable_that_changes_it() -> None:
    ports = Ports.free()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports.mediaconvert))
        taken.listen()
        with pytest.raises(PortUnavailable, match=rf"{ports.mediaconvert}.*MEDIACONVERT_PORT="):
            ports.check()
