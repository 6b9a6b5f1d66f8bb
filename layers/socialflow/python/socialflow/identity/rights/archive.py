"""The archive of an export: every context's part, and a page that says what is where.

Parts go from S3 through the compressor back to S3, a piece at a time, so that its size is no
matter. The page is static and works without a network; all text in it is escaped.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import IO, Final, cast

from socialflow.identity.models import User
from socialflow.identity.rights.models import Export
from socialflow.platform.records import (
    TAIL_BYTES,
    Records,
    archive_key,
    counts_at_end,
    part_key,
)

INDEX: Final = "index.html"
ZIP_TYPE: Final = "application/zip"
TITLES: Final[Mapping[str, str]] = {
    "identity": "Your account",
    "videos": "Your videos",
    "live": "Your broadcasts",
    "chat": "Chats",
    "social": "People",
}
SECTIONS: Final[Mapping[str, str]] = {
    "account": "what your account says of you",
    "sessions": "where you are signed in",
    "providers": "linked ways to sign in",
    "security": "second factors and passkeys, without their secrets",
    "former_handles": "what you were called before",
    "mails": "mails that we sent you of late",
    "exports": "copies that you asked for",
    "acts": "what you did that we keep a record of",
    "told_of_you": "what was done to your account",
    "videos": "videos",
    "shared_by_you": "who may watch your private videos",
    "shared_with_you": "private videos that you may watch",
    "channel": "your channel",
    "broadcasts": "broadcasts",
    "room": "the rules of your chat",
    "messages": "what you wrote",
    "votes": "how you voted in polls",
    "moderation": "what you did as a moderator",
    "bans_given": "bans that you gave",
    "polls": "polls that you opened",
    "bans": "bans of yours",
    "offices": "chats that you moderate",
    "decisions": "what moderators decided about you",
    "following": "whom you follow",
    "followers": "who follows you",
}
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;"
    "color:#16181d}table{border-collapse:collapse;width:100%;margin:0 0 2rem}td,th{text-align:left;"
    "padding:.35rem .5rem;border-bottom:1px solid #dcdfe4}td:last-child{text-align:right}"
)


class Archivist:
    """Puts archives together in the records bucket. Again makes the same one."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def put_together(self, user: User, export: Export, contexts: Sequence[str]) -> int:
        """Writes the archive of an export all of whose parts are there; returns its size."""
        found: dict[str, Mapping[str, int]] = {}
        with self._records.writer(archive_key(export.user_id, export.id), ZIP_TYPE) as file:
            # The writer has what a zip is written with: `write` and `flush`.
            target = cast("IO[bytes]", file)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for context in contexts:
                    found[context] = self._take_in(archive, export, context)
                page = index_page(user, export, found)
                archive.writestr(_entry(INDEX, export.requested_at), page)
        return file.size_bytes

    def _take_in(self, archive: zipfile.ZipFile, export: Export, context: str) -> Mapping[str, int]:
        key, tail = part_key(export.user_id, export.id, context), b""
        entry = _entry(f"{context}.json", export.requested_at)
        with archive.open(entry, "w", force_zip64=True) as member:
            for chunk in self._records.chunks(key):
                member.write(chunk)
                tail = (tail + chunk)[-TAIL_BYTES:]
        return counts_at_end(tail)


def index_page(user: User, export: Export, found: Mapping[str, Mapping[str, int]]) -> str:
    """What is in the archive, for people."""
    tables = "".join(
        f"<h2>{escape(TITLES.get(context, context.title()))}</h2>"
        f'<p>In <a href="{context}.json">{context}.json</a>.</p>'
        f"<table>{_rows(counts)}</table>"
        for context, counts in found.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Your data</title><style>{_STYLE}</style></head><body>"
        f"<h1>The data of {escape(user.display_name)} (@{escape(user.handle)})</h1>"
        f"<p>As it was on {export.requested_at:%d %B %Y, %H:%M} UTC. Each file is JSON, which any "
        "text editor opens; a section is a list with an entry a line.</p>"
        f"{tables}<p>Not in here: passwords, keys and tokens, which open doors; what others wrote; "
        "and the files of videos and recordings.</p></body></html>\n"
    )


def _rows(counts: Mapping[str, int]) -> str:
    return "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(SECTIONS.get(name, ''))}</td><td>{count}</td></tr>"
        for name, count in counts.items()
    )


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
