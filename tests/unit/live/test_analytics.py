"""A broadcast in numbers, for its creator alone, in a bounded number of points."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialflow.live.analytics import average, dropped_frames, viewers_over_time
from socialflow.live.audience_repository import Point
from socialflow.live.errors import BroadcastNotFound
from socialflow.live.ivs import Ingest
from socialflow.live.measurements import MAX_POINTS, Health, Sample, period_for
from socialflow.platform.principal import Principal
from tests.unit.doubles import START
from tests.unit.live.world import LiveWorld


def points(*viewers: int) -> list[Point]:
    return [
        Point(slot=100 + place, viewers=each, ivs_viewers=each + 1, latency_ms=2000 + place)
        for place, each in enumerate(viewers)
    ]


def health(*rates: float) -> Health:
    samples = tuple(
        Sample(at=START + timedelta(seconds=5 * place), value=rate)
        for place, rate in enumerate(rates)
    )
    return Health(period_seconds=5, series={"frame_rate": samples})


class TestForWhom:
    def test_not_for_others(self, world: LiveWorld, ann: Principal, ben: Principal) -> None:
        broadcast = world.live(ann)
        with pytest.raises(BroadcastNotFound):
            world.analytics.of(ben, broadcast.id)
        with pytest.raises(BroadcastNotFound):
            world.analytics.of(ann, "brd_" + "0" * 26)

    def test_before_anything_happened(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        found = world.analytics.of(ann, world.create(ann).id)
        assert (found.viewers, found.health, found.ingest, found.sessions) == ((), None, None, ())
        assert world.measured == []

    def test_for_its_creator_while_it_is_live(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.fake.starve(broadcast.channel_id)
        world.tell()
        world.audience.be_present(broadcast.id, "u1", world.clock(), 2000)
        world.clock.move(minutes=2)
        world.fold.due(broadcast.id)
        found = world.analytics.of(ann, broadcast.id)
        assert [each.count for each in found.viewers] == [1, 0, 0, 0]
        assert (found.unique_viewers, found.average_viewers) == (1, 0.25)
        assert found.ingest == Ingest(
            video_codec="avc1.64001F",
            width=1280,
            height=720,
            frame_rate=30.0,
            audio_codec="mp4a.40.2",
        )
        assert [each.value for each in found.dropped_frames] == [0, 0, 30]
        assert len(found.incidents) == 2
        (asked,) = world.measured
        assert asked["StartTime"] == START
        metric = asked["MetricDataQueries"][0]["MetricStat"]["Metric"]
        assert metric["Dimensions"] == [{"Name": "Channel", "Value": "Ch0000000001"}]

    def test_costs_one_query_and_one_read(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.table_calls.names.clear()
        world.analytics.of(ann, broadcast.id)
        assert world.table_calls.names == ["query", "get_item"]


class TestPeriods:
    @pytest.mark.parametrize(
        ("length", "ago", "period"),
        [
            (timedelta(seconds=30), timedelta(0), 5),
            (timedelta(minutes=30), timedelta(0), 5),
            (timedelta(minutes=31), timedelta(0), 10),
            (timedelta(hours=2), timedelta(0), 30),
            (timedelta(hours=5), timedelta(0), 60),
            (timedelta(hours=12), timedelta(0), 120),
            (timedelta(minutes=5), timedelta(days=2), 60),
            (timedelta(hours=48), timedelta(days=2), 480),
            (timedelta(minutes=5), timedelta(days=20), 300),
            (timedelta(minutes=5), timedelta(days=100), 3600),
        ],
    )
    def test_are_such_that_cloudwatch_has_and_few_enough(
        self, length: timedelta, ago: timedelta, period: int
    ) -> None:
        ended = START + length
        assert period_for(START, ended, ended + ago) == period
        assert length.total_seconds() / period <= MAX_POINTS


class TestSeries:
    def test_of_viewers_keep_their_tops(self) -> None:
        many = points(*range(2000))
        shown = viewers_over_time(many)
        assert len(shown) <= MAX_POINTS
        assert shown[-1].count == 1999
        assert shown[-1].ivs_count == 2000
        assert [each.at for each in shown] == sorted(each.at for each in shown)

    def test_of_few_viewers_are_all_there(self) -> None:
        assert [each.count for each in viewers_over_time(points(1, 5, 2))] == [1, 5, 2]
        assert viewers_over_time([]) == ()

    def test_average_what_was_counted(self) -> None:
        uncounted = Point(slot=1, viewers=None, ivs_viewers=4, latency_ms=None)
        assert average([*points(1, 2), uncounted]) == 1.5
        assert average([uncounted]) == 0.0

    def test_of_dropped_frames_hold_what_came_to_what_was_announced(self) -> None:
        ingest = Ingest(
            video_codec=None, width=None, height=None, frame_rate=60.0, audio_codec=None
        )
        assert [each.value for each in dropped_frames(health(60, 50, 61), ingest)] == [0, 50, 0]
        assert [each.value for each in dropped_frames(health(30, 30, 20), None)] == [0, 0, 50]
        assert dropped_frames(health(), None) == ()
