"""Records and events on disk: one sqlite file, so a record changes together with its announcement.

Written ahead and never synced: a killed process loses nothing; a machine that loses power may
lose the last moments, never the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.local.service.outbox import Outbox

__all__ = ["Store"]

_SCHEMA = """CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID"""


class Store:
    """Used from one thread. The file belongs to one server at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path, isolation_level=None, timeout=10, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(_SCHEMA)
        self._connection.execute(Outbox.SCHEMA)

    def load(self, kind: str) -> list[dict[str, Any]]:
        """Every record of a kind, by id."""
        rows = self._connection.execute(
            "SELECT body FROM records WHERE kind = ? ORDER BY id", (kind,)
        )
        return [json.loads(body) for (body,) in rows]

    def save(
        self, kind: str, record_id: str, body: dict[str, Any], events: Iterable[dict[str, Any]] = ()
    ) -> None:
        """Put a record and queue the events that tell of it, both or neither."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute(
                "INSERT INTO records VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, record_id, json.dumps(body)),
            )
            Outbox.add(self._connection, list(events))
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def forget(self, kind: str, record_id: str) -> None:
        self._connection.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind, record_id))

    def close(self) -> None:
        self._connection.close()
