"""A key that somebody else may have: refused in a minute, with nobody signed out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.identity import every_day_rotate_signing_keys as function
from socialflow.identity import wiring
from socialflow.identity.errors import AccessTokenInvalid
from socialflow.identity.sessions.sessions import Device
from socialflow.identity.tokens.access_tokens import AccessTokens
from socialflow.identity.tokens.issuing_keys import IssuingKey, KeyRing, KeyUnknown, ring_to_text
from socialflow.identity.tokens.public_keys import PublicKeys
from socialflow.platform.aws import client
from tests.unit.doubles import CountedIds, Crash, CrashingClient, CrashPoint, MovableClock
from tests.unit.identity.wired import forget_wiring
from tests.unit.identity.world import ISSUER, PHONE, World, build_world

HANDED_OVER_SECONDS = 60


def current(world: World) -> str:
    return world.secret.read().current(world.clock()).kid


def verifier(world: World) -> AccessTokens:
    """Another process's."""
    keys = PublicKeys(world.published, clock=world.clock)
    return AccessTokens(keys, issuer=ISSUER, clock=world.clock)


class _OfAThief:
    """A Secrets Manager that holds the ring as it was stolen."""

    def __init__(self, stolen: IssuingKey) -> None:
        self._text = ring_to_text(KeyRing((stolen,)))

    def get_secret_value(self, **_: object) -> dict[str, str]:
        return {"SecretString": self._text}


class TestRefusals:
    def test_a_key_that_is_not_there(self, world: World) -> None:
        before = world.items()
        with pytest.raises(KeyUnknown):
            world.rotation.run(retire="nobody's")
        assert world.items() == before

    def test_again_changes_nothing_more(self, world: World) -> None:
        kid = current(world)
        assert world.rotation.run(retire=kid).made == 1
        before, ring = world.items(), world.secret.read()
        assert world.rotation.run(retire=kid).made == 0
        assert (world.items(), world.secret.read()) == (before, ring)


class TestHandingOver:
    def test_what_a_thief_signs_is_refused_within_a_minute(self, world: World) -> None:
        signed_in = world.register_ann()
        session_id = world.access.verify(signed_in.access_token).session_id
        stolen = world.secret.read().current(world.clock())
        elsewhere = verifier(world)
        elsewhere.verify(signed_in.access_token)
        world.rotation.run(retire=stolen.kid)
        world.clock.move(seconds=HANDED_OVER_SECONDS)
        thief = build_world(
            dynamodb=client("dynamodb"),
            secrets=_OfAThief(stolen),
            clock=world.clock,
            ids=CountedIds(world.clock),
        )
        forged = thief.issuer.issue(signed_in.user, session_id)
        with pytest.raises(AccessTokenInvalid):
            elsewhere.verify(forged)
        assert stolen.kid not in {jwk["kid"] for jwk in elsewhere.published()}

    def test_at_no_moment_is_an_honest_token_refused_that_was_signed_just_now(
        self, world: World
    ) -> None:
        """Issuers and verifiers whose caches are of any age."""
        signed_in = world.register_ann()
        user, session_id = signed_in.user, world.access.verify(signed_in.access_token).session_id
        fleet = [verifier(world) for _ in range(7)]
        for each in fleet:
            world.clock.move(seconds=5)
            each.verify(world.issuer.issue(user, session_id))
        world.rotation.run(retire=current(world))
        for second in range(90):
            token = world.issuer.issue(user, session_id)
            each = fleet[second % len(fleet)]
            assert each.verify(token).handle == "ann"
            world.clock.move(seconds=1)

    def test_sessions_go_on(self, world: World) -> None:
        first = world.register_ann()
        world.rotation.run(retire=current(world))
        world.clock.move(seconds=HANDED_OVER_SECONDS)
        with pytest.raises(AccessTokenInvalid):
            world.access.verify(first.access_token)
        second = world.sessions.refresh(first.refresh_token, device=Device(name=PHONE))
        assert world.access.verify(second.access_token).handle == "ann"
        world.clock.move(days=29)
        assert world.sessions.refresh(second.refresh_token, device=Device(name=PHONE))

    def test_a_successor_that_waits_begins_at_once(self, world: World) -> None:
        world.clock.move(days=90)
        world.rotation.run()
        old, successor = (key.kid for key in world.secret.read().keys)
        assert current(world) == old
        assert world.rotation.run(retire=old).made == 0
        world.clock.move(seconds=45)
        assert current(world) == successor

    def test_a_successor_that_waits_can_be_retired_itself(self, world: World) -> None:
        world.clock.move(days=90)
        world.rotation.run()
        old, successor = (key.kid for key in world.secret.read().keys)
        assert world.rotation.run(retire=successor).made == 1
        for _ in range(120):
            assert current(world) != successor
            world.clock.move(minutes=1)
        assert current(world) != old

    def test_a_superseded_key_never_signs_again(self, world: World) -> None:
        first = current(world)
        world.clock.move(days=90)
        world.rotation.run()
        world.clock.move(hours=2)
        world.rotation.run(retire=current(world))
        for _ in range(100):
            world.clock.move(seconds=1)
            assert current(world) != first

    def test_the_day_after_it_is_not_published(self, world: World) -> None:
        old = current(world)
        world.rotation.run(retire=old)
        world.clock.move(days=1)
        world.rotation.run()
        assert old not in {each.jwk["kid"] for each in world.published.read()}
        assert world.secret.read().find(old), "refresh tokens that it sealed still open"


class TestCrashes:
    def test_wherever_a_run_stops_honest_tokens_are_good_and_the_next_run_retires(
        self, world: World, clock: MovableClock, ids: CountedIds
    ) -> None:
        signed_in = world.register_ann()
        user, session_id = signed_in.user, world.access.verify(signed_in.access_token).session_id
        old, boundary = current(world), 0
        while True:
            crash = CrashPoint(boundary)
            doomed = build_world(
                dynamodb=CrashingClient(client("dynamodb"), crash),
                secrets=CrashingClient(client("secretsmanager"), crash),
                clock=clock,
                ids=ids,
            )
            try:
                doomed.rotation.run(retire=old)
            except Crash:
                boundary += 1
            else:
                break
            for _ in range(3):
                token = world.issuer.issue(user, session_id)
                assert verifier(world).verify(token).handle == "ann"
                clock.move(seconds=40)
        assert boundary >= 8
        clock.move(seconds=HANDED_OVER_SECONDS)
        assert current(world) != old
        assert old not in {jwk["kid"] for jwk in verifier(world).published()}


class TestOperator:
    @pytest.fixture(autouse=True)
    def _deployed(self, aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        for name in ("SF_SIGNING_KEYS_SECRET", "SF_SEALING_KEYS_SECRET"):
            arn = client("secretsmanager").create_secret(Name=name.lower())["ARN"]
            monkeypatch.setenv(name, arn)
        forget_wiring()
        yield
        forget_wiring()

    def test_is_told_what_signs_next(self) -> None:
        function.handler({"detail-type": "Scheduled Event"}, None)
        (old,) = wiring.key_secret().read().keys
        told = function.handler({"retire": old.kid}, None)
        _, new = wiring.key_secret().read().keys
        assert told == {"retired": old.kid, "signs_next": new.kid}

    def test_is_told_of_a_key_that_is_not_there(self) -> None:
        function.handler({"detail-type": "Scheduled Event"}, None)
        with pytest.raises(KeyUnknown):
            function.handler({"retire": "nobody's"}, None)
