"""The chat context put together over moto, with a room, people and a clock that the test moves."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from socialflow.chat.announcements import Announcements, PollAlarms
from socialflow.chat.audit import AuditService
from socialflow.chat.bans import BanService
from socialflow.chat.entrance import Entrance
from socialflow.chat.follow_ups import FollowUps
from socialflow.chat.house_rules import HouseRules
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.log_files import LogFiles
from socialflow.chat.log_repository import LogRepository
from socialflow.chat.message_log import ActivityService
from socialflow.chat.models import Room, room_id_of
from socialflow.chat.moderation import ModerationService
from socialflow.chat.moderators import ModeratorService
from socialflow.chat.poll_repository import PollRepository
from socialflow.chat.polls import PollService
from socialflow.chat.replay_chat import ReplayChatService
from socialflow.chat.repository import RoomRepository
from socialflow.chat.review import Draft
from socialflow.chat.reviewer import Reviewer
from socialflow.chat.rooms import RoomService
from socialflow.chat.settings import RoomSettings
from socialflow.chat.tokens import TokenService
from socialflow.platform.aws import client
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import Table
from socialflow.platform.ids import same_ulid
from socialflow.platform.principal import Principal, UserId
from socialflow.videos.facade import Replay, ReplaySession, VideoNotFound
from tests import chat_log_lines
from tests.crash_points.fake_ivschat import FakeIvsChat
from tests.unit.buckets import make_buckets
from tests.unit.doubles import CountedCalls, CountedIds, MovableClock
from tests.unit.people import directory_of, put_person

LOGS = "sf-chat-logs"
VIDEO = "vid_01K0000000000000000000000Z"
RETENTION = timedelta(days=400)


class Follows:
    """Who follows whom, as social would say."""

    def __init__(self) -> None:
        self.since: dict[tuple[str, str], datetime] = {}

    def followed_at(self, follower_id: UserId, followee_id: UserId) -> datetime | None:
        return self.since.get((follower_id, followee_id))


class Replays:
    """One replay, as videos would say."""

    def __init__(self) -> None:
        self.owner_id = UserId("")
        self.sessions: tuple[ReplaySession, ...] = ()

    def for_viewer(self, viewer: Principal | None, video_id: str) -> Replay:
        if video_id != VIDEO:
            raise VideoNotFound(video_id)
        return Replay(
            video_id=video_id,
            owner_id=self.owner_id,
            broadcast_id=same_ulid(video_id, "brd"),
            sessions=self.sessions,
        )


@dataclass
class ChatWorld:
    """Everything of chat, and what it asked of others."""

    clock: MovableClock
    ids: CountedIds
    table: Table
    table_calls: CountedCalls
    ivs_chat: FakeIvsChat
    follows: Follows
    video: Replays
    alarms: list[dict[str, Any]]
    room_service: RoomService
    tokens: TokenService
    house_rules: HouseRules
    bans: BanService
    moderation: ModerationService
    moderators: ModeratorService
    audit: AuditService
    polls: PollService
    announcements: Announcements
    follow_ups: FollowUps
    log_files: LogFiles
    replay_chat: ReplayChatService
    activity: ActivityService
    new_reviewer: Callable[[], Reviewer]

    def person(self, handle: str) -> Principal:
        """An account, and its caller."""
        return put_person(handle, ids=self.ids, clock=self.clock)

    def open_room(self, owner: Principal) -> Room:
        """The owner's room, with the replay that the tests speak of."""
        self.video.owner_id = owner.user_id
        return self.room_service.open(owner.user_id, same_ulid(owner.user_id, "chn"))

    def say(
        self,
        sender: Principal | str,
        content: str,
        *,
        room: Room | None = None,
        message_id: str | None = None,
        followed_at: datetime | None = None,
        reviewer: Reviewer | None = None,
    ) -> str | None:
        """Sends a message to the review; why it is refused."""
        (arn,) = [room.arn] if room else self.ivs_chat.rooms
        draft = Draft(
            message_id=message_id or self.ids("m")[-12:],
            content=content,
            sender_id=sender if isinstance(sender, str) else sender.user_id,
            attributes={"followed_at": to_rfc3339(followed_at) if followed_at else ""},
        )
        return (reviewer or self.new_reviewer()).review(arn, draft)

    def log_file(self, *lines: Any, key: str | None = None, room: str | None = None) -> str:
        """IVS Chat writes a log file; returns its key."""
        (arn,) = [room] if room else self.ivs_chat.rooms
        room_id = room_id_of(arn)
        name = f"AWSLogs/1/IVSChatLogs/1.0/eu-west-1/room_{room_id}/2026/11/21/09/{self.ids('f')}"
        key = key or f"{name}.log.gz"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        body = gzip.compress("\n".join([*texts, ""]).encode())
        client("s3").put_object(Bucket=LOGS, Key=key, Body=body)
        return key


