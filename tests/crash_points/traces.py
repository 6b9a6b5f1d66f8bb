"""Looks through the whole account for somebody: every item, object, secret and message there is.

Knows nothing of what the product keeps where, so it finds what nobody has thought of. What TTL or
a bucket's lifecycle has taken away by now counts as gone, which moto leaves to whoever looks.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from socialflow.platform.clock import utc_now
from tests.crash_points.cloud import BUCKETS, CHAT_LOGS, RECORDS, SIGNING_KEYS, TABLES, Cloud
from tests.crash_points.world import World

# After how long a lifecycle takes objects away (infra/stacks/media.py), by bucket and prefix.
LIFECYCLES: Final = {
    (CHAT_LOGS, ""): timedelta(days=30),
    (RECORDS, "exports/"): timedelta(days=7),
}
GZIP: Final = b"\x1f\x8b"
ZIP: Final = b"PK\x03\x04"


def traces_of(world: World, needles: Sequence[str]) -> list[str]:
    """Where any of these words stands, in a word that says what and where."""
    found = [*_items(world.cloud), *_objects(world.cloud), *_services(world)]
    return sorted(
        f"{place}: {needle}"
        for place, text in found
        for needle in needles
        if needle in text.lower()
    )


def _items(cloud: Cloud) -> Iterator[tuple[str, str]]:
    now = int(utc_now().timestamp())
    for table in TABLES:
        for item in cloud.items(table):
            if item.get("expires_at", now + 1) > now:
                place = f"{table} {item['pk']} {item['sk']}"
                yield place, json.dumps(item, default=_readable, ensure_ascii=False)


def _objects(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for bucket in BUCKETS:
        for key in cloud.objects(bucket):
            if not _has_expired(cloud, bucket, key):
                yield f"{bucket} {key}", f"{key}\n{_text(cloud.content(bucket, key))}"
    for key, _ in cloud.open_uploads():
        yield f"open upload {key}", key


def _has_expired(cloud: Cloud, bucket: str, key: str) -> bool:
    written: datetime = cloud.written_at(bucket, key)
    return any(
        bucket == place and key.startswith(prefix) and written + kept <= utc_now()
        for (place, prefix), kept in LIFECYCLES.items()
    )


def _services(world: World) -> Iterator[tuple[str, str]]:
    """What IVS and IVS Chat still have."""
    for arn, channel in world.around.ivs.channels.items():
        yield arn, str(channel.request)
    for arn, room in world.around.ivs_chat.rooms.items():
        yield arn, str(room.request)
    yield SIGNING_KEYS, str(world.cloud.secret(SIGNING_KEYS))


def _text(content: bytes) -> str:
    if content.startswith(GZIP):
        content = gzip.decompress(content)
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(_text(archive.read(name)) for name in archive.namelist())
    return content.decode(errors="replace")


def _readable(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
