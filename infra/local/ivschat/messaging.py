"""What is said in rooms: messages, deletions and disconnections, from clients and the account.

A message of a room with a review handler waits for its review behind its sender's earlier ones;
each sender has a queue of its own, so the slow review of one holds up nobody else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.local.ivschat.actions import DeleteMessage, DisconnectUser, SendMessage, parse_action
from infra.local.ivschat.errors import ActionRefused, Code, ResourceNotFound
from infra.local.ivschat.frames import (
    delete_attributes,
    disconnect_attributes,
    error_payload,
    event_payload,
    message_payload,
    text_frame,
)
from infra.local.ivschat.live_rooms import LiveRooms, Member
from infra.local.ivschat.records import Room
from infra.local.ivschat.registry import Registry
from infra.local.ivschat.reviews import Question, Reviewer

__all__ = ["Messaging"]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A message that was taken and is not delivered yet."""

    message_id: str
    received_ns: int
    request_id: str
    content: str
    attributes: Mapping[str, str]


class Messaging:
    def __init__(
        self,
        registry: Registry,
        rooms: LiveRooms,
        reviewer: Reviewer,
        *,
        max_waiting: int,
        make_id: Callable[[], str],
        now_ns: Callable[[], int],
    ) -> None:
        self._registry = registry
        self._rooms = rooms
        self._reviewer = reviewer
        self._max_waiting = max_waiting
        self._make_id = make_id
        self._now_ns = now_ns
        self._waiting: dict[Member, deque[_Draft]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def join(self, member: Member) -> None:
        if self._rooms.join(member):
            self._warm_up(member)

    def leave(self, member: Member) -> None:
        """What the member sent before it left is still delivered."""
        self._rooms.leave(member)

    def keep_warm(self) -> None:
        """Call the review handlers of rooms with people in them that were not called lately."""
        for arn in self._rooms.arns():
            for member in self._rooms.members(arn):
                self._warm_up(member)
                break

    def receive(self, member: Member, text: str, *, within_rate: bool) -> None:
        """Act on a client's text message; what is refused is answered with an ERROR."""
        try:
            action = parse_action(text)
            try:
                self._act(member, action, within_rate=within_rate)
            except ActionRefused as refused:
                refused.request_id = action.request_id
                raise
        except ActionRefused as refused:
            self.refuse(member, refused)

    def refuse(self, member: Member, refused: ActionRefused, error_id: str = "") -> None:
        """`error_id` is the id of the message that was refused, where it had one already."""
        payload = error_payload(
            error_id=error_id or self._make_id(),
            request_id=refused.request_id,
            code=refused.code,
            message=refused.message,
        )
        member.push(text_frame(payload))

    def send_event(self, arn: str, name: str, attributes: Mapping[str, str]) -> str:
        """The id of the event. Raises `ResourceNotFound`, as all of the account's calls do."""
        return self._event(self._registry.room(arn), name, attributes)

    def delete_message(self, arn: str, message_id: str, reason: str, request_id: str = "") -> str:
        told = delete_attributes(message_id, reason)
        return self._event(self._registry.room(arn), "aws:DELETE_MESSAGE", told, request_id)

    def disconnect_user(self, arn: str, user_id: str, reason: str, request_id: str = "") -> None:
        """All connections of the user in the room, once everybody was told."""
        room = self._registry.room(arn)
        told = disconnect_attributes(user_id, reason)
        self._event(room, "aws:DISCONNECT_USER", told, request_id)
        for member in self._rooms.members(arn, user_id):
            self._waiting.get(member, deque()).clear()
            member.end(reason or "Disconnected by the room")

    def end_room(self, arn: str) -> None:
        """Close the connections of a room that is no more."""
        for member in self._rooms.members(arn):
            member.end("The room was deleted")

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _act(
        self,
        member: Member,
        action: SendMessage | DeleteMessage | DisconnectUser,
        *,
        within_rate: bool,
    ) -> None:
        if self._now_ns() >= member.grant.session_expires_ns:
            raise ActionRefused(Code.UNAUTHORIZED, "The session has expired.")
        if action.capability not in member.grant.capabilities:
            raise ActionRefused(Code.FORBIDDEN, f"The token does not allow {action.capability}.")
        if not within_rate:
            raise ActionRefused(Code.TOO_MANY, "The connection sends too many requests.")
        arn = member.grant.room_arn
        try:
            room = self._registry.room(arn)
        except ResourceNotFound as gone:
            raise ActionRefused(Code.NOT_FOUND, "The room does not exist.") from gone
        if isinstance(action, SendMessage):
            self._send(member, room, action)
        elif isinstance(action, DeleteMessage):
            self.delete_message(arn, action.message_id, action.reason, action.request_id)
        else:
            self.disconnect_user(arn, action.user_id, action.reason, action.request_id)

    def _send(self, member: Member, room: Room, action: SendMessage) -> None:
        if len(action.content) > room.message_length:
            raise ActionRefused(
                Code.BAD_REQUEST, f"Messages must have at most {room.message_length} characters."
            )
        waiting = self._waiting.get(member)
        if waiting is not None and len(waiting) >= self._max_waiting:
            raise ActionRefused(Code.TOO_MANY, "Too many messages wait for review.")
        if not self._rooms.take_message(room):
            raise ActionRefused(Code.TOO_MANY, "The room takes no more messages in this second.")
        draft = _Draft(
            message_id=self._make_id(),
            received_ns=self._now_ns(),
            request_id=action.request_id,
            content=action.content,
            attributes=action.attributes,
        )
        if waiting is not None:
            waiting.append(draft)
        elif room.handler is None:
            self._deliver(member, room, draft, draft.content, draft.attributes)
        else:
            self._waiting[member] = deque([draft])
            task = asyncio.create_task(self._review_all(member))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _review_all(self, member: Member) -> None:
        waiting = self._waiting[member]
        try:
            while waiting:
                draft = waiting[0]
                await self._review(member, draft, waiting)
                # Somebody who was disconnected meanwhile has nothing waiting any more.
                if waiting and waiting[0] is draft:
                    waiting.popleft()
        finally:
            del self._waiting[member]

    async def _review(self, member: Member, draft: _Draft, waiting: deque[_Draft]) -> None:
        try:
            room = self._registry.room(member.grant.room_arn)
        except ResourceNotFound:
            waiting.clear()
            return
        content, attributes = draft.content, draft.attributes
        if (question := self._question(member, room, draft)) is not None:
            verdict = await self._reviewer.review(question)
            if not verdict.allowed:
                refused = ActionRefused(Code.NOT_ACCEPTABLE, verdict.reason, draft.request_id)
                self.refuse(member, refused, draft.message_id)
                return
            content, attributes = verdict.content, verdict.attributes
        if waiting:
            self._deliver(member, room, draft, content, attributes)

    def _deliver(
        self,
        member: Member,
        room: Room,
        draft: _Draft,
        content: str,
        attributes: Mapping[str, str],
    ) -> None:
        payload = message_payload(
            message_id=draft.message_id,
            request_id=draft.request_id,
            content=content,
            attributes=attributes,
            user_id=member.grant.user_id,
            user_attributes=member.grant.attributes,
            sent_ns=draft.received_ns,
        )
        self._rooms.deliver(room, "MESSAGE", payload, draft.received_ns)

    def _event(
        self, room: Room, name: str, attributes: Mapping[str, str], request_id: str = ""
    ) -> str:
        event_id, now = self._make_id(), self._now_ns()
        payload = event_payload(
            event_id=event_id, request_id=request_id, name=name, attributes=attributes, sent_ns=now
        )
        self._rooms.deliver(room, "EVENT", payload, now)
        return event_id

    def _question(self, member: Member, room: Room, draft: _Draft) -> Question | None:
        if room.handler is None:
            return None
        return Question(
            handler=room.handler,
            room_arn=room.arn,
            max_length=room.message_length,
            message_id=draft.message_id,
            content=draft.content,
            attributes=draft.attributes,
            user_id=member.grant.user_id,
            user_attributes=member.grant.attributes,
            ip=member.ip,
        )

    def _warm_up(self, member: Member) -> None:
        try:
            room = self._registry.room(member.grant.room_arn)
        except ResourceNotFound:
            return
        nothing = _Draft(message_id="", received_ns=0, request_id="", content="", attributes={})
        if (question := self._question(member, room, nothing)) is not None:
            self._reviewer.warm_up(question)
