"""What the room is told of a poll: not too often, and the last count for certain."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from socialflow.chat.errors import ChatUnavailable
from socialflow.chat.poll import EVENT_NAME, Poll
from socialflow.chat.polls import NewPoll
from socialflow.platform.clock import from_rfc3339
from socialflow.platform.events import parse_event
from socialflow.platform.ids import same_ulid
from socialflow.platform.principal import Principal
from tests.unit.chat.world import ChatWorld

pytestmark = pytest.mark.usefixtures("room")
MAPS = NewPoll(question="Which map?", options=("Ice", "Lava"), seconds=60)


class Telling:
    """A poll whose changes are told as the queue would bring them."""

    def __init__(self, world: ChatWorld, ann: Principal, new: NewPoll) -> None:
        self.world = world
        self.channel = same_ulid(ann.user_id, "chn")
        self.poll: Poll = world.polls.open(ann, "ann", new, seed=world.ids("seed")).poll
        self.events = 0
        self.voters = 0

    def vote(self) -> None:
        self.voters += 1
        voter = self.world.person(f"fan{self.voters}")
        self.world.polls.vote(voter, "ann", self.poll.id, 0)

    def change(self, event_id: str | None = None) -> None:
        """An event of the table's stream comes."""
        self.events += 1
        name = event_id or f"event-{self.events}"
        self.world.announcements.changed(self.poll.id, event_id=name)

    def ring(self) -> None:
        """The next alarm comes, when it is its time."""
        alarm = min(self.world.alarms, key=lambda each: self.due(each))
        self.world.alarms.remove(alarm)
        self.world.clock.now = max(self.world.clock.now, self.due(alarm))
        event = parse_event(json.loads(alarm["MessageBody"]))
        assert event.data == {"channel_id": self.channel, "poll_id": self.poll.id}
        self.world.announcements.changed(event.data["poll_id"], event_id=event.id)

    @staticmethod
    def due(alarm: dict[str, Any]) -> Any:
        return from_rfc3339(json.loads(alarm["MessageBody"])["detail"]["occurred_at"])

    @property
    def told(self) -> list[tuple[str, int]]:
        """State and votes of each event that the room got."""
        events = self.world.ivs_chat.told(self.channel, EVENT_NAME)
        return [(each["state"], each["options"][0]["votes"]) for each in events]


@pytest.fixture
def telling(world: ChatWorld, ann: Principal) -> Telling:
    return Telling(world, ann, MAPS)


class TestTelling:
    def test_the_opening_at_once_and_only_once(self, telling: Telling) -> None:
        telling.change()
        telling.change()
        assert telling.told == [("open", 0)]
        (event,) = telling.world.ivs_chat.told(telling.channel, EVENT_NAME)
        assert event["question"] == "Which map?"
        assert [option["text"] for option in event["options"]] == ["Ice", "Lava"]
        assert "own_vote" not in event

    def test_a_rush_of_votes_every_two_seconds(self, telling: Telling) -> None:
        telling.change()
        for _ in range(10):
            telling.vote()
            telling.change()
            telling.world.clock.move(milliseconds=50)
        assert telling.told == [("open", 0)]
        telling.ring()
        assert telling.told == [("open", 0), ("open", 10)]
        telling.vote()
        telling.change()
        assert telling.told[-1] == ("open", 10)
        telling.ring()
        assert telling.told[-1] == ("open", 11)

    def test_a_rush_sets_one_alarm_beside_that_of_the_end(self, telling: Telling) -> None:
        telling.change()
        for _ in range(5):
            telling.vote()
            telling.change()
        assert [alarm["DelaySeconds"] for alarm in telling.world.alarms] == [60, 2]

    def test_the_end_by_its_alarm_with_every_vote(self, telling: Telling) -> None:
        telling.change()
        telling.world.clock.move(seconds=59.5)
        telling.vote()
        telling.change()
        telling.vote()
        telling.change()
        while telling.world.alarms:
            telling.ring()
        assert telling.told[-1] == ("closed", 2)

    def test_a_vote_that_is_seen_after_the_end_is_told_too(self, telling: Telling) -> None:
        telling.change()
        telling.vote()
        telling.world.clock.move(seconds=60)
        telling.change()
        telling.change()
        assert telling.told == [("open", 0), ("closed", 1)]

    def test_a_long_polls_end_takes_more_than_one_delay(
        self, world: ChatWorld, ann: Principal
    ) -> None:
        long = NewPoll(question="?", options=("a", "b"), seconds=1800)
        telling = Telling(world, ann, long)
        telling.change()
        delays = []
        while world.alarms:
            delays.append(world.alarms[0]["DelaySeconds"])
            telling.ring()
        assert delays == [900, 900]
        assert telling.told == [("open", 0), ("closed", 0)]

    def test_a_poll_that_is_gone_is_nobodys_concern(self, world: ChatWorld) -> None:
        world.announcements.changed("pol_01K0000000000000000000000X", event_id="e1")
        assert world.alarms == []


