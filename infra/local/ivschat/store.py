"""What survives a kill: rooms, logging configurations, used tokens and the key that seals them.

One SQLite file with a write-ahead log. A call that returned is kept through the death of this
process; the loss of the whole machine may take the last of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Store"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent (
    id TEXT NOT NULL PRIMARY KEY, expires_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secrets (
    name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL
) WITHOUT ROWID;
"""


class Store:
    """Belongs to one server at a time; used by one thread at a time."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "ivschat.db"
        # Made by the thread that builds the server, used by the one that serves.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def save(self, kind: str, record_id: str, body: dict[str, Any]) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (kind, record_id, json.dumps(body))
        )

    def forget(self, kind: str, record_id: str) -> None:
        self._db.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind, record_id))

    def load(self, kind: str) -> list[dict[str, Any]]:
        rows = self._db.execute("SELECT body FROM records WHERE kind = ? ORDER BY id", (kind,))
        return [json.loads(body) for (body,) in rows]

    def spend(self, token_id: str, expires_ns: int) -> bool:
        """Whether this is the token's first use; it is remembered until the token expires."""
        done = self._db.execute("INSERT OR IGNORE INTO spent VALUES (?, ?)", (token_id, expires_ns))
        return done.rowcount == 1

    def forget_spent(self, now_ns: int) -> None:
        """Used tokens that have expired are refused for that."""
        self._db.execute("DELETE FROM spent WHERE expires_ns < ?", (now_ns,))

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The secret of that name, made on first use."""
        self._db.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (name, make()))
        value: bytes = self._db.execute(
            "SELECT value FROM secrets WHERE name = ?", (name,)
        ).fetchone()[0]
        return value

    def close(self) -> None:
        self._db.close()
