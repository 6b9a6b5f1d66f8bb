"""DynamoDB over HTTP on loopback, from a few rows: a network that takes no time.

It reads, and takes updates without keeping them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Rows = Mapping[str, Mapping[str, Any]]


def answer(operation: str, request: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    """What DynamoDB answers to a read or an `UpdateItem`; others raise `KeyError`."""
    known = {"GetItem": _get_item, "BatchGetItem": _batch_get_item, "UpdateItem": _update_item}
    return known[operation](request, rows)


def _get_item(request: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    found = rows.get(_name(request["TableName"], request["Key"]))
    return {"Item": found} if found else {}


def _batch_get_item(request: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    responses = {
        table: [rows[name] for key in wanted["Keys"] if (name := _name(table, key)) in rows]
        for table, wanted in request["RequestItems"].items()
    }
    return {"Responses": responses, "UnprocessedKeys": {}}


def _update_item(request: Mapping[str, Any], _rows: Rows) -> dict[str, Any]:
    return {"Attributes": request["Key"]}


def _name(table: str, key: Mapping[str, Any]) -> str:
    return f"{table} {key['pk']['S']} {key['sk']['S']}"


@contextmanager
def serving(rows: Rows) -> Iterator[str]:
    """The address of a server that answers from `rows`, for as long as it lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one packet: two would wait for each other's acknowledgement.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            body = json.dumps(answer(operation, request, rows)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: the report does."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
