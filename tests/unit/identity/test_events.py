"""What the identity table's changes become on the bus."""

from __future__ import annotations

from typing import Any

import pytest

from functions.identity import stream
from socialflow.identity import wiring
from socialflow.identity.events import events_of
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.aws import client
from tests.unit.doubles import MovableClock
from tests.unit.identity.world import PHONE, World


def changes(world: World, before: dict[Any, Any]) -> list[dict[str, Any]]:
    """Stream records for what changed in the table since `before`."""
    records: list[dict[str, Any]] = []
    for key, item in snapshot(world).items():
        if before.get(key) != item:
            record: dict[str, Any] = {
                "ApproximateCreationDateTime": world.clock().timestamp(),
                "NewImage": item,
            }
            if key in before:
                record["OldImage"] = before[key]
            records.append({"eventID": f"record-{len(records)}", "dynamodb": record})
    return records


def snapshot(world: World) -> dict[Any, Any]:
    found = client("dynamodb").scan(TableName=world.table.name)["Items"]
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in found}


class TestSilence:
    def test_sign_ins_and_refreshes_are_nobodys_business(self, world: World) -> None:
        signed_in = world.register_ann()
        before = snapshot(world)
        world.sessions.refresh(signed_in.refresh_token, device=Device(name=PHONE))
        records = changes(world, before)
        assert len(records) == 1
        assert events_of(records[0]) == []

    def test_an_expired_session_is_not_an_ended_one(self, world: World) -> None:
        world.register_ann()
        for item in snapshot(world).values():
            gone = {"ApproximateCreationDateTime": 1.0, "OldImage": item}
            assert events_of({"eventID": "r", "dynamodb": gone}) == []


class TestEvents:
    def test_a_registration_is_one_event_without_secrets(
        self, world: World, clock: MovableClock
    ) -> None:
        before = snapshot(world)
        user = world.register_ann().user
        found = [event for record in changes(world, before) for event in events_of(record)]
        asked, registered = found
        assert (asked.name, registered.name) == ("MailRequested.v1", "UserRegistered.v1")
        assert asked.source == registered.source == "socialflow.identity"
        assert asked.occurred_at == registered.occurred_at == clock()
        assert "example.com" not in repr(found)
        assert set(asked.data) == {"kind", "key"}
        assert registered.data == {
            "user_id": user.id,
            "handle": "ann",
            "display_name": "Ann Example",
        }

    def test_an_ended_session_says_why(self, world: World) -> None:
        signed_in = world.register_ann()
        principal = world.access.verify(signed_in.access_token)
        before = snapshot(world)
        world.sessions.end(principal)
        (record,) = changes(world, before)
        (event,) = events_of(record)
        assert event.name == "SessionEnded.v1"
        assert event.data == {
            "user_id": principal.user_id,
            "session_id": principal.session_id,
            "reason": "logged_out",
        }
        assert events_of(record) == [event], "the same record makes the same event"


class TestHandler:
    def test_raises_when_the_bus_refuses(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = snapshot(world)
        world.register_ann()

        def refuse(_events: object) -> None:
            raise RuntimeError("bus away")

        monkeypatch.setattr(wiring.event_bus(), "publish", refuse)
        with pytest.raises(RuntimeError, match="bus away"):
            stream.handler({"Records": changes(world, before)}, None)

    def test_publishes(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        before = snapshot(world)
        world.register_ann()
        published: list[Any] = []
        monkeypatch.setattr(wiring.event_bus(), "publish", published.extend)
        stream.handler({"Records": changes(world, before)}, None)
        names = [event.name for event in published]
        assert names == ["MailRequested.v1", "UserRegistered.v1"]


class TestRights:
    def test_an_export_is_asked_of_contexts_once(self) -> None:
        asked = {"kind": {"S": "export"}, "id": {"S": "exp_1"}, "user_id": {"S": "usr_1"}}
        (event,) = events_of(_record(asked))
        assert (event.name, event.data) == (
            "ExportRequested.v1",
            {"user_id": "usr_1", "export_id": "exp_1"},
        )
        assert events_of(_record({**asked, "part_chat": {"S": "now"}}, asked)) == []

    def test_an_account_is_deleted_once_a_pass(self) -> None:
        begun = {
            "kind": {"S": "erasure"},
            "user_id": {"S": "usr_1"},
            "handle": {"S": "ann"},
            "anonymous_id": {"S": "gone_1"},
            "pass": {"N": "1"},
        }
        (event,) = events_of(_record(begun))
        assert event.name == "AccountDeleted.v1"
        assert event.data == {
            "user_id": "usr_1",
            "handle": "ann",
            "anonymous_id": "gone_1",
            "pass": 1,
        }
        assert events_of(_record({**begun, "receipt_1_chat": {"S": "now"}}, begun)) == []
        (again,) = events_of(_record({**begun, "pass": {"N": "2"}}, begun))
        assert again.data["pass"] == 2
        over = {name: value for name, value in begun.items() if name not in ("user_id", "handle")}
        assert events_of(_record(over, begun)) == []


def _record(new: dict[str, Any], old: dict[str, Any] | None = None) -> dict[str, Any]:
    change = {"ApproximateCreationDateTime": 1.0, "NewImage": new}
    return {"eventID": "r", "dynamodb": change | ({"OldImage": old} if old else {})}
