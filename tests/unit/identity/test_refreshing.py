"""Refreshing and logging out: one lineage, replays noticed, nothing for forgers."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from socialflow.identity.errors import RefreshTokenInvalid, RefreshTokenReused
from socialflow.identity.sessions.sessions import Device, SignedIn
from socialflow.platform.aws import client
from tests.unit.doubles import CountedIds, MovableClock, OneAtATime
from tests.unit.identity.world import PASSWORD, PHONE, SECRET, World, build_world


def part_of(token: str, position: int) -> str:
    return token.split(".")[position]


def with_part(token: str, position: int, value: str) -> str:
    parts = token.split(".")
    parts[position] = value
    return ".".join(parts)


class TestForgeries:
    @pytest.mark.parametrize(
        "text", ["", "sfr1", "sfr1......", "x" * 100_000, "sfr1.a.b.c.0.d.e", "\ud800", "ey.J.x"]
    )
    def test_other_texts_cost_no_call(self, world: World, text: str) -> None:
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(text, device=Device(name=PHONE))
        assert world.calls.names == []

    @pytest.mark.parametrize("position", [1, 2, 3, 4, 5, 6])
    def test_every_part_is_sealed(self, world: World, position: int) -> None:
        token = world.register_ann().refresh_token
        part = part_of(token, position)
        changed = part[:-1] + ("1" if part[-1] != "1" else "2")
        world.calls.names.clear()
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(with_part(token, position, changed), device=Device(name=PHONE))
        assert world.calls.names == []
        assert world.sessions.refresh(token, device=Device(name=PHONE)).user.handle == "ann"

    def test_the_seal_alone_is_not_enough(self, world: World) -> None:
        """Whoever has the sealing key but never saw a token of the session knows no root."""
        genuine = world.refresh.open(world.register_ann().refresh_token)
        guessed = world.refresh.seal(
            type(genuine)(
                user_id=genuine.user_id,
                session_id=genuine.session_id,
                generation=0,
                root=base64.urlsafe_b64encode(bytes(32)).decode().rstrip("="),
            )
        )
        with pytest.raises(RefreshTokenInvalid) as refused:
            world.sessions.refresh(guessed, device=Device(name=PHONE))
        assert type(refused.value) is RefreshTokenInvalid

    def test_a_token_of_another_key_ring(self, world: World) -> None:
        token = world.register_ann().refresh_token
        client("secretsmanager").delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
        client("secretsmanager").create_secret(Name=SECRET)
        world.rotation.run()
        world.clock.move(minutes=6)
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(token, device=Device(name=PHONE))


class TestReplay:
    def test_a_spent_token_ends_the_session(self, world: World) -> None:
        first = world.register_ann()
        second = world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        world.clock.move(seconds=11)
        with pytest.raises(RefreshTokenReused):
            world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        with pytest.raises(RefreshTokenInvalid) as refused:
            world.sessions.refresh(second.refresh_token, device=Device(name=PHONE))
        assert type(refused.value) is RefreshTokenInvalid
        (session,) = world.sessions_of(first)
        assert session["end_reason"] == "refresh_token_reused"

    def test_tells_the_owner_and_the_audit_log(self, world: World) -> None:
        first = world.register_ann()
        world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        world.clock.move(seconds=11)
        before = world.items()
        thief = Device(name="curl/8", address="203.0.113.9")
        for _ in range(2):
            with pytest.raises(RefreshTokenInvalid):
                world.sessions.refresh(first.refresh_token, device=thief)
        new = [item for item in world.items() if item["pk"] not in {each["pk"] for each in before}]
        (entry,) = [item for item in new if item["pk"].startswith("AUDIT#")]
        assert (entry["act"], entry["actor"]) == ("refresh_token.reused", "system")
        assert (entry["target"], entry["address"]) == (first.user.id, "203.0.113.9")
        assert entry["after"] == {"device": "curl/8"}
        told = [item for item in world.items() if item.get("notice") == "refresh_token_reused"]
        assert [item["details"] for item in told] == [{"device": PHONE}]
        assert first.refresh_token not in repr(world.items())

    def test_even_the_oldest_is_recognised(self, world: World) -> None:
        signed_in = oldest = world.register_ann()
        for _ in range(70):
            world.clock.move(minutes=15)
            signed_in = world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        with pytest.raises(RefreshTokenReused):
            world.sessions.refresh(oldest.refresh_token, device=Device(name=PHONE))

    def test_other_sessions_go_on(self, world: World) -> None:
        first = world.register_ann()
        other = world.log_in(email="ann@example.com", password=PASSWORD, device=Device(name=""))
        world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        world.clock.move(seconds=11)
        with pytest.raises(RefreshTokenReused):
            world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        assert (
            world.sessions.refresh(other.refresh_token, device=Device(name="")).user == first.user
        )

    def test_another_device_gets_no_grace(self, world: World) -> None:
        first = world.register_ann()
        world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        with pytest.raises(RefreshTokenReused):
            world.sessions.refresh(first.refresh_token, device=Device(name="curl/8"))

    def test_no_grace_once_the_successor_was_used(self, world: World) -> None:
        first = world.register_ann()
        second = world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        world.sessions.refresh(second.refresh_token, device=Device(name=PHONE))
        with pytest.raises(RefreshTokenReused):
            world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))


class TestExpiry:
    def test_after_a_month_unused(self, world: World) -> None:
        signed_in = world.register_ann()
        world.clock.move(days=30)
        with pytest.raises(RefreshTokenInvalid) as refused:
            world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        assert type(refused.value) is RefreshTokenInvalid

    def test_after_a_year_in_use(self, world: World) -> None:
        signed_in = world.register_ann()
        for _ in range(18):
            world.clock.move(days=20)
            world.rotation.run()
            world.clock.move(hours=2)
            signed_in = world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        world.clock.move(days=4)
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))

    def test_an_account_that_is_gone(self, world: World) -> None:
        signed_in = world.register_ann()
        client("dynamodb").delete_item(
            TableName="identity",
            Key={"pk": {"S": f"USER#{signed_in.user.id}"}, "sk": {"S": "USER"}},
        )
        with pytest.raises(RefreshTokenInvalid):
            world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))


class TestSuccess:
    def test_is_one_read_and_one_write(self, world: World) -> None:
        signed_in = world.register_ann()
        world.calls.names.clear()
        world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        assert world.calls.names == ["batch_get_item", "update_item"]

    def test_every_way_through_is_two_calls_at_most(self, world: World) -> None:
        """Refreshed, repeated, spent, over."""
        first = world.register_ann()
        made = {}
        for what, after_seconds in [("refreshed", 0), ("repeated", 0), ("spent", 11), ("over", 0)]:
            world.clock.move(seconds=after_seconds)
            world.calls.names.clear()
            with suppress(RefreshTokenInvalid):
                world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
            made[what] = world.calls.names[:]
        assert made == {
            "refreshed": ["batch_get_item", "update_item"],
            "repeated": ["batch_get_item"],
            "spent": ["batch_get_item", "transact_write_items"],
            "over": ["batch_get_item"],
        }

    def test_goes_on_from_token_to_token(self, world: World) -> None:
        signed_in = world.register_ann()
        seen = {signed_in.refresh_token}
        for _ in range(5):
            world.clock.move(days=29)
            signed_in = world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
            assert world.access.verify(signed_in.access_token).handle == "ann"
            seen.add(signed_in.refresh_token)
        assert len(seen) == 6

    def test_a_lost_answer_is_given_again(self, world: World) -> None:
        first = world.register_ann()
        lost = world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        world.clock.move(seconds=10)
        again = world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        assert again.refresh_token == lost.refresh_token
        assert (
            world.sessions.refresh(again.refresh_token, device=Device(name=PHONE)).user
            == first.user
        )

    def test_survives_the_rotation_of_keys(self, world: World) -> None:
        signed_in = world.register_ann()
        first_key = part_of(signed_in.refresh_token, 1)
        for _ in range(9):
            world.clock.move(days=20)
            world.rotation.run()
            signed_in = world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        assert world.secret.read().find(first_key) is None
        assert part_of(signed_in.refresh_token, 1) != first_key


class TestRace:
    def test_fifty_at_once_get_one_lineage(
        self, world: World, clock: MovableClock, ids: CountedIds
    ) -> None:
        first = world.register_ann()
        racers = build_world(
            dynamodb=OneAtATime(client("dynamodb")),
            secrets=OneAtATime(client("secretsmanager")),
            clock=clock,
            ids=ids,
        )
        start = threading.Barrier(50)

        def refresh(_: int) -> SignedIn:
            start.wait(timeout=30)
            return racers.sessions.refresh(first.refresh_token, device=Device(name=PHONE))

        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(refresh, range(50)))
        assert len({answer.refresh_token for answer in answers}) == 1
        (session,) = world.sessions_of(first)
        assert session["generation"] == 1
        assert "ended_at" not in session
        successor = world.sessions.refresh(answers[0].refresh_token, device=Device(name=PHONE))
        assert successor.user == first.user


class TestLoggingOut:
    def test_ends_the_session(self, world: World) -> None:
        signed_in = world.register_ann()
        world.sessions.end(world.access.verify(signed_in.access_token))
        with pytest.raises(RefreshTokenInvalid) as refused:
            world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        assert type(refused.value) is RefreshTokenInvalid
        (session,) = world.sessions_of(signed_in)
        assert session["end_reason"] == "logged_out"

    def test_twice_changes_nothing_more(self, world: World) -> None:
        signed_in = world.register_ann()
        principal = world.access.verify(signed_in.access_token)
        world.sessions.end(principal)
        before = world.items()
        world.clock.move(minutes=5)
        world.sessions.end(principal)
        assert world.items() == before

    def test_a_session_that_expired_away_stays_away(self, world: World) -> None:
        signed_in = world.register_ann()
        principal = world.access.verify(signed_in.access_token)
        client("dynamodb").delete_item(
            TableName="identity",
            Key={
                "pk": {"S": f"USER#{principal.user_id}"},
                "sk": {"S": f"SESSION#{principal.session_id}"},
            },
        )
        world.sessions.end(principal)
        assert world.sessions_of(signed_in) == []
