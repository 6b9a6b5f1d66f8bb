"""Who is given playback, what the token says, and whom a viewer token names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from socialflow.live.errors import BroadcastNotFound, BroadcastNotLive, ViewerTokenInvalid
from socialflow.live.playback import TOKEN_LIFE, PlaybackSigner
from socialflow.live.viewer_tokens import LIFE, ViewerTokens
from socialflow.platform.principal import Principal
from tests.unit.doubles import START
from tests.unit.live.world import PEM, PRIVATE_KEY, LiveWorld


class TestPlayback:
    def test_of_what_is_not_on(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        broadcast = world.create(ann)
        with pytest.raises(BroadcastNotLive):
            world.playback.give(None, broadcast.id)
        world.broadcasts.end(ann, broadcast.id)
        with pytest.raises(BroadcastNotLive):
            world.playback.give(ann, broadcast.id)

    def test_of_what_is_private(self, world: LiveWorld, ann: Principal, ben: Principal) -> None:
        broadcast = world.live(ann)
        world.broadcasts.edit(ann, broadcast.id, {"visibility": "private"}, expected_edits=None)
        for viewer in (None, ben):
            with pytest.raises(BroadcastNotFound):
                world.playback.give(viewer, broadcast.id)
        assert world.playback.give(ann, broadcast.id).url

    def test_starts_nothing_of_what_comes_after(self) -> None:
        # IVS's token is for the channel: a private broadcast may be the next one there.
        assert timedelta(minutes=1) >= TOKEN_LIFE

    def test_is_a_token_that_ivs_takes(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        playback = world.playback.give(None, broadcast.id)
        address, _, token = playback.url.partition("?token=")
        assert address == "https://a1b2c3.playback.live-video.net/Ch0000000001.m3u8"
        read = jwt.decode(token, ECKey.import_key(PRIVATE_KEY.public_key()), algorithms=["ES384"])
        assert read.header == {"alg": "ES384", "typ": "JWT"}
        assert read.claims == {
            "aws:channel-arn": world.fake.named(broadcast.channel_id).arn,
            "exp": int((START + TOKEN_LIFE).timestamp()),
        }
        assert playback.expires_at == START + TOKEN_LIFE

    def test_goes_on_while_the_encoder_is_away(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.fake.end(broadcast.channel_id)
        world.tell()
        assert world.playback.give(None, broadcast.id).url

    def test_costs_two_reads(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.table_calls.names.clear()
        world.playback.give(None, broadcast.id)
        assert world.table_calls.names == ["get_item", "get_item"]

    def test_is_signed_with_p384_alone(self) -> None:
        with pytest.raises(TypeError, match="P-384"):
            PlaybackSigner(lambda: _rsa()).sign({})


class TestViewerTokens:
    def test_name_an_account_the_same_in_every_tab(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        tokens = [world.playback.give(ann, broadcast.id).viewer_token for _ in range(2)]
        names = {world.tokens.viewer_of(each, broadcast.id) for each in tokens}
        assert names == {"u" + ann.user_id[4:]}

    def test_name_strangers_apart_unless_they_show_their_former_one(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        one, two = (world.playback.give(None, broadcast.id).viewer_token for _ in range(2))
        again = world.playback.give(None, broadcast.id, former=one).viewer_token
        name = world.tokens.viewer_of(one, broadcast.id)
        assert world.tokens.viewer_of(two, broadcast.id) != name
        assert world.tokens.viewer_of(again, broadcast.id) == name

    def test_of_an_account_are_not_kept_by_who_signed_out(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        own = world.playback.give(ann, broadcast.id).viewer_token
        after = world.playback.give(None, broadcast.id, former=own).viewer_token
        assert world.tokens.viewer_of(after, broadcast.id).startswith("a")

    def test_are_worth_nothing_elsewhere_or_later(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        token = world.playback.give(None, broadcast.id).viewer_token
        with pytest.raises(ViewerTokenInvalid):
            world.tokens.viewer_of(token, "brd_" + "0" * 26)
        world.clock.move(seconds=LIFE.total_seconds())
        with pytest.raises(ViewerTokenInvalid):
            world.tokens.viewer_of(token, broadcast.id)

    @pytest.mark.parametrize("change", ["", "x", "vt1.a.b.c.d", "u", "0"])
    def test_are_not_made_up(self, world: LiveWorld, ann: Principal, change: str) -> None:
        broadcast = world.live(ann)
        token = world.playback.give(None, broadcast.id).viewer_token
        parts = token.split(".")
        forged = [
            change,
            token + change + "A",
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            ".".join([*parts[:2], "u" + "0" * 26, *parts[3:]]),
            ".".join([*parts[:3], str(int(parts[3]) + 1), parts[4]]),
        ]
        for each in forged:
            with pytest.raises(ViewerTokenInvalid):
                world.tokens.viewer_of(each, broadcast.id)

    def test_of_another_stage_are_strangers_here(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        others = ViewerTokens(lambda: PEM + b"\n", new_id=world.ids, clock=world.clock)
        with pytest.raises(ViewerTokenInvalid):
            world.tokens.viewer_of(others.make(broadcast.id, None), broadcast.id)


def _rsa() -> bytes:
    from tests.crash_points.cloud import playback_key

    return playback_key().encode()
