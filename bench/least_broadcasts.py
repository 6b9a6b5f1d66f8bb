"""The least that broadcasts, chat, follows and replays could ask of DynamoDB; see `least`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bench.declared import LIMIT, NAME, OWNER, Least

_STANDING: Final = "room, role and ban of the caller in one batch"
_RIGHTS: Final = "the rights are read to refuse by name, and are a condition of the write"
_EVENTS: Final = "events come out of the records"

_LIVE: Final[Mapping[str, Least]] = {
    "POST /v1/me/channel": Least(why=f"{LIMIT}; one conditional put"),
    "GET /v1/me/channel": Least(
        trips=1, read=0.5, why=f"the channel, then the broadcast that it names; {NAME}"
    ),
    "PATCH /v1/me/channel": Least(why=f"{LIMIT}; the row, then one conditional write"),
    "GET /v1/me/channel/stream-key": Least(why=f"{LIMIT}; the row; the key is IVS's"),
    "POST /v1/me/channel/stream-key/rotations": Least(why=f"{LIMIT}; the row, then one write"),
    "POST /v1/broadcasts": Least(
        trips=1, read=0.5, why=f"lease, row and answer survive a crash of the next; {NAME}"
    ),
    "GET /v1/me/broadcasts": Least(
        trips=1, read=0.5, why=f"one page of one index; {NAME}, and the caller's own"
    ),
    "GET /v1/broadcasts/{broadcast_id}": Least(trips=1, read=0.5, why=f"one row; {NAME}"),
    "PATCH /v1/broadcasts/{broadcast_id}": Least(
        trips=1, read=0.5, why=f"{LIMIT}; its state follows from the row; {NAME}"
    ),
    "DELETE /v1/broadcasts/{broadcast_id}": Least(trips=1, read=1, why=f"{LIMIT}; {OWNER}"),
    "POST /v1/broadcasts/{broadcast_id}/start": Least(
        trips=1, read=0.5, why=f"{LIMIT}; broadcast and channel in one transaction; {NAME}"
    ),
    "POST /v1/broadcasts/{broadcast_id}/end": Least(
        trips=1, read=0.5, why=f"{LIMIT}; broadcast and channel in one transaction; {NAME}"
    ),
    "POST /v1/broadcasts/{broadcast_id}/thumbnail": Least(why=f"{LIMIT}; one row"),
    "GET /v1/broadcasts/{broadcast_id}/analytics": Least(
        why=f"{LIMIT}; the points of the broadcast; the channel, for IVS's name of it"
    ),
    "GET /v1/live": Least(trips=1, read=0.5, why=f"one page of one index; {NAME}"),
    "GET /v1/channels/{handle}/live": Least(
        together=1, why="the handle's owner; channel and what is to come; what is on"
    ),
    "GET /v1/channels/{handle}/broadcasts": Least(
        why="the handle's owner, then one page of one index"
    ),
    "POST /v1/broadcasts/{broadcast_id}/playback": Least(
        why=f"{LIMIT}; the broadcast, then the channel for IVS's name of it"
    ),
    "POST /v1/broadcasts/{broadcast_id}/heartbeats": Least(
        why=f"{LIMIT}; one item for a viewer and half a minute"
    ),
    "live.stream": Least(why=_EVENTS),
    "live.on_channel_requested": Least(why="the row, a lease on it, what IVS has made"),
    "live.on_stream_key_rotation_requested": Least(why="the row, then one write"),
    "live.on_stream_changed": Least(
        why="stream, channel and broadcast by name, then one transaction"
    ),
    "live.on_recording_changed": Least(why="the stream's broadcast, the row, one write"),
    "live.on_broadcast_stop_requested": Least(why="the channel and its broadcast, to be sure"),
    "live.on_broadcast_hidden": Least(why="the row, to be sure"),
    "live.on_thumbnail_captured": Least(why="the channel by IVS's name; its broadcast"),
    "live.on_thumbnail_uploaded": Least(
        trips=1, read=1, why="the row is read anew once the picture is published: it may move on"
    ),
    "live.on_audience_due": Least(
        why="one query a shard of the viewers of two half minutes; count and point at once"
    ),
    "live.every_1_minute_follow_broadcasts": Least(
        why="one query a shard of what is due; each that is due costs its own step"
    ),
}
_CHAT: Final[Mapping[str, Least]] = {
    "POST /v1/channels/{handle}/chat/tokens": Least(
        trips=1, read=0.5, why=f"{LIMIT}; {_STANDING}; since when the caller follows; {NAME}"
    ),
    "GET /v1/channels/{handle}/chat/settings": Least(why=f"the handle's owner; {_STANDING}"),
    "PATCH /v1/channels/{handle}/chat/settings": Least(why=f"{LIMIT}; {_RIGHTS}"),
    "DELETE /v1/channels/{handle}/chat/messages/{message_id}": Least(why=f"{LIMIT}; {_RIGHTS}"),
    "GET /v1/channels/{handle}/chat/bans": Least(
        trips=1, read=0.5, together=1, why=f"the handle's owner; {_STANDING} and the page; {NAME}"
    ),
    "PUT /v1/channels/{handle}/chat/bans/{user_id}": Least(
        trips=1, read=0.5, why=f"{LIMIT}; {_RIGHTS}; what held before, for the audit; {NAME}"
    ),
    "DELETE /v1/channels/{handle}/chat/bans/{user_id}": Least(
        why=f"{LIMIT}; {_RIGHTS}; what held before, for the audit"
    ),
    "GET /v1/channels/{handle}/chat/moderators": Least(
        trips=1, read=0.5, why=f"the handle's owner, who alone may ask; the page; {NAME}"
    ),
    "PUT /v1/channels/{handle}/chat/moderators/{moderator}": Least(
        why=f"{LIMIT}; both handles; {_RIGHTS}"
    ),
    "DELETE /v1/channels/{handle}/chat/moderators/{moderator}": Least(
        why=f"{LIMIT}; both handles; {_RIGHTS}"
    ),
    "GET /v1/channels/{handle}/chat/audit": Least(
        together=2, why=f"the handle's owner; {_STANDING} and the page; what was said, and names"
    ),
    "POST /v1/channels/{handle}/chat/polls": Least(
        why=f"{LIMIT}; lease and answer; {_RIGHTS}; poll, counters and audit in one transaction"
    ),
    "GET /v1/channels/{handle}/chat/polls/current": Least(
        why="the handle's owner; which poll; it, its counters and the caller's vote in one batch"
    ),
    "GET /v1/channels/{handle}/chat/polls/{poll_id}": Least(
        why="the handle's owner; the poll, its counters and the caller's vote in one batch"
    ),
    "PUT /v1/channels/{handle}/chat/polls/{poll_id}/vote": Least(
        trips=1, read=6, why=f"{LIMIT}; vote and counter in one transaction; counted as it is then"
    ),
    "POST /v1/channels/{handle}/chat/polls/{poll_id}/close": Least(
        trips=1, read=6, why=f"{LIMIT}; {_RIGHTS}; counted as it is then"
    ),
    "GET /v1/videos/{video_id}/chat": Least(
        why="the replay, one page of the log, what was deleted of it"
    ),
    "GET /v1/channels/{handle}/chat/activity": Least(
        why="the handle's owner, who alone may ask; a query a day of counted minutes"
    ),
    "chat.stream": Least(why=_EVENTS),
    "chat.on_channel_requested": Least(why="the row, then one transaction"),
    "chat.on_chat_logged": Least(why="the room by IVS's name; lines and minutes in batches of 25"),
    "chat.on_message_deleted": Least(why="the room, for IVS's name of it"),
    "chat.on_message_review": Least(why="the room by IVS's name; rules and standing in one batch"),
    "chat.on_poll_changed": Least(why="the poll and its counters; what the room was told last"),
    "chat.on_sender_silenced": Least(why="the room and the ban, to be sure"),
}
_SOCIAL: Final[Mapping[str, Least]] = {
    "GET /v1/users/{handle}/follow": Least(why="the handle's owner, then one item, consistent"),
    "PUT /v1/users/{handle}/follow": Least(why=f"{LIMIT}; the handle's owner; one put"),
    "DELETE /v1/users/{handle}/follow": Least(why=f"{LIMIT}; the handle's owner; one deletion"),
    "GET /v1/me/following": Least(why=f"one page of one index; {NAME}"),
}
_REPLAYS: Final[Mapping[str, Least]] = {
    "videos.on_broadcast_recorded": Least(
        trips=1,
        why="one write before the copying and one after it; a replay that grows is asked for "
        "by a put that is refused",
    ),
}
BROADCASTS: Final = {**_LIVE, **_CHAT, **_SOCIAL, **_REPLAYS}
