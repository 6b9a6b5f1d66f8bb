"""A copy of one's data: once a day, gathered, put together, fetched for a week."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest

from socialflow.identity.rights.archive import index_page
from socialflow.identity.rights.errors import (
    ExportExpired,
    ExportNotFound,
    ExportNotReady,
    ExportTooSoon,
)
from socialflow.identity.rights.exports import ExportLink, ExportView
from socialflow.identity.rights.models import Export, ExportId, ExportState
from socialflow.platform.aws import client
from socialflow.platform.principal import UserId
from socialflow.platform.records import archive_key, part_key
from tests.unit.identity.rights.conftest import BUCKET, RightsWorld

SEED = "seed_01K00000000000000000000000"
MEBIBYTE = 1024**2


def asked(rights: RightsWorld, seed: str = SEED) -> ExportView:
    return rights.exports.request(rights.ann.id, seed=seed, actor=rights.actor)


def state(rights: RightsWorld, export_id: str) -> ExportState:
    return rights.exports.show(rights.ann.id, export_id).state


def link(rights: RightsWorld, export_id: str, *, address: str = "203.0.113.7") -> ExportLink:
    actor = replace(rights.actor, address=address)
    return rights.exports.link(rights.ann.id, export_id, actor=actor)


def archive(rights: RightsWorld, export_id: str) -> zipfile.ZipFile:
    key = archive_key(rights.ann.id, export_id)
    return zipfile.ZipFile(
        io.BytesIO(client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    )


class TestAsking:
    def test_is_noted_in_the_audit_and_told_to_contexts(self, rights: RightsWorld) -> None:
        view = asked(rights)
        assert view.state is ExportState.GATHERING
        assert rights.acts() == ["export.requested"]
        (item,) = [
            each for each in rights.identity.items("USER#") if each["sk"].startswith("EXPORT#")
        ]
        assert (item["kind"], item["id"]) == ("export", view.export.id)

    def test_the_same_request_again_asks_once(self, rights: RightsWorld) -> None:
        assert asked(rights) == asked(rights)
        assert rights.acts() == ["export.requested"]

    def test_another_within_a_day_waits(self, rights: RightsWorld) -> None:
        asked(rights)
        rights.clock.move(hours=20)
        with pytest.raises(ExportTooSoon) as refused:
            asked(rights, SEED[:-1] + "1")
        assert refused.value.retry_after_seconds == 4 * 3600
        rights.clock.move(hours=4)
        assert asked(rights, SEED[:-1] + "1").state is ExportState.GATHERING

    def test_newest_are_listed_first(self, rights: RightsWorld) -> None:
        for number in range(3):
            asked(rights, SEED[:-1] + str(number))
            rights.clock.move(days=1)
        first, position = rights.exports.list(rights.ann.id, after=None, limit=2)
        rest, end = rights.exports.list(rights.ann.id, after=position, limit=2)
        assert [view.export.id[-1] for view in (*first, *rest)] == ["2", "1", "0"]
        assert end is None

    def test_is_ones_own(self, rights: RightsWorld) -> None:
        view = asked(rights)
        with pytest.raises(ExportNotFound):
            rights.exports.show(UserId("usr_other"), view.export.id)
        with pytest.raises(ExportNotFound):
            rights.exports.link(UserId("usr_other"), view.export.id, actor=rights.actor)


class TestGathering:
    def test_is_ready_with_the_last_part(self, rights: RightsWorld) -> None:
        export_id = asked(rights).export.id
        assert rights.hand_in(export_id, "chat") == ["gathering"]
        assert state(rights, export_id) is ExportState.GATHERING
        assert rights.hand_in(export_id, "identity") == ["ready"]
        view = rights.exports.show(rights.ann.id, export_id)
        assert view.state is ExportState.READY
        assert rights.mails()[-1:] == ["export_ready"]
        with archive(rights, export_id) as found:
            assert found.namelist() == ["chat.json", "identity.json", "index.html"]
            assert json.loads(found.read("chat.json"))["sections"] == {"things": [{"of": "chat"}]}
        size = client("s3").head_object(Bucket=BUCKET, Key=archive_key(rights.ann.id, export_id))
        assert view.export.size_bytes == size["ContentLength"]

    def test_a_part_that_comes_twice_changes_nothing(self, rights: RightsWorld) -> None:
        export_id = asked(rights).export.id
        assert rights.hand_in(export_id, "chat", "chat") == ["gathering", "gathering"]
        assert rights.hand_in(export_id, "identity", "identity") == ["ready", "too late"]
        assert rights.mails().count("export_ready") == 1

    def test_parts_of_nobody_are_left_alone(self, rights: RightsWorld) -> None:
        assert rights.hand_in("exp_unknown", "chat") == ["too late"]

    def test_the_archive_itself_is_no_part(self, rights: RightsWorld) -> None:
        assert rights.gathering.written(archive_key(rights.ann.id, "exp_1")) == "nothing"

    def test_of_an_account_that_went_meanwhile_nothing_is_made(self, rights: RightsWorld) -> None:
        export_id = asked(rights).export.id
        rights.hand_in(export_id, "chat")
        rights.begin()
        assert rights.hand_in(export_id, "identity") == ["too late"]

    def test_what_never_comes_makes_it_fail(self, rights: RightsWorld) -> None:
        export_id = asked(rights).export.id
        rights.hand_in(export_id, "chat")
        rights.clock.move(hours=6)
        assert state(rights, export_id) is ExportState.FAILED
        with pytest.raises(ExportNotReady):
            link(rights, export_id)
        rights.hand_in(export_id, "identity")
        assert state(rights, export_id) is ExportState.READY


class TestFetching:
    def test_is_good_for_a_quarter_of_an_hour(self, rights: RightsWorld) -> None:
        export_id = asked(rights).export.id
        with pytest.raises(ExportNotReady):
            link(rights, export_id)
        rights.hand_in(export_id, "chat", "identity")
        given = link(rights, export_id)
        assert "X-Amz-Expires=900" in given.url
        assert (given.expires_at - rights.clock()).total_seconds() == 900

    def test_is_noted_in_the_audit(self, rights: RightsWorld) -> None:
        export_id = asked(rights).export.id
        with pytest.raises(ExportNotReady):
            link(rights, export_id)
        assert rights.acts() == ["export.requested"]
        rights.hand_in(export_id, "chat", "identity")
        url = link(rights, export_id).url
        assert rights.acts() == ["export.requested", "export.link_given"]
        entry = rights.identity.items("AUDIT#")[-1]
        assert (entry["target"], entry["address"]) == (rights.ann.id, "203.0.113.7")
        assert entry["after"] == {"export": export_id}
        assert url not in repr(rights.identity.items())

    def test_is_noted_once_while_it_is_good(self, rights: RightsWorld) -> None:
        """Unless somebody else fetches it, from another network."""
        export_id = asked(rights).export.id
        rights.hand_in(export_id, "chat", "identity")
        for address, minutes in (("a", 14), ("a", 0), ("b", 0), ("b", 15), ("b", 0)):
            link(rights, export_id, address=address)
            rights.clock.move(minutes=minutes)
        given = [each for each in rights.identity.items("AUDIT#") if "link" in each["act"]]
        assert [each["address"] for each in given] == ["a", "b", "b"]

    def test_ends_after_a_week(self, rights: RightsWorld) -> None:
        export_id = asked(rights).export.id
        rights.hand_in(export_id, "chat", "identity")
        rights.clock.move(days=7)
        assert state(rights, export_id) is ExportState.EXPIRED
        with pytest.raises(ExportExpired):
            link(rights, export_id)


class TestArchive:
    def test_takes_no_memory_for_what_is_in_it(
        self, rights: RightsWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """48 MiB that do not compress, through a few."""
        export_id = asked(rights).export.id
        rights.hand_in(export_id, "chat")
        key = part_key(rights.ann.id, export_id, "identity")

        def pieces(_key: str) -> Iterator[bytes]:
            for number in range(48):
                yield bytes([number % 251]) + b"x" * (MEBIBYTE - 1)

        real = rights.records.chunks
        monkeypatch.setattr(
            rights.records, "chunks", lambda each: pieces(each) if each == key else real(each)
        )
        tracemalloc.start()
        try:
            assert rights.gathering.written(key) == "ready"
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 24 * MEBIBYTE
        with archive(rights, export_id) as found:
            assert found.getinfo("identity.json").file_size == 48 * MEBIBYTE

    def test_tells_nothing_but_text(self, rights: RightsWorld) -> None:
        ann = replace(rights.ann, display_name='<script>alert("x")</script>')
        export = Export(id=ExportId("exp_1"), user_id=ann.id, requested_at=rights.clock())
        page = index_page(ann, export, {"chat": {'<img src=x onerror="y">': 1}})
        assert "<script" not in page
        assert "<img" not in page
