"""Chat: who may say what, what moderators can do, and that nothing of it is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from infra.local.supervisor import LocalTarget
from tests.functional.broadcasting import Channel
from tests.functional.people import Device, code_of, log_in, nobody, register
from tests.functional.waiting import wait_for
from tests.unit.local_ivschat.clients import ChatSocket

REFUSED_IN_REVIEW, NOT_ALLOWED, TOO_LONG = 406, 403, 400


class Room:
    """A creator's chat and who is in it."""

    def __init__(self, owner: Device) -> None:
        self.owner = owner
        self.path = f"/v1/channels/{owner.handle}/chat"
        self._open = ExitStack()
        wait_for(lambda: self.ask(owner).status_code == 200, "the room", seconds=60)

    def ask(self, viewer: Device) -> httpx.Response:
        return viewer.post(f"{self.path}/tokens")

    def join(self, viewer: Device) -> ChatSocket:
        """Connected to IVS Chat's own messaging, until the test is over."""
        return self.connect(self.ask(viewer))

    def connect(self, answer: httpx.Response) -> ChatSocket:
        """With the token of an answer."""
        assert answer.status_code == 200, answer.text
        port = int(answer.json()["messaging_url"].rpartition(":")[2])
        socket = ChatSocket(port, answer.json()["token"])
        self._open.callback(socket.close)
        return socket

    def set(self, **rules: Any) -> None:
        answer = self.owner.patch(f"{self.path}/settings", json=rules, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    def audit(self) -> list[dict[str, Any]]:
        answer = self.owner.get(f"{self.path}/audit")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def leave(self) -> None:
        self._open.close()


@pytest.fixture(scope="module")
def owner(target: LocalTarget) -> Device:
    """A creator whose channel is made."""
    return Channel(register(target.origin, "host")).owner


@pytest.fixture
def room(owner: Device) -> Iterator[Room]:
    """The creator's room, with the rules that it begins with."""
    found = Room(owner)
    yield found
    found.leave()
    found.set(
        slow_mode_seconds=0, followers_only_minutes=None, links_allowed=True, blocked_terms=[]
    )


def id_of(person: Device) -> str:
    return str(person.get("/v1/me").json()["id"])


def next_event(socket: ChatSocket, name: str) -> dict[str, Any]:
    """The room's next event of that name: what an act of an earlier test makes may come before."""
    while True:
        event = socket.next_of("EVENT")
        if event["EventName"] == name:
            return event


class TestMessages:
    def test_reach_everybody_under_the_senders_name(
        self, room: Room, ann: Device, origin: str
    ) -> None:
        host, member, reader = room.join(room.owner), room.join(ann), room.join(nobody(origin))
        member.say("good evening", "r1")
        for socket in (host, member, reader):
            frame = socket.next_of("MESSAGE")
            assert frame["Content"] == "good evening"
            assert frame["Sender"]["UserId"] == id_of(ann)
            assert frame["Sender"]["Attributes"]["handle"] == ann.handle
            assert frame["Sender"]["Attributes"]["role"] == "member"

    def test_of_somebody_not_signed_in_are_refused(self, room: Room, origin: str) -> None:
        token = room.ask(nobody(origin)).json()
        assert (token["can_send"], token["refused_because"]) == (False, "signed_out")
        reader = room.join(nobody(origin))
        reader.say("let me in")
        assert reader.next_of("ERROR")["ErrorCode"] == NOT_ALLOWED

    def test_beyond_the_rules_are_refused_with_their_reason(self, room: Room, ann: Device) -> None:
        room.set(blocked_terms=["turnip"], links_allowed=False)
        member = room.join(ann)
        for content, reason in (
            ("what a TURNIP", "blocked_term"),
            ("see https://example.com", "links"),
        ):
            member.say(content)
            frame = member.next_of("ERROR")
            assert (frame["ErrorCode"], reason in frame["ErrorMessage"]) == (
                REFUSED_IN_REVIEW,
                True,
            )
        member.say("x" * 501)
        assert member.next_of("ERROR")["ErrorCode"] == TOO_LONG
        room.set(blocked_terms=[], slow_mode_seconds=30)
        member.say("one")
        assert member.next_of("MESSAGE")["Content"] == "one"
        member.say("two")
        assert "slow_mode" in member.next_of("ERROR")["ErrorMessage"]

    def test_of_followers_only_need_following(self, room: Room, ann: Device) -> None:
        room.set(followers_only_minutes=0)
        assert "followers_only" in room.ask(ann).json()["refused_because"]
        follow = ann.request("PUT", f"/v1/users/{room.owner.handle}/follow")
        assert follow.json()["following"] is True
        member = room.join(ann)
        member.say("I follow")
        assert member.next_of("MESSAGE")["Content"] == "I follow"


class TestModeration:
    def test_a_moderator_deletes_and_the_owner_sees_who(
        self, room: Room, ann: Device, bob: Device
    ) -> None:
        named = room.owner.request("PUT", f"{room.path}/moderators/{ann.handle}")
        assert named.status_code in (200, 204), named.text
        assert room.ask(ann).json()["role"] == "moderator"
        host, member = room.join(room.owner), room.join(bob)
        member.say("something unkind")
        message_id = host.next_of("MESSAGE")["Id"]
        denied = bob.delete(f"{room.path}/messages/{message_id}")
        assert (denied.status_code, code_of(denied)) == (403, "chat_moderator_required")
        assert ann.delete(f"{room.path}/messages/{message_id}").status_code == 204
        event = next_event(host, "aws:DELETE_MESSAGE")
        assert event["Attributes"]["MessageID"] == message_id
        acts = [(entry["act"], entry["actor"]["handle"]) for entry in room.audit()]
        assert ("message_deleted", ann.handle) in acts
        assert ("moderator_added", room.owner.handle) in acts

    def test_a_ban_holds_on_every_device_until_it_is_lifted(
        self, room: Room, bob: Device, origin: str
    ) -> None:
        phone = log_in(origin, bob.account)
        sockets = [room.join(bob), room.join(phone)]
        unused = room.ask(bob)
        ban = room.owner.request("PUT", f"{room.path}/bans/{id_of(bob)}", json={"reason": "enough"})
        assert ban.status_code == 200, ban.text
        for socket in sockets:
            assert socket.closed()
        for device in (bob, phone):
            refused = room.ask(device)
            assert (refused.status_code, code_of(refused)) == (403, "chat_banned")
        # A token that was asked for before opens a connection, as on AWS; nothing more.
        late = room.connect(unused)
        late.say("still here")
        frame = late.next_of("ERROR")
        assert (frame["ErrorCode"], frame["ErrorMessage"]) == (REFUSED_IN_REVIEW, "banned")
        assert room.owner.delete(f"{room.path}/bans/{id_of(bob)}").status_code == 204
        member = room.join(bob)
        member.say("thank you")
        assert member.next_of("MESSAGE")["Content"] == "thank you"

    def test_a_time_out_leaves_reading(self, room: Room, bob: Device) -> None:
        ban = room.owner.request("PUT", f"{room.path}/bans/{id_of(bob)}", json={"seconds": 600})
        assert ban.status_code == 200, ban.text
        token = room.ask(bob).json()
        assert token["can_send"] is False
        assert token["refused_because"].startswith("timed_out until=")
        reader, host = room.join(bob), room.join(room.owner)
        host.say("hello")
        assert reader.next_of("MESSAGE")["Content"] == "hello"


class TestPolls:
    def test_count_one_vote_a_person(self, room: Room, ann: Device, bob: Device) -> None:
        listener = room.join(bob)
        opened = room.owner.post(
            f"{room.path}/polls",
            json={"question": "Tea?", "options": ["Yes", "No"], "seconds": 60},
            headers={"Idempotency-Key": "tea"},
        )
        assert opened.status_code == 201, opened.text
        poll = opened.json()
        vote = f"{room.path}/polls/{poll['id']}/vote"
        for voter, option in ((ann, 0), (ann, 0), (bob, 0)):
            assert voter.request("PUT", vote, json={"option": option}).status_code == 200
        again = ann.request("PUT", vote, json={"option": 1})
        assert (again.status_code, code_of(again)) == (409, "already_voted")
        closed = room.owner.post(f"{room.path}/polls/{poll['id']}/close")
        assert closed.status_code == 200, closed.text

        def counted() -> list[int] | None:
            shown = bob.get(f"{room.path}/polls/{poll['id']}").json()
            votes = [option["votes"] for option in shown["options"]]
            return votes if votes == [2, 0] and shown["state"] == "closed" else None

        assert wait_for(counted, "both votes") == [2, 0]
        told: dict[str, Any] = {}
        while told.get("state") != "closed":
            event = next_event(listener, "socialflow:poll")
            told = json.loads(event["Attributes"]["poll"])
        assert [option["votes"] for option in told["options"]] == [2, 0]


class TestIvsChatIsKilled:
    def test_rooms_rules_and_bans_are_there_when_it_is_back(
        self, target: LocalTarget, room: Room, ann: Device, bob: Device
    ) -> None:
        room.set(blocked_terms=["turnip"])
        banned = room.owner.request("PUT", f"{room.path}/bans/{id_of(bob)}", json={})
        assert banned.status_code == 200
        member = room.join(ann)
        killed = target.process_id("ivschat")
        target.kill_ivschat()
        assert member.closed()
        wait_for(lambda: target.process_id("ivschat") != killed, "another process")
        wait_for(lambda: room.ask(ann).status_code == 200, "tokens again")
        member = room.join(ann)
        member.say("a turnip")
        assert member.next_of("ERROR")["ErrorCode"] == REFUSED_IN_REVIEW
        member.say("a carrot")
        assert member.next_of("MESSAGE")["Content"] == "a carrot"
        assert code_of(room.ask(bob)) == "chat_banned"
