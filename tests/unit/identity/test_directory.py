"""Public profiles, and how long they are kept in a process."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from socialflow.identity.models import AccountState, Profile
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.principal import UserId
from tests.unit.identity.world import ANN, PHONE, World


@pytest.fixture
def ann(world: World) -> Profile:
    """Ann, registered, and the calls forgotten."""
    user = world.register_ann().user
    world.calls.names.clear()
    return Profile(id=user.id, handle="ann", display_name="Ann Example")


class TestUnknownPeople:
    def test_are_none_and_show_as_soon_as_they_register(self, world: World) -> None:
        assert world.directory.by_handle("ann") is None
        assert world.directory.profiles([UserId("usr_nobody")]) == {}
        user = world.register_ann().user
        found = world.directory.by_handle("ann")
        assert found is not None
        assert found.id == user.id

    @pytest.mark.parametrize("handle", ["", "x" * 1000, "HANDLE#ann", "ann ", "annE"])
    def test_whatever_is_asked(self, world: World, ann: Profile, handle: str) -> None:
        assert world.directory.by_handle(handle) is None


class TestKnownPeople:
    def test_by_handle_in_any_case(self, world: World, ann: Profile) -> None:
        assert world.directory.by_handle("ANN") == ann
        assert world.calls.names == ["get_item"]

    def test_by_id_in_one_read(self, world: World, ann: Profile) -> None:
        unknown = UserId("usr_nobody")
        assert world.directory.profiles([ann.id, unknown, ann.id]) == {ann.id: ann}
        assert world.calls.names == ["batch_get_item"]

    def test_two_hundred_in_two_reads(self, world: World, ann: Profile) -> None:
        ids = [UserId(f"usr_{number}") for number in range(199)]
        assert world.directory.profiles([*ids, ann.id]) == {ann.id: ann}
        assert world.calls.names == ["batch_get_item"] * 2

    def test_nobody_asked_for_is_no_read(self, world: World) -> None:
        assert world.directory.profiles([]) == {}
        assert world.calls.names == []

    def test_says_nothing_private(self) -> None:
        assert {field.name for field in fields(Profile)} == {
            "id",
            "handle",
            "display_name",
            "avatar",
            # That the handle leads to nobody just now, which its lookup says as well.
            "hidden",
        }


class TestLeaving:
    def test_who_is_about_to_leave_is_named_and_not_found(self, world: World) -> None:
        user = world.register_ann().user
        world.repository.save_user(user, replace(user, state=AccountState.CLOSING))
        assert world.directory.profiles([user.id])[user.id].hidden
        assert world.directory.by_handle("ann") is None


class TestKeeping:
    def test_for_a_minute_by_either_name(self, world: World, ann: Profile) -> None:
        world.directory.by_handle("ann")
        world.calls.names.clear()
        world.clock.move(seconds=59)
        assert world.directory.by_handle("ann") == ann
        assert world.directory.profiles([ann.id]) == {ann.id: ann}
        assert world.calls.names == []
        world.clock.move(seconds=1)
        world.directory.profiles([ann.id])
        assert world.calls.names == ["batch_get_item"]

    def test_the_least_recently_used_go_first(
        self, world: World, ann: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("socialflow.identity.directory.MAX_KEPT", 2)
        others = [
            world.register(
                replace(ANN, email=f"{name}@example.com", handle=name), device=Device(name=PHONE)
            ).user.id
            for name in ("ben", "cat")
        ]
        for id_ in (ann.id, others[0]):
            world.directory.profiles([id_])
        world.directory.profiles([ann.id])
        world.directory.profiles([others[1]])
        world.calls.names.clear()
        world.directory.profiles([ann.id])
        assert world.calls.names == []
        world.directory.profiles([others[0]])
        assert world.calls.names == ["batch_get_item"]
