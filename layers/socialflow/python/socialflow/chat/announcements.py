"""Telling a room what became of its poll: at once, at most every two seconds, and never too little.

Votes come by the hundred and each of them wakes `changed`. Whoever finds that the room has not
been told of what the counters say either tells it, or makes sure that an alarm, a delayed message
on the same queue, wakes somebody who will:

    vote 1  ── claims ── tells 1 ── notes "told 1"
    vote 2      ── told a moment ago ── sets the alarm
    vote 3         ── told a moment ago, the alarm is set ── nothing
    alarm               ────────── claims ── tells 3 ── notes "told 3"

Claims and alarms carry the id of the event that made them. If its run is cut off before it has
told or sent, the same event comes again and goes on. The end of a poll is an alarm as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from socialflow.chat.errors import ActRaced
from socialflow.chat.events import CHANNEL_PREFIX, POLL_CHANGED, SOURCE
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.poll import EVENT_ATTRIBUTE, EVENT_NAME, Poll, PollState
from socialflow.chat.poll_repository import (
    Alarm,
    AlarmKind,
    PollReading,
    PollRepository,
)
from socialflow.chat.repository import RoomRepository
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.ids import same_ulid

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

PAUSE: Final = timedelta(seconds=2)
MAX_DELAY: Final = timedelta(seconds=900)  # of an SQS message
MAX_RACES: Final = 5


class PollAlarms:
    """Delayed messages to the queue that polls' changes come by."""

    def __init__(self, client: Callable[[], SQSClient], queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def ring(self, poll: Poll, at: datetime, *, now: datetime) -> None:
        """Sends a message that comes at `at`, to the next full second."""
        delay = max(timedelta(0), at - now)
        self._client().send_message(
            QueueUrl=self._queue_url,
            DelaySeconds=-(-delay // timedelta(seconds=1)),
            MessageBody=json.dumps(_envelope(poll, at), separators=(",", ":")),
        )


class Announcements:
    """Called for each change of a poll, and by each alarm."""

    def __init__(
        self,
        polls: PollRepository,
        rooms: RoomRepository,
        *,
        ivs_chat: IvsChat,
        alarms: PollAlarms,
        clock: Clock,
    ) -> None:
        self._polls = polls
        self._rooms = rooms
        self._ivs_chat = ivs_chat
        self._alarms = alarms
        self._clock = clock

    def changed(self, poll_id: str, *, event_id: str) -> None:
        """Tells the room what it has not been told, now or by an alarm.

        Raises `ActRaced` where others keep setting alarms meanwhile; the event must come again.
        """
        reading = self._polls.read(poll_id, consistent=True)
        if reading and self._is_due(reading, event_id):
            self._tell(reading.poll, event_id)
        for _ in range(MAX_RACES):
            reading = self._polls.read(poll_id, consistent=True)
            if reading is None or self._next_is_seen_to(reading, event_id):
                return
        raise ActRaced

    def _is_due(self, reading: PollReading, event_id: str) -> bool:
        """Whether there is something to tell, and nobody told the room just now."""
        announced, poll, now = reading.announced, reading.poll, self._clock()
        if announced.told == poll.digest(now):
            return False
        if announced.claimed_at is None or announced.claimed_by == event_id:
            return True
        return poll.state(now) is PollState.CLOSED or now - announced.claimed_at >= PAUSE

    def _tell(self, poll: Poll, event_id: str) -> None:
        """Claims, tells, and notes what was told; nothing where another event has the claim."""
        now = self._clock()
        is_end = poll.state(now) is PollState.CLOSED
        room = self._rooms.room(poll.owner_id)
        # The end waits for no pause, only for another run at this very moment.
        not_since = now if is_end else now - PAUSE
        if room and self._polls.claim(poll.id, event_id, now=now, not_since=not_since):
            event = {EVENT_ATTRIBUTE: poll.announcement(now)}
            self._ivs_chat.send_event(room.arn, EVENT_NAME, event)
            self._polls.note_told(poll.id, event_id, poll.digest(now), is_end=is_end)

    def _next_is_seen_to(self, reading: PollReading, event_id: str) -> bool:
        """Whether an alarm is set for when there will be something to tell; sets it if not."""
        poll, announced, now = reading.poll, reading.announced, self._clock()
        if announced.told != poll.digest(now):
            due = max(now, announced.claimed_at or now) + PAUSE
            return self._alarm_is_set(reading, AlarmKind.COUNTS, due, event_id)
        if poll.state(now) is PollState.OPEN:
            return self._alarm_is_set(reading, AlarmKind.END, poll.closes_at, event_id)
        return True

    def _alarm_is_set(
        self, reading: PollReading, kind: AlarmKind, due: datetime, event_id: str
    ) -> bool:
        poll, noted, now = reading.poll, reading.announced.alarms.get(kind), self._clock()
        # Clocks differ: an alarm can be here before its time, and is not to be waited for.
        if noted and noted.at > now and event_id != _alarm_id(poll, noted.at):
            if noted.by == event_id:
                # The run before this one may have been cut off before it sent the message.
                self._alarms.ring(poll, noted.at, now=now)
            return True
        alarm = Alarm(min(due, now + MAX_DELAY), event_id)
        if not self._polls.set_alarm(poll.id, kind, alarm, instead_of=noted):
            return False
        self._alarms.ring(poll, alarm.at, now=now)
        return True


def _alarm_id(poll: Poll, at: datetime) -> str:
    return f"{poll.id}-{to_rfc3339(at)}"


def _envelope(poll: Poll, at: datetime) -> dict[str, Any]:
    """The alarm as the bus would have brought it."""
    alarm_id = _alarm_id(poll, at)
    channel_id = same_ulid(poll.owner_id, CHANNEL_PREFIX)
    return {
        "id": alarm_id,
        "source": SOURCE,
        "detail-type": POLL_CHANGED,
        "detail": {
            "id": alarm_id,
            "occurred_at": to_rfc3339(at),
            "correlation_id": alarm_id,
            "data": {"channel_id": channel_id, "poll_id": poll.id},
        },
    }
