"""Who leaves takes their channel along, at IVS too, and all that was streamed to it."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.live.erasure import LiveErasure
from socialflow.live.ivs import Ivs
from socialflow.live.takeout import Takeout
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.platform.dynamodb_values import decode_map
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.principal import Principal, UserId
from tests.unit.doubles import FakeClient
from tests.unit.live.world import MEDIA, RECORDINGS, UPLOADS, LiveWorld


@pytest.fixture
def table(aws: None) -> Table:
    return Table(lambda: client("dynamodb"), "live")


@pytest.fixture
def plan(world: LiveWorld, table: Table) -> ErasurePlan:
    ivs: Any = FakeClient("ivs", world.fake.call)
    return LiveErasure(
        table,
        Ivs(lambda: ivs),
        lambda: client("s3"),
        upload_bucket=UPLOADS,
        media_bucket=MEDIA,
        recording_bucket=RECORDINGS,
        clock=world.clock,
    ).plan()


def leaving(who: Principal, pass_number: int = 1) -> Leaving:
    return Leaving(
        user_id=who.user_id,
        handle=who.handle,
        anonymous_id=UserId("gone_1"),
        pass_number=pass_number,
    )


def run(plan: ErasurePlan, who: Leaving, limit: int = 10) -> None:
    for step in plan.steps.values():
        while step(who, limit):
            pass


def items() -> list[dict[str, Any]]:
    found = client("dynamodb").scan(TableName="live")["Items"]
    return [decode_map(item) for item in found]


def put(bucket: str, key: str) -> None:
    client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")


class TestErasure:
    def test_sends_an_encoder_away_and_leaves_nothing(
        self, world: LiveWorld, plan: ErasurePlan
    ) -> None:
        ann = world.person("ann")
        broadcast = world.live(ann)
        channel = world.fake.named(broadcast.channel_id)
        world.audience.note_ivs_viewers(broadcast.id, world.clock(), 3)
        put(MEDIA, f"media/public/live/{broadcast.id}/custom.png")
        put(UPLOADS, f"thumbnails/{broadcast.id}/pic_1")
        assert plan.left(leaving(ann)) > 0
        run(plan, leaving(ann))
        assert plan.left(leaving(ann)) == 0
        assert world.fake.channels == {}
        assert (world.objects(), world.objects(UPLOADS), world.objects(RECORDINGS)) == ([], [], [])
        world.tell()
        (note,) = items()
        assert (note["sk"], note["arns"]) == ("ERASED", [channel.arn])

    def test_the_second_pass_knows_where_late_recordings_lie(
        self, world: LiveWorld, plan: ErasurePlan
    ) -> None:
        ann = world.person("ann")
        resource = world.fake.named(world.live(ann).channel_id).resource
        run(plan, leaving(ann))
        put(RECORDINGS, f"ivs/v1/123456789012/{resource}/2026/11/21/9/30/Late/media/hls/0.ts")
        put(RECORDINGS, "ivs/v1/123456789012/Another00000/2026/11/21/9/30/Rec/media/hls/0.ts")
        run(plan, leaving(ann, pass_number=2))
        assert [key.split("/")[3] for key in world.objects(RECORDINGS)] == ["Another00000"]
        assert items() == []

    def test_waits_for_an_encoder_that_comes_back(
        self, world: LiveWorld, plan: ErasurePlan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ann = world.person("ann")
        world.live(ann)
        monkeypatch.setattr(type(world.fake), "_stop_stream", lambda *_: {})
        run(plan, leaving(ann))
        assert len(world.fake.channels) == 1
        assert plan.left(leaving(ann)) > 0
        monkeypatch.undo()
        run(plan, leaving(ann))
        assert world.fake.channels == {}
        assert plan.left(leaving(ann)) == 0

    def test_finds_a_channel_that_a_dead_run_has_made(
        self, world: LiveWorld, plan: ErasurePlan
    ) -> None:
        ann = world.person("ann")
        channel = world.channels.request(ann)
        world.provisioning.ivs.find_or_create_channel(channel.id)
        run(plan, leaving(ann))
        assert world.fake.channels == {}

    def test_of_others_nothing_goes(self, world: LiveWorld, plan: ErasurePlan) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        bens = world.live(ben)
        before = len(items())
        run(plan, leaving(ann))
        assert len(items()) == before
        assert world.now(bens).is_running

    def test_counts_go_in_slices(self, world: LiveWorld, plan: ErasurePlan) -> None:
        ann = world.person("ann")
        broadcast = world.live(ann)
        for _ in range(30):
            world.audience.note_ivs_viewers(broadcast.id, world.clock(), 3)
            world.clock.move(seconds=30)
        run(plan, leaving(ann), limit=7)
        assert [item["sk"] for item in items()] == ["ERASED"]


def test_an_export_tells_of_channel_and_broadcasts(world: LiveWorld, table: Table) -> None:
    ann = world.person("ann")
    broadcast = world.live(ann)
    sections = Takeout(table).sections(ann.user_id)
    found: dict[str, list[Any]] = {name: list(told) for name, told in sections}
    (channel,) = found["channel"]
    assert channel["defaults"]["title"] == "ann is live"
    assert "sk_" not in str(found)
    (told,) = found["broadcasts"]
    assert (told["id"], told["state"]) == (broadcast.id, "live")


def test_an_export_of_somebody_without_a_channel_is_empty(world: LiveWorld, table: Table) -> None:
    ann = world.person("ann")
    found = {name: list(told) for name, told in Takeout(table).sections(ann.user_id)}
    assert found == {"channel": [], "broadcasts": []}
