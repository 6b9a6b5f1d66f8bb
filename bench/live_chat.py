"""Chat: 1,000 people in one room of the local IVS Chat and ten messages a second.

The server, the people and the review function are processes of their own, the server on one core.
With a review, each message is first sent to a function that takes twenty milliseconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import boto3

from bench.deployed import ROOT
from bench.report import Bound, Figure, Section, Table
from bench.timing import percentile

CONNECTIONS: Final = 1_000
MESSAGES_A_SECOND: Final = 10
SENDERS: Final = 10
SECONDS: Final = 20
REVIEW_SECONDS: Final = 0.02
FASTEST: Final = Bound("under", 250)
NONE: Final = Bound("at most", 0)
_FUNCTION: Final = "arn:aws:lambda:us-east-1:000000000000:function:review"
_PROCESSES: Final = Path(__file__).parent / "processes"


def measure() -> Section:
    """Delivery times over all pairs of sender and viewer; what was lost, doubled, out of order."""
    figures: list[Figure] = []
    rows: list[list[str]] = []
    for name, reviewed in (("without review", False), ("with review", True)):
        outcome, busy = _run(reviewed)
        taken = outcome["latencies_ms"]
        figures += [
            Figure(f"Chat, p50 delivery {name}", percentile(taken, 50), "ms"),
            Figure(f"Chat, p99 delivery {name}", percentile(taken, 99), "ms", FASTEST),
            Figure(f"Chat, lost {name}", outcome["lost"], "deliveries", NONE),
            Figure(f"Chat, doubled {name}", outcome["doubled"], "deliveries", NONE),
            Figure(
                f"Chat, out of their sender's order {name}",
                outcome["disordered"],
                "deliveries",
                NONE,
            ),
        ]
        rows.append(
            [
                name,
                str(outcome["sent"]),
                str(outcome["sent"] * CONNECTIONS),
                f"{outcome['worst_ms']:.0f} ms",
                f"{outcome['connect_s']:.1f} s",
                f"{busy / outcome['seconds'] * 100:.0f} %",
                str(outcome["errors"]),
            ]
        )
    header = ["", "sent", "deliveries", "slowest", "all connected in", "of a core", "refused"]
    return Section(
        f"Chat: {CONNECTIONS} connections in one room",
        figures,
        [Table(header, rows)],
        [
            f"{MESSAGES_A_SECOND} messages a second of {SENDERS} senders for {SECONDS} s on "
            f"loopback; a review takes {REVIEW_SECONDS * 1000:.0f} ms."
        ],
    )


def _run(reviewed: bool) -> tuple[dict[str, Any], float]:
    """What the people met, and the seconds of CPU that the server took meanwhile."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _review_function() as engine,
        _server(Path(folder), engine) as (process, url),
    ):
        client = boto3.client(
            "ivschat",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the local service's documented key
        )
        room = client.create_room(
            maximumMessageRatePerSecond=100,
            # An empty address is no handler.
            messageReviewHandler={"uri": _FUNCTION if reviewed else "", "fallbackResult": "DENY"},
        )["arn"]
        client.close()
        host, port = url.removeprefix("http://").split(":")
        given = {
            "url": url,
            "host": host,
            "port": int(port),
            "room": room,
            "connections": CONNECTIONS,
            "senders": SENDERS,
            "rate": MESSAGES_A_SECOND,
            "seconds": SECONDS,
        }
        asked, outcome = Path(folder, "given.json"), Path(folder, "outcome.json")
        asked.write_text(json.dumps(given))
        before = _cpu_seconds(process.pid)
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, str(_PROCESSES / "chat_load.py"), str(asked), str(outcome)],
            check=True,
            timeout=SECONDS + 120,
        )
        busy = _cpu_seconds(process.pid) - before
        met: dict[str, Any] = json.loads(outcome.read_text())
        return met, busy


@contextlib.contextmanager
def _server(state: Path, engine: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    environment = {**os.environ, "SF_ENGINE_URL": engine, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [
            *(sys.executable, "-m", "infra.local.ivschat"),
            *("--port", "0", "--state", str(state / "chat")),
        ],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
        if process.stdout is None:
            raise RuntimeError("the server tells nothing")
        with process.stdout:
            yield process, process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def _review_function() -> Iterator[str]:
    """The address of an engine that has one function, which allows everything."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(REVIEW_SECONDS)
            answer = json.dumps(
                {"ReviewResult": "ALLOW", "Content": asked["Content"], "Attributes": {}}
            ).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _cpu_seconds(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
