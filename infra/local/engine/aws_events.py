"""`POST /_socialflow/events`: events of AWS services from the local servers that stand for them.

EventBridge refuses `PutEvents` with a source of `aws.*`, and so does ministack. The local
MediaConvert is an AWS service as far as the project is concerned, so it posts its events here:
body `{"Entries": [{Source, DetailType, Detail, Resources, …}]}` as in PutEvents, header
`x-socialflow-token`. Answers as PutEvents does; 403 without the token.
"""

import asyncio
import json
from pathlib import Path

from infra.local.engine import ministack
from infra.local.engine.event_journal import Entries, EventJournal
from infra.local.engine.requests import Receive, Scope, Send, answer_json, has_token, read_body

EVENTS_PATH = "/_socialflow/events"
BODY_LIMIT_BYTES = 1 << 20


async def take_events(
    scope: Scope, receive: Receive, send: Send, token: str, journal: EventJournal
) -> None:
    """Deliver the entries to the event bus they name; they are in the journal before the answer."""
    if not has_token(scope, token):
        await answer_json(send, 403, {"message": "The engine's token is required."})
        return
    if scope["method"] != "POST":
        await answer_json(send, 405, {"message": "POST entries as PutEvents takes them."})
        return
    body = await read_body(receive, BODY_LIMIT_BYTES)
    if body is None:
        await answer_json(send, 413, {"message": f"At most {BODY_LIMIT_BYTES} bytes."})
        return
    try:
        document = json.loads(body)
        entries = [dict(entry) for entry in document["Entries"]]
    except (ValueError, KeyError, TypeError):
        await answer_json(send, 400, {"message": "The body must be JSON with a list 'Entries'."})
        return
    for entry in entries:
        if not str(entry.get("Source", "")).startswith("aws."):
            await answer_json(send, 400, {"message": "Only sources 'aws.*' are taken here."})
            return
    # Targets may be functions: never on the event loop, which must answer what they call.
    await asyncio.to_thread(journal.note, entries)
    status, answer = await asyncio.to_thread(_put_events, entries)
    await answer_json(send, status, json.loads(answer))


def deliver_again(journal: EventJournal, checkpoint: Path) -> None:
    """Deliver what the checkpoint that was loaded may not know of."""
    for entries in journal.unsaved(checkpoint):
        _put_events(entries)


def _put_events(entries: Entries) -> tuple[int, bytes]:
    events = ministack.module("services.eventbridge")
    status, _, answer = events._put_events({"Entries": entries}, allow_aws_source=True)
    return int(status), answer
