"""The chat context over moto and a fake IVS Chat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from socialflow.chat.models import Room
from socialflow.platform.principal import Principal
from tests.crash_points.calls import CallRecorder
from tests.crash_points.fake_ivschat import FakeIvsChat
from tests.unit.chat.world import ChatWorld, build_world
from tests.unit.doubles import CountedIds, MovableClock


@pytest.fixture
def world(aws: None, clock: MovableClock, ids: CountedIds) -> Iterator[ChatWorld]:
    """Chat, and nobody there."""
    ivs_chat = FakeIvsChat(clock)
    recorder = CallRecorder()
    recorder.fakes["ivschat"] = ivs_chat.call
    with recorder.installed():
        yield build_world(clock, ids, ivs_chat)


@pytest.fixture
def ann(world: ChatWorld) -> Principal:
    """A creator."""
    return world.person("ann")


@pytest.fixture
def room(world: ChatWorld, ann: Principal) -> Room:
    """Ann's."""
    return world.open_room(ann)


@pytest.fixture
def ben(world: ChatWorld) -> Principal:
    """A member."""
    return world.person("ben")


@pytest.fixture
def mod(world: ChatWorld, ann: Principal, room: Room) -> Principal:
    """A moderator of Ann's."""
    principal = world.person("mod")
    world.moderators.add(ann, "ann", "mod")
    return principal
