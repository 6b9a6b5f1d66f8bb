"""The chat's review handler: its own time for a message, warm, of the 200 ms that IVS Chat waits.

The function runs in a process of its own, as in Lambda, one message after the other; DynamoDB is
a server on loopback that answers from a few rows. Once in a room with nothing asked of anybody,
once with every rule on, 200 blocked terms of every kind, and messages of 500 characters.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.deployed import ROOT
from bench.fake_dynamodb import serving
from bench.report import Bound, Figure, Section
from bench.timing import percentile
from socialflow.chat import keys
from socialflow.chat.models import MAX_BLOCKED_TERMS, ChatSettings, Room
from socialflow.chat.records import room_item
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb_values import encode_map
from socialflow.platform.principal import UserId

MESSAGES: Final = 3_000
MOST: Final = Bound("under", 20)
MADE_AT: Final = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
OWNER: Final = UserId("usr_01K0000000000000000000000A")
SENDER: Final = "usr_01K0000000000000000000000B"
_SCRIPT: Final = Path(__file__).parent / "processes" / "review_calls.py"
_STRICT: Final = ChatSettings(
    slow_mode_seconds=1,
    followers_only_minutes=10,
    links_allowed=False,
    blocked_terms=tuple(
        form.format(f"{'forbidden word ' * 2}{number:03d}")
        for number in range(MAX_BLOCKED_TERMS // 4)
        for form in ("{0}", "*{0}", "{0}*", "*{0}*")
    ),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A room's rules and what is written there."""

    name: str
    settings: ChatSettings
    content: str


CASES: Final = (
    Case("plain room", ChatSettings(), "What a goal! Did anybody see where it went in?"),
    Case("every rule on", _STRICT, ("not f0rbidden, n\u00f6t a w\u00f6rd! " * 25)[:500]),
)


def measure() -> Section:
    """The times of a message by the clock on the wall, and of the first one of a process."""
    figures: list[Figure] = []
    for case in CASES:
        outcome = _run(case)
        taken = outcome["taken_ms"]
        figures += [
            Figure(f"Chat review, {case.name}, p50", percentile(taken, 50), "ms"),
            Figure(f"Chat review, {case.name}, p99", percentile(taken, 99), "ms", MOST),
            Figure(f"Chat review, {case.name}, first message", outcome["first_ms"], "ms"),
        ]
    return Section(
        "The chat's review handler",
        figures,
        notes=[
            f"{MESSAGES} messages each, by the clock on the wall, reads over loopback included. "
            "The first message comes after the warm-up that Lambda does before any."
        ],
    )


def _run(case: Case) -> dict[str, Any]:
    room = Room(
        owner_id=OWNER,
        arn="arn:aws:ivschat:eu-west-1:123456789012:room/AbC123def456",
        created_at=MADE_AT,
        settings=case.settings,
    )
    items = [room_item(room), {**keys.ivs_key(room.room_id), "owner_id": OWNER}]
    rows = {f"chat {item['pk']} {item['sk']}": encode_map(item) for item in items}
    work = {"messages": MESSAGES, "event": _event(room, case.content)}
    with serving(rows) as address, tempfile.TemporaryDirectory() as directory:
        given, outcome = Path(directory, "given.json"), Path(directory, "outcome.json")
        given.write_text(json.dumps(work))
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, str(_SCRIPT), str(given), str(outcome)],
            env=_environment(address),
            check=True,
        )
        taken: dict[str, Any] = json.loads(outcome.read_text())
    return taken


def _event(room: Room, content: str) -> dict[str, Any]:
    return {
        "Content": content,
        "MessageId": "AbCdEfGhIjK1",
        "RoomArn": room.arn,
        "Attributes": {},
        "Sender": {
            "UserId": SENDER,
            "Ip": "203.0.113.7",
            "Attributes": {
                "handle": "ben",
                "display_name": "Ben",
                "role": "member",
                "followed_at": to_rfc3339(MADE_AT - timedelta(days=365)),
            },
        },
    }


def _environment(address: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'layers' / 'socialflow' / 'python'}",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_DYNAMODB": address,
        # As Lambda says that a function is starting.
        "AWS_LAMBDA_FUNCTION_NAME": "review",
        "SF_CHAT_TABLE": "chat",
    }
