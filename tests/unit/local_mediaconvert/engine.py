"""A real ministack, and a door that takes events."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from tests.unit.local_mediaconvert.fakes import wait_until

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert import MediaConvertClient
    from mypy_boto3_s3 import S3Client

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "a-token-of-the-tests"
KEYS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def ministack(folder: Path) -> Iterator[str]:
    """The address of an engine that keeps nothing."""
    port = free_port()
    environment = {
        **os.environ,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(folder / "ministack"),
        "S3_DATA_DIR": str(folder / "objects"),
    }
    with (folder / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, stdout=log, stderr=log
        )
        try:
            wait_until(lambda: answers(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


class EventsDoor:
    """Takes what the engine's `/_socialflow/events` takes; without the token, 403."""

    def __init__(self) -> None:
        self.details: list[dict[str, Any]] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("x-socialflow-token") != TOKEN:
                    self.send_error(403)
                    return
                for entry in json.loads(body)["Entries"]:
                    door.details.append(json.loads(entry["Detail"]))
                self.send_response(200)
                answer = b'{"FailedEntryCount": 0, "Entries": []}'
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def statuses(self, job_id: str) -> list[str]:
        return [one["status"] for one in self.details if one["jobId"] == job_id]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def mediaconvert_client(url: str, **keys: Any) -> MediaConvertClient:
    return boto3.client(
        "mediaconvert",
        endpoint_url=url,
        **{**KEYS, "config": Config(retries={"total_max_attempts": 1}), **keys},
    )


def s3_client(url: str) -> S3Client:
    return boto3.client("s3", endpoint_url=url, **KEYS)  # type: ignore[call-overload,no-any-return]


def programs_with(argument: str) -> list[int]:
    """Process ids of ffmpeg calls that name `argument` or run in it (Linux)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            program = command.partition(b"\0")[0].rpartition(b"/")[2]
            if b"ffmpeg" in program and argument.encode() in command:
                found.append(int(entry.name))
    return found
