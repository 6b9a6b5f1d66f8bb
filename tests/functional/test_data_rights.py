"""People's data on the deployed stack: given out by every context, and erased by every context."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from infra.local.mailbox.reading import Mailbox
from tests.functional.account import AwsAccount
from tests.functional.leaving import be_due
from tests.functional.people import Device, mailbox_of, register
from tests.functional.waiting import wait_for

CONTEXTS: Final = ("chat", "identity", "live", "social", "videos")
# They go by themselves, within days.
PASSING: Final = ("IDEMPOTENCY#", "PENDING#", "RATE#")
EXPORTS: Final = "/v1/me/exports"
SECONDS: Final = 120


@pytest.fixture
def mailbox(origin: str) -> Mailbox:
    return mailbox_of(origin)


def lives(ann: Device, bob: Device) -> None:
    """Something of her in every context."""
    assert ann.request("PUT", f"/v1/users/{bob.handle}/follow").status_code == 200
    assert bob.request("PUT", f"/v1/users/{ann.handle}/follow").status_code == 200
    ann.create(b"film" * 16, title="Waves")
    assert ann.post("/v1/me/channel").status_code == 202
    wait_for(lambda: ann.get("/v1/me/channel").json()["state"] == "ready", "the channel")
    settings = f"/v1/channels/{ann.handle}/chat/settings"
    wait_for(lambda: ann.get(settings).status_code == 200, "the chat")


class TestExport:
    def test_holds_a_part_of_every_context(
        self, ann: Device, bob: Device, mailbox: Mailbox
    ) -> None:
        lives(ann, bob)
        asked = ann.post(EXPORTS)
        assert asked.status_code == 202, asked.text
        target = f"{EXPORTS}/{asked.json()['id']}"
        wait_for(lambda: ann.get(target).json()["state"] == "ready", "the export", seconds=SECONDS)
        mailbox.wait_for(ann.account["email"], containing="ready")
        link = ann.post(f"{target}/link")
        assert link.status_code == 200, link.text
        answer = httpx.get(link.json()["url"], timeout=30)
        assert answer.status_code == 200, answer.text
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert set(archive.namelist()) == {*(f"{c}.json" for c in CONTEXTS), "index.html"}
            found = {c: json.loads(archive.read(f"{c}.json"))["counts"] for c in CONTEXTS}
        assert found["videos"]["videos"] == 1
        assert found["social"] == {"following": 1, "followers": 1}
        assert (found["live"]["channel"], found["chat"]["room"]) == (1, 1)
        assert found["identity"]["account"] == 1

    def test_is_nobody_elses(self, ann: Device, bob: Device) -> None:
        target = f"{EXPORTS}/{ann.post(EXPORTS).json()['id']}"
        assert bob.get(target).status_code == 404
        assert bob.post(f"{target}/link").status_code == 404
        assert ann.post(EXPORTS).status_code == 429


class TestDeletion:
    def test_erases_her_from_every_table_and_bucket(
        self, origin: str, account: AwsAccount, bob: Device
    ) -> None:
        ann = register(origin, "leaver")
        lives(ann, bob)
        user_id = str(ann.get("/v1/me").json()["id"])
        words = (user_id.partition("_")[2], ann.handle)
        assert any(found(account, words))
        assert ann.post("/v1/me/deletion").status_code == 202
        assert ann.post("/v1/me/channel").status_code == 401
        be_due(account, f"USER#{user_id}", "DELETION")
        case = wait_for(lambda: case_of(account, user_id), "the erasure")
        key = case["pk"]["S"]
        reach(account, key, "waiting")
        be_due(account, key, "ERASURE")
        reach(account, key, "erased")
        assert list(found(account, words)) == []
        # Names are kept for a minute in each process.
        page = f"/v1/users/{ann.handle}/videos"
        wait_for(lambda: bob.get(page).status_code == 404, "to be unknown", seconds=70)


def case_of(account: AwsAccount, user_id: str) -> dict[str, Any] | None:
    for item in rows(account, "identity"):
        if item["pk"]["S"].startswith("ERASURE#") and item.get("user_id", {}).get("S") == user_id:
            return item
    return None


def reach(account: AwsAccount, pk: str, state: str) -> None:
    def look() -> bool:
        cases = [item for item in rows(account, "identity") if item["pk"]["S"] == pk]
        return bool(cases) and cases[0]["state"]["S"] == state

    wait_for(look, f"{pk} {state}", seconds=SECONDS)


def rows(account: AwsAccount, context: str) -> Iterator[dict[str, Any]]:
    table = account.outputs[f"{context.capitalize()}TableName"]
    pages = account.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    for page in pages:
        yield from page["Items"]


def found(account: AwsAccount, words: tuple[str, ...]) -> Iterator[str]:
    """Every item and every object's key with one of these words in it."""
    for context in CONTEXTS:
        for item in rows(account, context):
            pk, text = item["pk"]["S"], json.dumps(item, default=str)
            if not pk.startswith(PASSING) and any(word in text for word in words):
                yield f"{context} {pk} {item['sk']['S']}"
    s3 = account.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for each in page.get("Contents", []):
                if any(word in each["Key"] for word in words):
                    yield f"{bucket['Name']} {each['Key']}"
