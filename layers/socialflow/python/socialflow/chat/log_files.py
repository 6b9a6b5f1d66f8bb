"""IVS Chat's log files in S3, read into messages.

Layout ("Chat Logging", Amazon IVS Chat User Guide): gzip, a JSON object a line, below
`AWSLogs/<account>/IVSChatLogs/<version>/<region>/room_<room id>/<year>/<month>/<day>/<hour>/`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Final

from socialflow.chat.log_repository import LogRepository
from socialflow.chat.message import Message, NoMessage, message_of
from socialflow.chat.repository import RoomErased, RoomRepository

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_LINE_BYTES: Final = 64 * 1024
MAX_LINES: Final = 500_000
CHUNK: Final = 2000
_ROOM: Final = re.compile(r"/room_([A-Za-z0-9]{12})/")


class LogUnreadable(Exception):
    """The file is no chat log: it goes to the dead letters, where somebody will look at it."""


@dataclass(frozen=True, slots=True)
class LogReading:
    """What was read of a file: messages kept, and lines that were no events of a chat."""

    messages: int
    unreadable_lines: int


def log_prefix(arn: str) -> str:
    """Where IVS Chat writes the log files of a room."""
    _, _, _, region, account, room = arn.split(":")
    room_id = room.rpartition("/")[2]
    return f"AWSLogs/{account}/IVSChatLogs/1.0/{region}/room_{room_id}/"


class LogFiles:
    """Reads files into the table. Doubled files change nothing."""

    def __init__(
        self,
        client: Callable[[], S3Client],
        bucket: str,
        *,
        log: LogRepository,
        rooms: RoomRepository,
        retention: timedelta,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._log = log
        self._rooms = rooms
        self._retention = retention

    def read(self, key: str) -> LogReading:
        """Keeps the messages of a file, the file's minutes with the last of them.

        Of a room whose owner was erased nothing is kept.

        Raises `LogUnreadable` for a file that is no log of a room of ours, `StorageBusy` where the
        table took only some: the file must come again.
        """
        found = _ROOM.search(key)
        try:
            owner_id = self._rooms.owner_of(found[1]) if found else None
        except RoomErased:
            return LogReading(0, 0)
        if owner_id is None:
            raise LogUnreadable(f"{key} is of no room that we know")
        minutes: Counter[datetime] = Counter()
        seen: set[str] = set()
        chunk: list[Message] = []
        unreadable = 0
        log_file = hashlib.sha256(key.encode()).hexdigest()[:16]
        body = self._client().get_object(Bucket=self._bucket, Key=key)["Body"]
        for message in _messages(key, gzip.GzipFile(fileobj=body)):  # type: ignore[arg-type]
            if message is None:
                unreadable += 1
            elif message.id not in seen:
                seen.add(message.id)
                chunk.append(message)
                minutes[message.moment.replace(second=0, microsecond=0)] += 1
            if len(chunk) == CHUNK:
                self._log.keep(owner_id, chunk, retention=self._retention)
                chunk = []
        self._log.keep(owner_id, chunk, retention=self._retention)
        self._log.count(owner_id, minutes, log_file=log_file, retention=self._retention)
        return LogReading(len(seen), unreadable)


def _messages(key: str, lines: IO[bytes]) -> Iterator[Message | None]:
    """The messages in a file; None for a line that cannot be read. Events are left out."""
    try:
        for _ in range(MAX_LINES):
            line = lines.readline(MAX_LINE_BYTES)
            if not line:
                return
            if line.strip():
                yield from _in_line(line)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise LogUnreadable(f"{key} is not whole") from error
    raise LogUnreadable(f"{key} has over {MAX_LINES} lines")


def _in_line(line: bytes) -> Iterator[Message | None]:
    try:
        logged = json.loads(line)
        if logged["type"] == "MESSAGE":
            yield message_of(logged["payload"])
    except (NoMessage, ValueError, KeyError, TypeError):
        yield None
