"""Exports and deletions as clients see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from socialflow.identity import rights_wiring
from socialflow.identity.staff.audit import Actor
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.records import part_key
from socialflow.platform.rights_wiring import records
from tests.unit.identity.members import Member, everything, member
from tests.unit.identity.requests import code_of
from tests.unit.in_process import InProcess

BUCKET = "records"
EXPORTS = "/v1/me/exports"
DELETION = "/v1/me/deletion"


@pytest.fixture
def ann(api: InProcess, monkeypatch: pytest.MonkeyPatch) -> Member:
    where = {"LocationConstraint": "eu-west-1"}
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)  # type: ignore[arg-type]
    monkeypatch.setenv("SF_RECORDS_BUCKET", BUCKET)
    monkeypatch.setenv("SF_CONTEXTS", "chat,identity")
    return member(api, "ann")


def hand_in(ann: Member, export_id: str) -> None:
    for context in ("chat", "identity"):
        records().write_part(ann.user.id, export_id, context, [])
        rights_wiring.gathering().written(part_key(ann.user.id, export_id, context))


class TestExports:
    def test_are_asked_for_listed_and_fetched(self, ann: Member) -> None:
        asked = ann.call("POST", EXPORTS)
        assert asked.status_code == 202
        body = asked.json()
        assert body == {
            "id": body["id"],
            "state": "gathering",
            "requested_at": body["requested_at"],
            "expires_at": None,
            "size_bytes": None,
        }
        target = f"{EXPORTS}/{body['id']}"
        refused = ann.call("POST", f"{target}/link")
        assert (refused.status_code, code_of(refused)) == (409, "export_not_ready")
        hand_in(ann, body["id"])
        (listed,) = ann.call("GET", EXPORTS).json()["items"]
        assert listed == ann.call("GET", target).json()
        assert listed["state"] == "ready"
        assert listed["expires_at"]
        link = ann.call("POST", f"{target}/link")
        assert link.headers["cache-control"] == "no-store"
        assert f"exports/{ann.user.id}/{body['id']}/archive.zip" in link.json()["url"]

    def test_are_pages(self, ann: Member) -> None:
        for day in range(3):
            with time_machine.travel(utc_now() - timedelta(days=3 - day), tick=False):
                rights_wiring.exports().request(
                    ann.user.id,
                    seed=f"seed_0000000000000000000000000{day}",
                    actor=_actor(ann),
                )
        first = ann.call("GET", f"{EXPORTS}?limit=2").json()
        rest = ann.call("GET", f"{EXPORTS}?limit=2&cursor={first['next_cursor']}").json()
        assert [each["id"][-1] for each in first["items"] + rest["items"]] == ["2", "1", "0"]
        assert rest["next_cursor"] is None

    def test_one_a_day(self, ann: Member) -> None:
        ann.call("POST", EXPORTS)
        again = ann.call("POST", EXPORTS)
        assert (again.status_code, code_of(again)) == (429, "export_too_soon")
        assert 0 < int(again.headers["retry-after"]) <= 24 * 3600

    def test_the_same_key_gets_the_same_answer(self, ann: Member) -> None:
        once = {"Idempotency_Key": "export-1"}
        first, second = (ann.call("POST", EXPORTS, **once) for _ in range(2))
        assert (first.status_code, first.json()) == (second.status_code, second.json())
        assert second.headers["idempotency-replayed"] == "true"

    def test_of_others_do_not_exist(self, api: InProcess, ann: Member) -> None:
        target = f"{EXPORTS}/{ann.call('POST', EXPORTS).json()['id']}"
        ben = member(api, "ben")
        for answer in (ben.call("GET", target), ben.call("POST", f"{target}/link")):
            assert (answer.status_code, code_of(answer)) == (404, "export_not_found")

    def test_ids_of_another_kind_are_malformed(self, ann: Member) -> None:
        assert ann.call("GET", f"{EXPORTS}/vid_01K00000000000000000000000").status_code == 422


class TestDeletion:
    def test_says_until_when_and_ends_the_session(self, ann: Member) -> None:
        asked = ann.call("POST", DELETION)
        assert asked.status_code == 202
        assert set(asked.json()) == {"delete_after"}
        refused = ann.call("DELETE", DELETION)
        assert (refused.status_code, code_of(refused)) == (401, "session_ended")

    def test_that_was_never_asked_for_is_taken_back_in_vain(self, ann: Member) -> None:
        assert ann.call("DELETE", DELETION).status_code == 204
        assert ann.now() == ann.user


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", EXPORTS),
        ("POST", f"{EXPORTS}/exp_01K00000000000000000000000/link"),
        ("POST", DELETION),
    ],
)
class TestWhoMay:
    def test_nobody_who_is_not_signed_in(
        self, api: InProcess, ann: Member, method: str, path: str
    ) -> None:
        assert api.request(method, path).status_code == 401

    def test_nobody_who_proved_it_long_ago(self, ann: Member, method: str, path: str) -> None:
        with time_machine.travel(utc_now() + timedelta(minutes=11), tick=False):
            refused = ann.call(method, path)
        assert (refused.status_code, code_of(refused)) == (403, "step_up_required")
        kinds = {item.get("kind") for item in everything()}
        assert not {"export", "deletion"} & kinds


def _actor(ann: Member) -> Actor:
    return Actor(id=ann.user.id)
