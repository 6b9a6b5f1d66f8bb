"""What every route and handler asks of DynamoDB: calls in sequence, units, and the least possible.

A walk through the whole product (`walk`), in one process that knows the public keys, that the
caller's session is open, and nobody's name; what it leaves out of accounts (factors, providers,
staff, rights) is met by the scenarios of the crash points. Each operation is told by the costliest
time that it was met.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import pkgutil
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import functions
from api.app import create_app
from api.openapi import api_routes
from bench.capacity import Units
from bench.declared import Least
from bench.dynamodb_meter import Call, Meter
from bench.least import LEAST
from bench.report import Bound, Figure, Section, Table
from bench.walk import walk
from tests.crash_points.cloud import account
from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Plan
from tests.crash_points.scenarios import SCENARIOS
from tests.crash_points.world import running

MOST_TRIPS: Final = Bound("at most", 3)
HEADER: Final = (
    "Route or handler",
    "DynamoDB calls",
    "Trips",
    "Read",
    "Write",
    "in indexes",
    "Least trips",
    "Read",
    "Write",
    "Why",
)
ACCOUNTS: Final = [
    scenario
    for scenario in SCENARIOS.values()
    if scenario.__module__.rpartition(".")[2].startswith("identity_")
]
_ROOT: Final = Path(functions.__file__).parent


def measure() -> Section:
    """The table of all operations, and the most trips of a GET."""
    met = _walked()
    for operation in _all_operations():
        if not any(name == operation or name.startswith(operation + ",") for name in met):
            met[operation] = []
    rows = [_row(name, met[name]) for name in sorted(met, key=_order)]
    trips = {name: _trips(name, calls) for name, calls in met.items() if name.startswith("GET ")}
    above = sum(1 for name in met if _least(name).trips)
    return Section(
        "DynamoDB calls and units of every route and handler",
        [
            Figure(f"Round trips of a GET, the most ({max(trips, key=trips.__getitem__)})",
                   max(trips.values()), "trips", MOST_TRIPS),
            Figure("Routes and handlers", len(met), "operations"),
            Figure("of them with a round trip more than the least", above, "operations"),
        ],
        [Table(HEADER, rows)],
        notes=[
            "Units by the documented rules, from the sizes of the items of the walk: rows of a "
            "video of 1 to 2 KB, of a person under 1 KB. Eventually consistent reads count half, "
            "transactions double; what indexes are written is part of Write."
        ],
    )  # fmt: skip


def _walked() -> dict[str, list[Call]]:
    """The costliest run of each operation that the walk met, or a scenario of accounts."""
    met: dict[str, list[Call]] = {}
    for way in (walk, *ACCOUNTS):
        for delivery, calls in _metered(way):
            name = _operation(delivery)
            if name not in met or _cost(calls) > _cost(met[name]):
                met[name] = calls
    return met


def _metered(way: Scenario) -> list[tuple[str, list[Call]]]:
    """What each delivery of a way through the product asked for, in an account of its own."""
    with account() as cloud, running(cloud, Plan()) as world:
        meter = Meter(world)
        with contextlib.redirect_stdout(io.StringIO()):
            way(world)
    return meter.runs


def _operation(delivery: str) -> str:
    """`videos.on_transcode_changed(full 1 COMPLETE)` → `videos.on_transcode_changed, COMPLETE`."""
    handler, _, what = delivery.partition("(")
    job_event = what.rstrip(")").rpartition(" ")[2]
    return f"{handler}, {job_event}" if "transcode" in handler else handler


def _cost(calls: Sequence[Call]) -> tuple[float, ...]:
    units = _sum(calls)
    return len(calls), units.write, units.read


def _sum(calls: Sequence[Call]) -> Units:
    return sum((call.units for call in calls), Units())


def _least(name: str) -> Least:
    """What is declared of an operation; raises `KeyError` for one that nobody has thought of."""
    return LEAST[name]


def _trips(name: str, calls: Sequence[Call]) -> int:
    """How often an operation waits for DynamoDB: calls made together are waited for together."""
    return len(calls) - (_least(name).together if calls else 0)


def _row(name: str, calls: Sequence[Call]) -> list[str]:
    units, spare = _sum(calls), _least(name)
    write = spare.write + spare.index_share * units.index
    trips = _trips(name, calls)
    return [
        name,
        _in_sequence(calls),
        *(f"{number:g}" for number in (trips, units.read, units.write, units.index)),
        f"{trips - spare.trips:g}",
        f"{units.read - spare.read:g}",
        f"{units.write - write:g}",
        spare.why,
    ]


def _in_sequence(calls: Sequence[Call]) -> str:
    """`videos: Update, Get; identity: BatchGet`."""
    by_table = itertools.groupby(calls, key=lambda call: call.table)
    return "; ".join(
        f"{table}: {', '.join(re.sub('Items?$', '', call.operation) for call in run)}"
        for table, run in by_table
    )


def _all_operations() -> list[str]:
    """Every route of the API and every handler there is, so that none is left out."""
    routes = [
        f"{method} {route.path_format}"
        for route in api_routes(create_app())
        for method in route.methods or ()
    ]
    handlers = [
        f"{context.name}.{module.name}"
        for context in pkgutil.iter_modules([str(_ROOT)])
        for module in pkgutil.iter_modules([str(_ROOT / context.name)])
    ]
    return routes + handlers


def _order(name: str) -> tuple[bool, str, str]:
    """Routes by path and method, then handlers."""
    method, _, path = name.partition(" ")
    return not path.startswith("/"), path if path.startswith("/") else name, method
