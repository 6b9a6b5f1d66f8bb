"""Device tokens: who is known on a device, and what the token tells."""

from __future__ import annotations

import pytest

from socialflow.identity.sessions.devices import DEVICE_LIFE, KnownDevice
from socialflow.identity.sessions.sessions import Device
from tests.unit.identity.world import PHONE, World

NAMES = [f"usr_{number}" for number in range(10)]


class TestForgeries:
    @pytest.mark.parametrize("text", [None, "", "x", "sfs1.a.1.dev_1.x", "é" * 9, "A" * 9000])
    def test_other_texts_are_a_device_that_nobody_knows(
        self, world: World, text: str | None
    ) -> None:
        assert world.devices.read(text) is None
        assert world.devices.of(text).marks == ()

    def test_a_mark_cannot_be_added(self, world: World) -> None:
        device = world.devices.of(None)
        token = world.devices.token(device)
        known = device.signed_in("usr_victim")
        assert world.devices.read(token.replace(device.id, f"{device.id}:{known.marks[0]}")) is None

    def test_another_seal_of_ours_is_no_device_token(self, world: World) -> None:
        """A reset link names an item that looks like a device's id."""
        device = world.devices.of(None)
        sealed = world.sealer.token("reset", device.id, world.clock() + DEVICE_LIFE)
        assert world.devices.read(sealed) is None

    def test_is_over_after_400_days(self, world: World) -> None:
        token = world.devices.token(world.devices.of(None))
        world.clock.move(days=400, seconds=-1)
        assert world.devices.read(token)
        world.clock.move(seconds=1)
        assert world.devices.read(token) is None


class TestMarks:
    def test_know_those_who_signed_in_and_nobody_else(self) -> None:
        device = KnownDevice("dev_1").signed_in("usr_1", "ann@example.com")
        assert device.knows("usr_1")
        assert device.knows("ann@example.com")
        assert not device.knows("usr_2")
        assert not KnownDevice("dev_2", device.marks).knows("usr_1")

    def test_tell_nobody_who_that_was(self, world: World) -> None:
        device = world.devices.of(None).signed_in("usr_1", "ann@example.com")
        token = world.devices.token(device)
        assert "usr_1" not in token
        assert "ann" not in token

    def test_fit_into_a_token_however_many_people_share_the_device(self, world: World) -> None:
        device = world.devices.of(None)
        for name in NAMES:
            device = device.signed_in(name, f"{name}@example.com")
        read = world.devices.read(world.devices.token(device))
        assert read == device
        known = [name for name in NAMES if device.knows(name)]
        assert known == NAMES[-4:]

    def test_the_same_person_again_displaces_nobody(self) -> None:
        device = KnownDevice("dev_1").signed_in("usr_1").signed_in("usr_2")
        for _ in range(20):
            device = device.signed_in("usr_2")
        assert device.knows("usr_1")


class TestNotices:
    def notices(self, world: World) -> list[dict[str, str]]:
        told = [item for item in world.items() if item.get("notice") == "new_device"]
        return [item["details"] for item in told]

    def test_a_new_device_is_told_of_in_the_transaction_that_opens_the_session(
        self, world: World
    ) -> None:
        user = world.register_ann().user
        assert self.notices(world) == []
        world.calls.names.clear()
        strange = Device(name="curl/8", address="203.0.113.9")
        world.sessions.open(user, method="google", device=strange)
        assert world.calls.names == ["transact_write_items"]
        details = {"device": "curl/8", "address": "203.0.113.9", "method": "google"}
        assert self.notices(world) == [details]

    def test_the_device_that_registered_is_known(self, world: World) -> None:
        registered = world.register_ann()
        phone = Device(name=PHONE, token=registered.device_token)
        again = world.sessions.open(registered.user, method="password", device=phone)
        assert self.notices(world) == []
        first, second = world.sessions_of(again)
        assert first["device_id"] == second["device_id"]

    def test_somebody_elses_device_is_not(self, world: World) -> None:
        user = world.register_ann().user
        theirs = world.devices.token(world.devices.of(None).signed_in("usr_of_the_thief"))
        world.sessions.open(user, method="password", device=Device(name=PHONE, token=theirs))
        assert len(self.notices(world)) == 1
