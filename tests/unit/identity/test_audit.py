"""The audit log: filtered, by pages that have an end, and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from socialflow.identity import people_wiring, wiring
from socialflow.identity.staff import audit_log
from socialflow.identity.staff.audit import Actor, AuditEntry, audit_write
from socialflow.identity.staff.audit_log import MAX_RANGE, AuditFilter, AuditLog, AuditPage
from socialflow.identity.staff.repository import StaffRepository
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import ConditionFailed, Table
from socialflow.platform.ids import ulid
from socialflow.platform.principal import UserId
from tests.unit.doubles import START, CountedCalls, MovableClock
from tests.unit.identity.members import Member, everything, member
from tests.unit.identity.requests import code_of
from tests.unit.in_process import InProcess

NOW = START


class Log:
    """The log over moto, with entries at any time."""

    def __init__(self) -> None:
        calls: Any = CountedCalls(client("dynamodb"))
        self.calls: list[str] = calls.names
        self.table = Table(lambda: calls, "identity")
        self.log = AuditLog(StaffRepository(self.table), clock=MovableClock(NOW))
        self.made = 0

    def note(
        self,
        *,
        ago: timedelta,
        act: str = "role.granted",
        actor: str = "usr_a",
        target: str = "usr_t",
        count: int = 1,
    ) -> list[str]:
        ids = []
        for _ in range(count):
            self.made += 1
            at = NOW - ago
            entry = AuditEntry(
                id=f"aud_{ulid(at, self.made)}",
                at=at,
                act=act,
                actor=Actor(id=actor),
                target=UserId(target),
            )
            self.table.write(audit_write(entry))
            ids.append(entry.id)
        return ids

    def all(self, limit: int = 10, **wanted: Any) -> list[AuditPage]:
        """Every page of a filter."""
        pages, after = [], None
        for _ in range(60):
            pages.append(self.log.page(AuditFilter(**wanted), after=after, limit=limit))
            after = pages[-1].next_position
            if after is None:
                return pages
        raise AssertionError("no end of pages")


@pytest.fixture
def log(aws: None) -> Log:
    return Log()


def ids_of(pages: Sequence[AuditPage]) -> list[str]:
    return [entry.id for page in pages for entry in page.entries]


class TestDays:
    def test_none_is_one_empty_page(self, log: Log) -> None:
        assert log.all() == [AuditPage([], None)]

    def test_newest_first_over_days_and_gaps(self, log: Log) -> None:
        made = [log.note(ago=timedelta(days=days), count=3) for days in (29, 17, 16, 3, 1, 0)]
        wanted = [id_ for ids in reversed(made) for id_ in reversed(ids)]
        for limit in (1, 4, 18):
            pages = log.all(limit)
            assert ids_of(pages) == wanted, limit
            assert all(page.entries for page in pages), limit

    def test_at_the_edges_of_a_day(self, log: Log) -> None:
        midnight = NOW.replace(hour=0, minute=0)
        made = []
        for moment in (
            midnight - timedelta(milliseconds=1),
            midnight,
            midnight + timedelta(milliseconds=1),
        ):
            made += log.note(ago=NOW - moment, count=2)
        for limit in (1, 3, 6):
            assert ids_of(log.all(limit)) == made[::-1]
        found = log.all(10, since=midnight, until=midnight + timedelta(milliseconds=1))
        assert ids_of(found) == made[2:4][::-1]

    def test_of_a_range(self, log: Log) -> None:
        old = log.note(ago=timedelta(days=300))
        log.note(ago=timedelta(days=200))
        pages = log.all(10, since=NOW - timedelta(days=301), until=NOW - timedelta(days=250))
        assert ids_of(pages) == old
        assert ids_of(log.all()) == []

    def test_a_long_silence_has_an_end(self, log: Log) -> None:
        first = log.note(ago=MAX_RANGE - timedelta(hours=1))
        pages = log.all(10, since=NOW - MAX_RANGE, until=NOW)
        assert ids_of(pages) == first
        assert len(pages) <= 11

    def test_a_filter_that_fits_little_has_an_end(self, log: Log) -> None:
        log.note(ago=timedelta(hours=2), count=30)
        (rare,) = log.note(ago=timedelta(hours=3), act="handle.changed")
        log.note(ago=timedelta(hours=4), count=30)
        pages = log.all(10, act="handle")
        assert ids_of(pages) == [rare]
        assert len(pages) == 1

    def test_where_more_is_looked_at_than_fits_a_page(
        self, log: Log, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_log, "LOOKED_AT", 7)
        rare = []
        for hours in range(12):
            log.note(ago=timedelta(hours=hours), count=4)
            rare += log.note(ago=timedelta(hours=hours, minutes=1), act="email.changed")
        pages = log.all(3, act="email.changed")
        assert ids_of(pages) == rare
        assert len(pages) < 12

    def test_a_page_is_two_rounds_of_reading(self, log: Log) -> None:
        log.note(ago=timedelta(days=1), count=20)
        log.calls.clear()
        log.log.page(AuditFilter(), after=None, limit=10)
        assert len(log.calls) == 2


class TestPeople:
    def test_by_whom_and_to_whom(self, log: Log) -> None:
        one = log.note(ago=timedelta(days=90), actor="usr_a", target="usr_b")
        two = log.note(ago=timedelta(days=60), actor="usr_a", target="usr_c")
        three = log.note(ago=timedelta(days=30), actor="system", target="usr_b")
        assert ids_of(log.all(actor="usr_a")) == two + one
        assert ids_of(log.all(target="usr_b")) == three + one
        assert ids_of(log.all(actor="usr_a", target="usr_b")) == one
        assert ids_of(log.all(1, target="usr_b")) == three + one
        assert ids_of(log.all(target="usr_b", since=NOW - timedelta(days=31))) == three
        assert ids_of(log.all(actor="usr_x")) == []

    def test_of_one_kind(self, log: Log) -> None:
        log.note(ago=timedelta(days=2), count=3)
        roles = log.note(ago=timedelta(days=1), act="role.revoked")
        log.note(ago=timedelta(days=1), act="roles.other")
        assert ids_of(log.all(target="usr_t", act="role.revoked")) == roles
        assert len(ids_of(log.all(2, target="usr_t", act="role"))) == 4


class TestKeeping:
    def test_what_was_written_stays(self, log: Log) -> None:
        log.note(ago=timedelta(0))
        log.made -= 1
        with pytest.raises(ConditionFailed):
            log.note(ago=timedelta(0), act="other.act")

    def test_holds_no_secret(self, api: InProcess) -> None:
        ann = member(api, "ann")
        ann.call("PUT", "/v1/me/handle", {"handle": "ann_bell"})
        (entry,) = [item for item in everything() if item.get("kind") == "audit"]
        assert not {"password_hash", "email", "token"} & set(entry)


class TestRoute:
    @pytest.fixture
    def admin(self, api: InProcess) -> Member:
        return member(api, "root_user", "admin")

    def test_shows_who_they_are(self, api: InProcess, admin: Member) -> None:
        ann = member(api, "ann")
        ann.call("PUT", "/v1/me/handle", {"handle": "ann_bell"})
        page = admin.call("GET", f"/v1/admin/audit?target={ann.user.id}&act=handle.changed").json()
        (entry,) = page["items"]
        assert page["next_cursor"] is None
        assert entry["actor"]["handle"] == entry["target"]["handle"] == "ann_bell"
        assert (entry["before"], entry["after"]) == ({"handle": "ann"}, {"handle": "ann_bell"})

    def test_pages(self, api: InProcess, admin: Member) -> None:
        for number in range(5):
            someone = member(api, f"someone_{number}")
            path = f"/v1/admin/users/{someone.user.id}/roles/finance"
            admin.call("PUT", path, {"reason": "joins the team"})
        found, cursor = [], ""
        for _ in range(5):
            page = admin.call("GET", f"/v1/admin/audit?limit=2{cursor}").json()
            found += [entry["id"] for entry in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert len(found) == len(set(found)) == 5
        assert found == sorted(found, reverse=True)

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("actor=%27", "validation_failed"),
            ("act=DROP", "validation_failed"),
            ("from=yesterday", "validation_failed"),
            ("from=2026-11-21T00:00:00", "validation_failed"),
            ("to=0.5", "validation_failed"),
            ("from=0001-01-01T00:00:00Z", "validation_failed"),
            ("limit=101", "validation_failed"),
            ("cursor=!!!", "cursor_invalid"),
            ("cursor=VVNFUiMx", "cursor_invalid"),
            ("from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "audit_range_invalid"),
            ("from=2020-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "audit_range_invalid"),
        ],
    )
    def test_refuses(self, admin: Member, query: str, code: str) -> None:
        answer = admin.call("GET", f"/v1/admin/audit?{query}")
        assert (answer.status_code, code_of(answer)) == (422, code)

    def test_text_of_others_comes_back_as_data(self, api: InProcess, admin: Member) -> None:
        ann = member(api, "ann")
        script = "<script>alert(1)</script>"
        admin.call("PUT", f"/v1/admin/users/{ann.user.id}/roles/finance", {"reason": script})
        answer = admin.call("GET", f"/v1/admin/audit?target={ann.user.id}")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["items"][0]["reason"] == script


def test_the_wired_log_reads_the_table_of_identity(api: InProcess) -> None:
    assert wiring.table().name == "identity"
    page = people_wiring.audit_log().page(
        AuditFilter(
            since=datetime.fromisoformat("2026-11-01T00:00:00Z"),
            until=datetime.fromisoformat("2026-11-02T00:00:00Z"),
        ),
        after=None,
        limit=1,
    )
    assert page == AuditPage([], None)
