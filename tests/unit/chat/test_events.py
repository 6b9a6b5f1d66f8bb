"""What the stream of the table says has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialflow.chat.events import events_of
from socialflow.chat.models import Ban, Room
from socialflow.chat.poll import Poll
from socialflow.chat.poll_repository import _poll_item, _shard
from socialflow.chat.records import ban_item, room_item
from socialflow.platform.dynamodb_values import encode_map
from socialflow.platform.principal import UserId

MOMENT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
OWNER = UserId("usr_01K0000000000000000000000A")
CHANNEL = "chn_01K0000000000000000000000A"
BEN = UserId("usr_01K0000000000000000000000B")
BAN = Ban(user_id=BEN, by=OWNER, at=MOMENT, until=MOMENT + timedelta(minutes=5))
POLL = Poll(
    id="pol_01K0000000000000000000000C",
    owner_id=OWNER,
    question="Which map?",
    options=("Ice", "Lava"),
    opened_by=OWNER,
    opened_at=MOMENT,
    closes_at=MOMENT + timedelta(minutes=1),
    votes=(0, 0),
)
DELETED = {
    "pk": f"MESSAGE#{OWNER}#AbCdEfGhIjK1",
    "sk": "DELETED",
    "owner_id": OWNER,
    "message_id": "AbCdEfGhIjK1",
}
TIMED_OUT = ban_item(OWNER, BAN, "act_1")
BANNED = ban_item(OWNER, replace(BAN, until=None, version=2), "act_2")
ROOM = room_item(Room(owner_id=OWNER, arn="arn:room/a", created_at=MOMENT))
ASKED = _poll_item(POLL)
SHARD = {"pk": f"POLL#{POLL.id}#3", "sk": "SHARD", **_shard(POLL, "later")}


def record(
    new: dict[str, Any] | None, old: dict[str, Any] | None, event_id: str = "e1"
) -> dict[str, Any]:
    images = {"NewImage": new, "OldImage": old}
    change = {name: encode_map(found) for name, found in images.items() if found}
    return {"eventID": event_id, "dynamodb": {"ApproximateCreationDateTime": 1.5e9, **change}}


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (None, TIMED_OUT),
        (TIMED_OUT, TIMED_OUT),
        (None, DELETED),
        (DELETED, DELETED),
        (ROOM, None),
        ({**ROOM, "edits": 2}, ROOM),
        (SHARD, None),
        ({**SHARD, "closes_at": "now"}, SHARD),
        ({**ASKED, "told": "open:1,0", "claimed_at": "now"}, ASKED),
        ({"pk": f"ROOM#{OWNER}", "sk": "POLL", "poll_id": POLL.id, "closes_at": "x"}, None),
        ({"pk": "RATE#x", "sk": "RATE", "spent": 1}, None),
        ({"pk": f"MESSAGE#{OWNER}#a", "sk": "MESSAGE", "id": "a"}, None),
    ],
)
def test_nothing_is_published_by(new: dict[str, Any] | None, old: dict[str, Any] | None) -> None:
    assert events_of([record(new, old)]) == []


@pytest.mark.parametrize(
    ("new", "old", "name", "data"),
    [
        (
            TIMED_OUT,
            None,
            "SenderSilenced.v1",
            {"user_id": BEN, "until": "2026-11-21T09:35:00.000Z"},
        ),
        (BANNED, TIMED_OUT, "SenderSilenced.v1", {"user_id": BEN, "until": None}),
        (DELETED, None, "MessageDeleted.v1", {"message_id": "AbCdEfGhIjK1"}),
        (ASKED, None, "PollChanged.v1", {"poll_id": POLL.id}),
        ({**ASKED, "closes_at": "now"}, ASKED, "PollChanged.v1", {"poll_id": POLL.id}),
        ({**SHARD, "votes_1": 1}, SHARD, "PollChanged.v1", {"poll_id": POLL.id}),
    ],
)
def test_something_happened(
    new: dict[str, Any], old: dict[str, Any] | None, name: str, data: dict[str, Any]
) -> None:
    (event,) = events_of([record(new, old)])
    assert [event] == events_of([record(new, old)])
    assert (event.id, event.source, event.name) == (f"e1-{name}", "socialflow.chat", name)
    assert event.data == {"channel_id": CHANNEL, **data}


def test_of_a_batch_of_votes_the_last_is_told() -> None:
    votes = [
        record({**SHARD, "votes_0": n + 1}, {**SHARD, "votes_0": n}, f"e{n}") for n in range(9)
    ]
    other = replace(POLL, id="pol_01K0000000000000000000000D")
    found = events_of([*votes, record(DELETED, None, "d"), record(_poll_item(other), None, "p")])
    assert sorted(event.id for event in found) == [
        "d-MessageDeleted.v1",
        "e8-PollChanged.v1",
        "p-PollChanged.v1",
    ]
