"""Events that wait in a sqlite file until the engine took them: at least once, in their order.

`Outbox.add` is called inside the transaction that makes an event true, so the change and its
announcement are kept or lost together. A server killed after sending and before forgetting
sends again.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from pathlib import Path
from typing import Any

from infra.local.service.engine_events import EventSink, EventsRefused

__all__ = ["Outbox"]

_LOG = logging.getLogger(__name__)
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 5.0
_BATCH = 10
_MOST = 20_000


class Outbox:
    """One thread that empties the table. `path` is the file whose transactions add to it."""

    SCHEMA = "CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, entry TEXT NOT NULL)"

    def __init__(self, path: Path, sink: EventSink, first_wait_s: float = _FIRST_WAIT_S) -> None:
        self._path = path
        self._sink = sink
        self._first_wait_s = first_wait_s
        self._something = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    @staticmethod
    def add(connection: sqlite3.Connection, entries: list[dict[str, Any]]) -> None:
        """Queue PutEvents entries; call `wake` once the transaction is committed."""
        connection.executemany(
            "INSERT INTO outbox (entry) VALUES (?)", [(json.dumps(entry),) for entry in entries]
        )

    def start(self) -> None:
        """Send what an earlier server left, then what comes."""
        self._something.set()
        self._thread.start()

    def wake(self) -> None:
        """There is something to send."""
        self._something.set()

    def stop(self, linger_s: float = 2) -> None:
        """Stop after the request under way, and no later than `linger_s`; the rest is kept."""
        self._stopping.set()
        self._something.set()
        self._thread.join(linger_s)

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=10)
        try:
            connection.execute(self.SCHEMA)
            wait_s = self._first_wait_s
            while True:
                if self._send(connection):
                    wait_s = self._first_wait_s
                elif self._stopping.is_set():
                    return
                elif self._waiting(connection):
                    self._stopping.wait(wait_s)
                    wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
                else:
                    self._something.wait()
                    self._something.clear()
        finally:
            connection.close()

    def _waiting(self, connection: sqlite3.Connection) -> bool:
        return connection.execute("SELECT 1 FROM outbox LIMIT 1").fetchone() is not None

    def _send(self, connection: sqlite3.Connection) -> bool:
        """Whether a batch was sent."""
        rows = connection.execute(
            "SELECT id, entry FROM outbox ORDER BY id LIMIT ?", (_BATCH,)
        ).fetchall()
        if not rows:
            return False
        try:
            self._sink.deliver([json.loads(entry) for _, entry in rows])
        except EventsRefused as refused:
            _LOG.warning("%d events not delivered: %s", len(rows), refused)
            self._bound(connection)
            return False
        connection.execute("DELETE FROM outbox WHERE id <= ?", (rows[-1][0],))
        return True

    def _bound(self, connection: sqlite3.Connection) -> None:
        """Best effort is what the services promise: years of a dead engine may not fill a disk."""
        connection.execute(
            "DELETE FROM outbox WHERE id <= (SELECT max(id) FROM outbox) - ?", (_MOST,)
        )
