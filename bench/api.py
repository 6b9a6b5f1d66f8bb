"""Latency of the API through the edge, and how many requests a second eight clients get.

Everything takes part: edge, HTTP API, a function's process, DynamoDB with IAM enforced. The data
access is measured beside it: the same kinds of call straight to the engine's DynamoDB.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from bench import sample, target
from bench.creator import Creator
from bench.report import Bound, Figure, Section, Table
from bench.timing import in_turns, median, percentile, wall_ms
from infra.local.supervisor import LocalTarget
from socialflow.videos import keys

ROUNDS: Final = 120
WARM_UP: Final = 10
CLIENTS: Final = 8
BUSY_SECONDS: Final = 8
TABLE: Final = "bench-access"
API_P95: Final = Bound("under", 200)
DATA_P95: Final = Bound("under", 50)

Takes = Mapping[str, Callable[[], object]]


def measure() -> Section:
    """Percentiles one at a time, then reads under eight clients."""
    with target.running() as running:
        creator = Creator(running.origin, running.mailbox_url)
        video_id = _created(creator)
        requests = _timed(_requests(creator, video_id))
        access = _timed(_accesses(running))
        busy = _busy(running)
    slowest = _slowest(requests)
    slowest_access = _slowest(access)
    return Section(
        "Latency of the API",
        [
            Figure(f"API p95, the slowest kind ({slowest})",
                   percentile(requests[slowest], 95), "ms", API_P95),
            Figure(f"Data access p95, the slowest kind ({slowest_access})",
                   percentile(access[slowest_access], 95), "ms", DATA_P95),
            Figure(f"API p95, reads of {CLIENTS} clients at once",
                   percentile(busy, 95), "ms", API_P95),
            Figure(f"Reads with {CLIENTS} clients at once", len(busy) / BUSY_SECONDS, "requests/s"),
        ],
        [_table("Request", requests), _table("Data access", access)],
        [f"{ROUNDS} of each kind, one at a time and in turns; on the wall."],
    )  # fmt: skip


def _created(creator: Creator) -> str:
    described = {"name": "a.mp4", "size_bytes": 1000, "content_type": "video/mp4"}
    body = {"title": "Latency", "visibility": "public", "file": described}
    video_id: str = creator.ask("POST", "/v1/videos", body)["video"]["id"]
    return video_id


def _requests(creator: Creator, video_id: str) -> Takes:
    path = f"/v1/videos/{video_id}"

    def edit() -> object:
        return creator.ask("PATCH", path, {"title": "Latency"}, **{"if-match": "*"})

    return {
        "GET /v1/videos/{id}": functools.partial(creator.ask, "GET", path),
        "GET /v1/me/videos": functools.partial(creator.ask, "GET", "/v1/me/videos"),
        "GET /v1/users/{handle}/videos": functools.partial(
            creator.ask, "GET", f"/v1/users/{creator.handle}/videos"
        ),
        "PATCH /v1/videos/{id}": edit,
        "POST …/upload/parts": functools.partial(
            creator.ask, "POST", f"{path}/upload/parts", {"part_numbers": [1]}
        ),
    }


def _accesses(running: LocalTarget) -> Takes:
    dynamodb = running.admin_client("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
    item = next(row for name, row in sample.rows().items() if name.startswith("videos "))
    key = {name: {"S": value} for name, value in keys.video_key(sample.VIDEO.id).items()}
    return {
        "PutItem": functools.partial(dynamodb.put_item, TableName=TABLE, Item=item),
        "GetItem": functools.partial(dynamodb.get_item, TableName=TABLE, Key=key),
        "UpdateItem": functools.partial(
            dynamodb.update_item,
            TableName=TABLE,
            Key=key,
            UpdateExpression="ADD revision :one",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":one": {"N": "1"}},
        ),
        "Query": functools.partial(
            dynamodb.query,
            TableName=TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": key["pk"]},
        ),
    }


def _timed(takes: Takes) -> dict[str, list[float]]:
    for take in takes.values():
        for _ in range(WARM_UP):
            take()
    return in_turns(
        {name: functools.partial(wall_ms, take) for name, take in takes.items()}, rounds=ROUNDS
    )


def _busy(running: LocalTarget) -> list[float]:
    """Milliseconds of each answer within `BUSY_SECONDS`, each client asking without a pause."""
    readers = [Creator(running.origin, running.mailbox_url) for _ in range(CLIENTS)]

    def read(reader: Creator) -> list[float]:
        return list(_until(reader, time.monotonic() + BUSY_SECONDS))

    with ThreadPoolExecutor(CLIENTS) as pool:
        # Once without looking: a function's process has to start for each client.
        list(pool.map(read, readers))
        return [took for each in pool.map(read, readers) for took in each]


def _until(reader: Creator, end: float) -> Iterator[float]:
    while time.monotonic() < end:
        yield wall_ms(lambda: reader.ask("GET", "/v1/me/videos"))


def _slowest(taken: Mapping[str, list[float]]) -> str:
    return max(taken, key=lambda name: percentile(taken[name], 95))


def _table(what: str, taken: Mapping[str, list[float]]) -> Table:
    rows: list[Any] = [
        (name, f"{median(values):.1f}", f"{percentile(values, 95):.1f}", f"{max(values):.1f}")
        for name, values in taken.items()
    ]
    return Table((what, "p50, ms", "p95, ms", "most, ms"), rows)