class TestTrouble:
    def test_a_busy_chat_is_tried_again(self, telling: Telling) -> None:
        telling.world.ivs_chat.busy = 1
        with pytest.raises(ChatUnavailable):
            telling.change("event-a")
        telling.change("event-a")
        assert telling.told == [("open", 0)]

    def test_another_event_does_not_wait_for_one_that_died(self, telling: Telling) -> None:
        """The first claims and dies; whatever comes next sees to it that the room is told."""
        telling.world.ivs_chat.busy = 1
        with pytest.raises(ChatUnavailable):
            telling.change("event-a")
        telling.vote()
        telling.change("event-b")
        assert telling.world.alarms
        telling.ring()
        assert telling.told == [("open", 1)]

    def test_an_alarm_that_was_set_and_not_sent_is_sent_by_the_repeat(
        self, telling: Telling, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        telling.change()
        telling.vote()
        telling.world.alarms.clear()
        ring = telling.world.announcements._alarms.ring

        def die(*_: Any, **__: Any) -> None:
            raise ConnectionError

        monkeypatch.setattr(telling.world.announcements._alarms, "ring", die)
        with pytest.raises(ConnectionError):
            telling.change("event-a")
        monkeypatch.setattr(telling.world.announcements._alarms, "ring", ring)
        telling.change("event-b")
        assert telling.world.alarms == []
        telling.change("event-a")
        telling.ring()
        assert telling.told[-1] == ("open", 1)

    def test_an_alarm_that_rings_early_is_set_again(self, telling: Telling) -> None:
        telling.change()
        telling.vote()
        telling.change()
        (early,) = [each for each in telling.world.alarms if each["DelaySeconds"] == 2]
        telling.world.alarms.remove(early)
        telling.world.clock.move(seconds=1.5)
        event = parse_event(json.loads(early["MessageBody"]))
        telling.world.announcements.changed(telling.poll.id, event_id=event.id)
        assert telling.told == [("open", 0)]
        telling.ring()
        assert telling.told[-1] == ("open", 1)

    def test_an_older_count_that_was_told_late_is_mended(
        self, telling: Telling, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One run is held up between its claim and its telling, and another overtakes it."""
        telling.change()
        telling.world.clock.move(seconds=3)
        telling.vote()
        ivs_chat = telling.world.announcements._ivs_chat
        send = ivs_chat.send_event
        waiting = [True]

        def held_up(arn: str, name: str, attributes: Any) -> None:
            if waiting:
                waiting.clear()
                telling.world.clock.move(seconds=3)
                telling.vote()
                telling.change("overtaking")
            send(arn, name, attributes)

        monkeypatch.setattr(ivs_chat, "send_event", held_up)
        telling.change("held up")
        assert telling.told == [("open", 0), ("open", 2), ("open", 1)]
        telling.world.clock.move(seconds=1)
        telling.ring()
        assert telling.told[-1] == ("open", 2)
        assert telling.world.clock.now - telling.poll.opened_at < timedelta(seconds=20)
