"""The ASGI application of the engine: ministack behind our own endpoints.

Closed to everyone: ministack's own unauthenticated administration (`/_ministack/reset` would wipe
the state for any page open in a browser). Open stays what AWS would answer, health, and the
addresses that custom resources and functions are told to call; not to pages of other sites, since
ministack lets every page read every answer and takes any signature. The API of our own is behind
the edge and judges its callers by itself.
"""

import asyncio
import contextlib
import re
import time
from pathlib import Path
from urllib.parse import parse_qs

from infra.local.engine import ministack
from infra.local.engine.aws_events import EVENTS_PATH, deliver_again, take_events
from infra.local.engine.checkpoints import Checkpoints
from infra.local.engine.event_journal import EventJournal
from infra.local.engine.origin_reads import OBJECTS_PATH, read_object
from infra.local.engine.requests import Receive, Scope, Send, answer_json, header
from infra.local.service.callers import is_foreign_page

_ADMINISTRATION = re.compile(r"/_(ministack|localstack)/")
_OPEN_ADMINISTRATION = re.compile(
    r"/_ministack/(health|ready|cfn-response/|cfn-signal/|lambda-code/|lambda-layers/)"
)
_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([a-z0-9-]+)/aws4_request")
_INVOCATION = re.compile(r"/2015-03-31/functions/[^/]+/invocations")
_API = "/_aws/execute-api/"
_OBJECT = re.compile(r"/[a-z0-9][a-z0-9.-]+/.")
_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING_ACTION = re.compile(rb"\.(Get|Describe|List|Query|Scan|BatchGet|TransactGet)")


class Engine:
    """ministack's ASGI application with the additions of this package."""

    def __init__(self, state_dir: Path, token: str) -> None:
        self._token = token
        self._checkpoints = Checkpoints(state_dir)
        self._journal = EventJournal(state_dir / "aws-events.jsonl", time.time)
        self._state_dir = state_dir
        self._ministack = ministack.module("app")
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        path = scope["path"]
        if path == EVENTS_PATH:
            await take_events(scope, receive, send, self._token, self._journal)
            self._checkpoints.mark_changed("events")
        elif path.startswith(OBJECTS_PATH):
            await read_object(scope, receive, send, self._token)
        elif _ADMINISTRATION.match(path) and not _OPEN_ADMINISTRATION.match(path):
            await answer_json(send, 403, {"message": "Administration is closed."})
        elif not path.startswith(_API) and is_foreign_page(
            scope["headers"], may_be_led=is_presigned_read(scope)
        ):
            await answer_json(send, 403, {"message": "Pages of other sites are not answered."})
        else:
            await self._ministack.app(scope, receive, send)
            if may_change_state(scope):
                self._checkpoints.mark_changed(signing_name(scope))

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        # ministack saves in place when it stops; the last checkpoint is ours to write.
        self._ministack.save_all = lambda services: self._checkpoints.save_now()
        self._task = asyncio.create_task(self._checkpoints.run())

        async def started(message: Scope) -> None:
            if message["type"] == "lifespan.startup.complete":
                link = self._state_dir / "current"
                await asyncio.to_thread(deliver_again, self._journal, link)
            await send(message)

        try:
            await self._ministack.app(scope, receive, started)
        finally:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task


def may_change_state(scope: Scope) -> bool:
    """Whether a request could have changed something that a checkpoint must hold.

    Not an invocation: what its function does comes in requests of its own.
    """
    if scope["type"] != "http" or scope["method"] in _READING_METHODS:
        return False
    if _INVOCATION.match(scope["path"]):
        return False
    return _READING_ACTION.search(header(scope, b"x-amz-target")) is None


def is_presigned_read(scope: Scope) -> bool:
    """Whether a request gets one object of S3 by a presigned address, as a download does."""
    if scope["type"] != "http" or scope["method"] != "GET" or not _OBJECT.match(scope["path"]):
        return False
    query = parse_qs(scope["query_string"].decode("latin-1"))
    credential = query.get("X-Amz-Credential", [""])[0]
    return (
        "X-Amz-Signature" in query
        and "Action" not in query
        and credential.endswith("/s3/aws4_request")
    )


def signing_name(scope: Scope) -> str:
    """The service that a request is signed for, as in its credential scope.

    A presigned request is for S3. A call of the HTTP API is not signed; what its function does
    comes in requests of its own, so it counts as one that changes nothing else.
    """
    found = _SIGNED_FOR.search(header(scope, b"authorization").decode("latin-1"))
    return found.group(1) if found else "s3"
