"""A stand-in for the engine: functions that do what a test says, objects in memory."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Function = Callable[[dict[str, Any]], Any]


class FunctionError(Exception):
    """Raised by a function, as an exception of its code would be."""


def allow(question: dict[str, Any]) -> dict[str, Any]:
    return {
        "ReviewResult": "ALLOW",
        "Content": question["Content"],
        "Attributes": question["Attributes"],
    }


def logged_lines(bodies: list[bytes]) -> list[dict[str, Any]]:
    """What log objects hold."""
    return [json.loads(line) for body in bodies for line in gzip.decompress(body).splitlines()]


class FakeEngine:
    """Takes Lambda's Invoke and S3's PutObject. `review` answers; `asked` is what it was asked.

    Warm-up calls (empty content) are counted apart and go to `warm`.
    """

    def __init__(self) -> None:
        self.reset()
        engine = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                engine.headers.append({name.lower(): value for name, value in self.headers.items()})
                parts = self.path.split("/")
                if parts[1:3] != ["2015-03-31", "functions"] or parts[4] != "invocations":
                    self._answer(404, b"{}")
                    return
                engine.functions.append(unquote(parts[3]))
                self._answer(*engine.invoke(json.loads(body)))

            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                engine.puts += 1
                if engine.refuses_objects:
                    self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
                    return
                _, bucket, key = self.path.partition("?")[0].split("/", 2)
                engine.objects[(bucket, unquote(key))] = body
                self._answer(200, b"")

            def _answer(self, status: int, body: bytes, failed: bool = False) -> None:
                try:
                    self.send_response(status)
                    if failed:
                        self.send_header("x-amz-function-error", "Unhandled")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    # Who asked did not wait for the answer.
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.01,), daemon=True).start()

    def reset(self) -> None:
        """Forget everything."""
        self.review: Function = allow
        self.warm: Function = lambda question: None
        self.asked: list[dict[str, Any]] = []
        self.functions: list[str] = []
        self.warm_ups: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.objects: dict[tuple[str, str], bytes] = {}
        self.puts = 0
        self.refuses_objects = False

    def invoke(self, question: dict[str, Any]) -> tuple[int, bytes, bool]:
        if question["Content"] == "":
            self.warm_ups.append(question)
            self.warm(question)
            return 200, b"null", False
        self.asked.append(question)
        try:
            answer = self.review(question)
        except FunctionError as failed:
            return 200, json.dumps({"errorMessage": str(failed)}).encode(), True
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return 200, raw, False

    def logged(self, bucket: str) -> list[dict[str, Any]]:
        """Every line of the bucket's objects, in the order in which they came."""
        objects = list(self.objects.items())
        return logged_lines([body for (where, _), body in objects if where == bucket])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
