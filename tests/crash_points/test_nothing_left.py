"""After an erasure nothing is left of a person, wherever one looks; the look itself can fail."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest

from socialflow.identity.rights.takeout import NOT_TOLD, TOLD
from socialflow.platform.clock import utc_now
from socialflow.platform.erasure import Eraser, Erasure
from tests.crash_points import lives, traces
from tests.crash_points.chat_rooms import channel_of
from tests.crash_points.cloud import RECORDINGS, RECORDS, Cloud, account
from tests.crash_points.identity_providers import providers
from tests.crash_points.plan import Person, Plan
from tests.crash_points.world import World, running

SETTLE: Final = "identity.every_1_hour_settle_rights"
CONTEXTS: Final = ("chat", "identity", "live", "social", "videos")
MINE: Final = "/v1/me/exports"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with account() as cloud:
        yield cloud


@contextmanager
def _world(cloud: Cloud) -> Iterator[tuple[World, lives.Cast]]:
    with running(cloud, Plan()) as world, providers(world) as fake:
        yield world, lives.lived(world, fake)


def later(world: World, **by: float) -> None:
    """Time passes, and what was waiting for it happens."""
    world.pass_time(**by)
    world.settle()


def erase_first(world: World, zelda: Person) -> None:
    """The deletion, its grace, and the first pass."""
    world.request("POST", "/v1/me/deletion", by=zelda, expect=202)
    world.settle()
    world.pass_time(days=30, minutes=1)
    world.wake(SETTLE)
    for _ in range(4):
        later(world, minutes=16)


def erase_again(world: World) -> None:
    """The second pass, a day later."""
    world.pass_time(days=1)
    world.wake(SETTLE)
    for _ in range(4):
        later(world, minutes=16)


def cases(world: World) -> list[dict[str, Any]]:
    return [item for item in world.cloud.items("identity") if item.get("kind") == "erasure"]


class TestErasure:
    def test_finds_her_everywhere_before(self, cloud: Cloud) -> None:
        """Or else it would prove nothing that it finds her nowhere after."""
        with _world(cloud) as (world, cast):
            zelda = cast.zelda
            found = traces.traces_of(world, lives.needles(zelda))
            places = {line.partition(" ")[0] for line in found}
            assert {*CONTEXTS, "sf-media", "sf-uploads", "sf-chat-logs"} <= places
            assert any(line.startswith("arn:aws:ivs:") for line in found)
            assert any(line.startswith("arn:aws:ivschat:") for line in found)
            partition = lives.of_partition(world.cloud.items("identity"), zelda)
            kinds = {item["kind"] for item in partition}
            assert {"user", "session", "totp", "passkey", "provider", "former_name"} <= kinds

    def test_leaves_nothing_of_her(self, cloud: Cloud) -> None:
        with _world(cloud) as (world, cast):
            zelda = cast.zelda
            erase_first(world, zelda)
            (case,) = cases(world)
            assert case["state"] == "waiting"
            erase_again(world)
            (case,) = cases(world)
            assert case["state"] == "erased"
            assert traces.traces_of(world, lives.needles(zelda)) == []

    def test_has_providers_take_back_what_they_gave(self, cloud: Cloud) -> None:
        with _world(cloud) as (world, cast):
            (token,) = cast.providers.tokens
            assert traces.traces_of(world, [token]) == []
            erase_first(world, cast.zelda)
            assert cast.providers.tokens == set()
            items = world.cloud.items("identity")
            assert [item for item in items if "sealed_token" in item] == []

    def test_leaves_the_others_what_is_theirs(self, cloud: Cloud) -> None:
        with _world(cloud) as (world, cast):
            zelda = cast.zelda
            erase_first(world, zelda)
            erase_again(world)
            ann, ben = cast.ann, cast.ben
            acts = world.request("GET", "/v1/channels/ann/chat/audit", by=ann).body["items"]
            assert {act["act"] for act in acts} >= {"banned", "message_deleted", "poll_opened"}
            gone = [act for act in acts if act["actor"] is None]
            assert len(gone) == 3
            moderators = world.request("GET", "/v1/channels/ann/chat/moderators", by=ann).body
            assert moderators["items"] == []
            (video,) = world.request("GET", "/v1/me/videos", by=ann).body["items"]
            assert video["status"] == "ready"
            followed = world.request("GET", "/v1/me/following", by=ben).body["items"]
            assert followed == []

    def test_the_second_pass_catches_what_came_late(self, cloud: Cloud) -> None:
        with _world(cloud) as (world, cast):
            zelda = cast.zelda
            (channel,) = [
                each
                for each in world.around.ivs.channels.values()
                if each.name == channel_of(zelda)
            ]
            erase_first(world, zelda)
            lives.speak(world, cast.ann, zelda, at=utc_now() - timedelta(minutes=5))
            late = f"ivs/v1/123456789012/{channel.resource}/2026/12/22/9/30/Late/zelda.ts"
            world.cloud.put_object(RECORDINGS, late, b"segment")
            found = traces.traces_of(world, lives.needles(zelda))
            assert any(line.startswith("chat MESSAGE#") for line in found)
            assert any(line.startswith("sf-recordings") for line in found)
            erase_again(world)
            world.pass_time(days=30)
            assert traces.traces_of(world, lives.needles(zelda)) == []

    @pytest.mark.parametrize("forgetful", CONTEXTS)
    def test_a_context_that_forgets_is_found(
        self, cloud: Cloud, forgetful: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = Eraser.run

        def forgets(eraser: Eraser, erasure: Erasure) -> Erasure:
            plan, leaving = eraser._plan, erasure.leaving
            if plan.context != forgetful:
                return real(eraser, erasure)
            eraser._records.write_receipt(
                leaving.anonymous_id, leaving.pass_number, plan.context, {"left": 0}
            )
            return erasure

        monkeypatch.setattr(Eraser, "run", forgets)
        with _world(cloud) as (world, cast):
            zelda = cast.zelda
            erase_first(world, zelda)
            erase_again(world)
            found = traces.traces_of(world, lives.needles(zelda))
            assert any(line.startswith(f"{forgetful} ") for line in found)


class TestExport:
    def test_holds_what_every_context_knows(self, cloud: Cloud) -> None:
        with _world(cloud) as (world, cast):
            zelda = cast.zelda
            archive, export_id = _exported(world, zelda)
            assert set(archive) == {*(f"{each}.json" for each in CONTEXTS), "index.html"}
            parts = {name: json.loads(archive[f"{name}.json"])["sections"] for name in CONTEXTS}
            (own,) = parts["identity"]["account"]
            assert (own["handle"], own["email"]) == (lives.HANDLE, lives.EMAIL)
            assert [each["handle"] for each in parts["identity"]["former_handles"]] == [
                lives.HANDLE,
                lives.FORMER,
            ]
            assert {each["kind"] for each in parts["identity"]["security"]} == {
                "passkey",
                "totp",
                "recovery_codes",
            }
            assert len(parts["videos"]["videos"]) == 3
            assert len(parts["videos"]["shared_with_you"]) == 1
            assert len(parts["live"]["broadcasts"]) == 2
            assert {each["content"] for each in parts["chat"]["messages"]} == {
                f"{lives.DISPLAY_NAME} says hello"
            }
            assert len(parts["chat"]["votes"]) == 2
            assert [each["handle"] for each in parts["social"]["following"]] == ["ann"]
            assert {each["handle"] for each in parts["social"]["followers"]} == {"ann", "ben"}
            counts = {name: json.loads(archive[f"{name}.json"])["counts"] for name in CONTEXTS}
            assert counts["chat"]["votes"] == 2
            page = archive["index.html"].decode()
            assert lives.DISPLAY_NAME in page
            assert f"<td>messages</td><td>what you wrote</td><td>{2}</td>" in page
            assert world.request("GET", f"{MINE}/{export_id}", by=zelda).body["state"] == "ready"

    def test_opens_no_door(self, cloud: Cloud) -> None:
        """No hash, key or token of any item is in it."""
        with _world(cloud) as (world, cast):
            zelda = cast.zelda
            archive, _ = _exported(world, zelda)
            text = b"".join(archive.values()).decode()
            secret = [
                value
                for item in lives.of_partition(world.cloud.items("identity"), zelda)
                for name, value in item.items()
                if name
                in ("root_hash", "sealed_secret", "sealed_token", "public_key", "hash", "slot_0")
            ]
            assert len(secret) > 2
            assert [value for value in secret if str(value) in text] == []
            keys = [channel.key for channel in world.around.ivs.channels.values()]
            assert [key for key in keys if key and key["value"] in text] == []

    def test_every_kind_of_item_is_told_or_known_not_to_be(self, cloud: Cloud) -> None:
        with _world(cloud) as (world, cast):
            zelda = cast.zelda
            _exported(world, zelda)
            world.request("POST", "/v1/me/deletion", by=zelda, expect=202)
            world.settle()
            partition = lives.of_partition(world.cloud.items("identity"), zelda)
            assert {item["kind"] for item in partition} - {*TOLD, *NOT_TOLD} == set()


def _exported(world: World, zelda: Person) -> tuple[dict[str, bytes], str]:
    key = {"idempotency-key": "export-1"}
    asked = world.request("POST", MINE, {}, by=zelda, headers=key, expect=202).body
    world.settle()
    prefix = f"exports/{zelda.user.id}/{asked['id']}/archive.zip"
    with zipfile.ZipFile(io.BytesIO(world.cloud.content(RECORDS, prefix))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}, asked["id"]
