"""Channels: asked for, made once, set up, their keys shown and rotated."""

from __future__ import annotations

import logging

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session

from socialflow.live import channels as channels_module
from socialflow.live.channel_repository import LEASE
from socialflow.live.channels import ProvisioningTaken
from socialflow.live.errors import (
    ChannelEditedMeanwhile,
    ChannelNotFound,
    ChannelNotReady,
    LiveUnavailable,
    StreamKeyRotating,
)
from socialflow.live.ivs import ROTATION_TAG
from socialflow.live.models import ChannelState, State, StreamKeyState, Visibility
from socialflow.platform.principal import Principal
from tests.unit.live.world import CONFIGURATION, LiveWorld


class TestAsking:
    def test_for_what_was_never_asked_for(self, world: LiveWorld, ann: Principal) -> None:
        with pytest.raises(ChannelNotFound):
            world.channels.show(ann)
        with pytest.raises(ChannelNotFound):
            world.channels.rotate_key(ann)

    def test_twice_is_one_channel(self, world: LiveWorld, ann: Principal) -> None:
        first = world.channels.request(ann)
        world.clock.move(minutes=1)
        assert world.channels.request(ann) == first
        assert first.id == ann.user_id.replace("usr_", "chn_")
        assert first.state is ChannelState.REQUESTED
        assert first.stream_key_state is StreamKeyState.NONE
        assert world.channels.ingest_url(first) is None

    def test_makes_it_at_ivs_as_all_are(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.ready(ann)
        assert channel.state is ChannelState.READY
        assert world.channels.ingest_url(channel) == (
            "rtmps://a1b2c3.global-contribute.live-video.net:443/app/"
        )
        assert world.fake.named(channel.id).request == {
            "name": channel.id,
            "type": "STANDARD",
            "latencyMode": "LOW",
            "authorized": True,
            "insecureIngest": False,
            "recordingConfigurationArn": CONFIGURATION,
        }


class TestMaking:
    def test_twice_makes_one(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.ready(ann)
        world.provisioning.provision(channel.id)
        assert world.channels.show(ann) == channel
        assert len(world.fake.channels) == 1

    def test_of_one_that_nobody_asked_for_makes_none(self, world: LiveWorld) -> None:
        world.provisioning.provision("chn_01M7YQ1WE0000000000000000Z")
        assert world.fake.channels == {}

    def test_finds_the_one_that_a_dead_run_has_made(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.channels.request(ann)
        world.fake.call(_operation("CreateChannel"), {"name": channel.id})
        world.fake.named(channel.id).key = None
        world.provisioning.provision(channel.id)
        ready = world.channels.show(ann)
        assert ready.ivs
        assert ready.ivs.arn == world.fake.named(channel.id).arn
        assert world.channels.stream_key(ann)

    def test_is_done_by_one_at_a_time(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.channels.request(ann)
        assert world.channel_rows.take_provisioning(channel.id)
        with pytest.raises(ProvisioningTaken):
            world.provisioning.provision(channel.id)
        world.clock.move(seconds=LEASE.total_seconds() + 1)
        world.provisioning.provision(channel.id)
        assert world.channels.show(ann).state is ChannelState.READY

    def test_comes_again_when_ivs_is_asked_too_often(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        world.fake.throttled = 1
        channel = world.channels.request(ann)
        with pytest.raises(ClientError, match="Throttling"):
            world.provisioning.provision(channel.id)
        world.clock.move(minutes=6)
        world.provisioning.provision(channel.id)
        assert world.channels.show(ann).state is ChannelState.READY


class TestSettingUp:
    def test_changes_what_is_given(self, world: LiveWorld, ann: Principal) -> None:
        world.channels.request(ann)
        edited = world.channels.edit(
            ann, {"visibility": "unlisted", "replay": False}, expected_edits=1
        )
        assert edited.defaults.title == "ann is live"
        assert edited.defaults.visibility is Visibility.UNLISTED
        assert edited.defaults.replay is False
        assert edited.edits == 2

    def test_of_a_version_that_is_gone(self, world: LiveWorld, ann: Principal) -> None:
        world.channels.request(ann)
        world.channels.edit(ann, {"title": "At sea"}, expected_edits=1)
        with pytest.raises(ChannelEditedMeanwhile):
            world.channels.edit(ann, {"title": "On land"}, expected_edits=1)


class TestTheKey:
    def test_before_there_is_one(self, world: LiveWorld, ann: Principal) -> None:
        world.channels.request(ann)
        with pytest.raises(ChannelNotReady):
            world.channels.stream_key(ann)
        with pytest.raises(ChannelNotReady):
            world.channels.rotate_key(ann)

    def test_is_shown_and_nowhere_kept(
        self,
        world: LiveWorld,
        ann: Principal,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        channel = world.ready(ann)
        audit = logging.getLogger("audit")
        monkeypatch.setattr(channels_module, "logger", lambda: audit)
        with caplog.at_level(logging.INFO):
            key = world.channels.stream_key(ann)
        assert key == "sk_eu-west-1_Ch0000000001_1"
        (line,) = caplog.records
        assert line.__dict__["audit"] == "stream_key_shown"
        assert line.__dict__["user_id"] == ann.user_id
        assert key not in str(line.__dict__)
        assert key not in str(world.channel_rows.get(channel.id))

    def test_of_an_ivs_that_does_not_answer(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.ready(ann)
        world.fake.named(channel.id).key = None
        with pytest.raises(LiveUnavailable):
            world.channels.stream_key(ann)


class TestRotating:
    def test_replaces_the_key_and_sends_the_encoder_away(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        old = world.channels.stream_key(ann)
        asked = world.channels.rotate_key(ann)
        assert asked.stream_key_state is StreamKeyState.ROTATING
        with pytest.raises(StreamKeyRotating):
            world.channels.stream_key(ann)
        world.provisioning.rotate(asked.id)
        world.tell()
        assert world.channels.stream_key(ann) != old
        assert world.now(broadcast).state is State.ENDING

    def test_asked_for_twice_happens_once(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.ready(ann)
        assert world.channels.rotate_key(ann) == world.channels.rotate_key(ann)
        world.provisioning.rotate(channel.id)
        world.provisioning.rotate(channel.id)
        assert world.fake.named(channel.id).keys_made == 2

    def test_finds_the_key_that_a_dead_run_has_made(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.ready(ann)
        world.channels.rotate_key(ann)
        fake = world.fake.named(channel.id)
        fake.key = None
        made = {"channelArn": fake.arn, "tags": {ROTATION_TAG: "1"}}
        world.fake.call(_operation("CreateStreamKey"), made)
        world.provisioning.rotate(channel.id)
        assert fake.keys_made == 2
        assert world.channels.show(ann).stream_key_state is StreamKeyState.READY

    def test_again_later_makes_a_third_key(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.ready(ann)
        for _ in range(2):
            world.channels.rotate_key(ann)
            world.provisioning.rotate(channel.id)
        assert world.fake.named(channel.id).keys_made == 3


def _operation(name: str) -> object:
    return get_session().get_service_model("ivs").operation_model(name)
