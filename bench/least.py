"""The least that each route and handler could ask of DynamoDB, and why it asks for what it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bench.declared import LIMIT, NAME, OWNER, Least
from bench.least_accounts import ACCOUNTS
from bench.least_broadcasts import BROADCASTS

LEAST: Final[Mapping[str, Least]] = {
    **BROADCASTS,
    **ACCOUNTS,
    "POST /v1/auth/refresh": Least(why=f"{LIMIT}; one conditional rotation; roles as they are now"),
    "POST /v1/auth/logout": Least(why="one conditional write"),
    "GET /v1/me": Least(why="one item"),
    "GET /.well-known/jwks.json": Least(why="kept a minute"),
    "GET /v1/health": Least(why="touches nothing"),
    "GET /v1/ready": Least(together=4, why="one description a table, all at once; no units"),
    "POST /v1/videos": Least(
        trips=1,
        read=0.5,
        why=f"lease, row, upload id and answer each survive a crash of the next; {NAME}",
    ),
    "GET /v1/videos/{video_id}/upload": Least(
        why="one row, consistent: a resume reads what it did"
    ),
    "POST /v1/videos/{video_id}/upload/parts": Least(why=f"{LIMIT}; one row, consistent"),
    "POST /v1/videos/{video_id}/upload/complete": Least(
        trips=1, read=0.5, why=f"{LIMIT}; the row says which parts; one transition; {NAME}"
    ),
    "DELETE /v1/videos/{video_id}/upload": Least(trips=1, read=1, why=f"{LIMIT}; {OWNER}"),
    "GET /v1/videos/{video_id}": Least(
        trips=1,
        why="a named viewer's item could come with the row in one batch, "
        "at the price of half a unit for all others",
    ),
    "GET /v1/me/videos": Least(trips=1, read=0.5, why=f"one page of one index; {NAME}"),
    "GET /v1/users/{handle}/videos": Least(why="the handle's owner, then one page of one index"),
    "GET /v1/videos/{video_id}/viewers": Least(
        trips=1, why="row and viewers lie in one partition; read apart, a page is never cut"
    ),
    "PATCH /v1/videos/{video_id}": Least(
        trips=1, read=0.5, why=f"{LIMIT}; the place in the channel follows from the row; {NAME}"
    ),
    "DELETE /v1/videos/{video_id}": Least(trips=1, read=1, why=f"{LIMIT}; {OWNER}"),
    "PUT /v1/videos/{video_id}/viewers/{handle}": Least(trips=1, read=1, why=f"{LIMIT}; {OWNER}"),
    "DELETE /v1/videos/{video_id}/viewers/{handle}": Least(
        trips=1, read=1, why=f"{LIMIT}; {OWNER}"
    ),
    "identity.every_day_rotate_signing_keys": Least(why="what is published, read to compare"),
    "identity.stream": Least(why="events come out of the records"),
    "videos.stream": Least(why="events come out of the records"),
    "videos.on_source_uploaded": Least(why="the row, then one transition"),
    "videos.on_transcode_changed, STATUS_UPDATE": Least(
        index_share=0.5,
        why="one conditional write; the reconciler's index projects all, so it is written as well",
    ),
    "videos.on_transcode_changed, COMPLETE": Least(why="the row, then one transition"),
    "videos.on_media_misplaced": Least(
        trips=3, read=3, why="the row is read anew before each set and at the end: it may move on"
    ),
    "videos.on_video_discarded": Least(why="the row, its viewers, its end"),
    "videos.every_5_minutes_reconcile": Least(
        why="one query a shard of what is due, here nothing; each video due costs its own step"
    ),
    "platform.on_key_pair_requested": Least(why="asks DynamoDB for nothing"),
}