def logged(
    message_id: str, sent_at: str, content: str = "hello", *, sender: Principal | None = None
) -> dict[str, Any]:
    """A line of IVS Chat's log for a message."""
    handle = sender.handle if sender else "ben"
    return chat_log_lines.logged(
        message_id,
        sent_at,
        content,
        sender_id=sender.user_id if sender else "usr_01K0000000000000000000000B",
        handle=handle,
        display_name=handle.title(),
    )


def build_world(clock: MovableClock, ids: CountedIds, ivs_chat: FakeIvsChat) -> ChatWorld:
    """Chat over moto, with a bucket, without anybody."""
    make_buckets(LOGS)
    calls: Any = CountedCalls(client("dynamodb"))
    table = Table(lambda: calls, "chat")
    rooms, log = RoomRepository(table), LogRepository(table)
    polls = PollRepository(table, rooms)
    directory = directory_of(ids, clock)
    entrance = Entrance(rooms, directory=directory, clock=clock)
    ivs = IvsChat(lambda: client("ivschat"))
    follows: Any = Follows()
    replays: Any = Replays()
    alarms: list[dict[str, Any]] = []
    queue: Any = _Queue(alarms)
    acting: Any = {"new_id": ids, "clock": clock}
    return ChatWorld(
        clock=clock,
        ids=ids,
        table=table,
        table_calls=calls,
        ivs_chat=ivs_chat,
        follows=follows,
        video=replays,
        alarms=alarms,
        room_service=RoomService(
            rooms,
            ivs_chat=ivs,
            settings=RoomSettings(
                review_function="arn:aws:lambda:eu-west-1:123456789012:function:review",
                logging_configuration="arn:aws:ivschat:eu-west-1:123456789012:"
                "logging-configuration/AbCdEfGhIjKl",
            ),
            clock=clock,
        ),
        tokens=TokenService(
            entrance, ivs_chat=ivs, follows=follows, new_name=lambda: "wanderer", clock=clock
        ),
        house_rules=HouseRules(entrance, rooms, **acting),
        bans=BanService(entrance, rooms, directory=directory, **acting),
        moderation=ModerationService(entrance, rooms, retention=RETENTION, **acting),
        moderators=ModeratorService(entrance, rooms, directory=directory, **acting),
        audit=AuditService(entrance, rooms, log, directory=directory),
        polls=PollService(entrance, polls, **acting),
        announcements=Announcements(
            polls, rooms, ivs_chat=ivs, alarms=PollAlarms(lambda: queue, "polls"), clock=clock
        ),
        follow_ups=FollowUps(rooms, ivs_chat=ivs, clock=clock),
        log_files=LogFiles(lambda: client("s3"), LOGS, log=log, rooms=rooms, retention=RETENTION),
        replay_chat=ReplayChatService(log, replays=replays),
        activity=ActivityService(entrance, log),
        new_reviewer=lambda: Reviewer(table, clock=clock),
    )


class _Queue:
    """SQS, keeping what it is sent."""

    def __init__(self, sent: list[dict[str, Any]]) -> None:
        self._sent = sent

    def send_message(self, **message: Any) -> None:
        self._sent.append(message)
