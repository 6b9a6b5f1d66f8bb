"""CPU time of requests to the videos API function that is warm, and of the read that they make.

Arguments: a JSON file with `events` (by name), `rows` and `rounds`; a file for the outcome, by
name lists of milliseconds a call, one for each round. The read alone is named `get_item`.

botocore's own hook answers instead of the network (`before-send`), to both alike.
"""

import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse

from api.handler import handler
from bench.fake_dynamodb import answer
from socialflow.platform.aws import client

CALLS = 200
WARM_UP = 50


class Raw:
    """What urllib3 gives botocore: a body to read once."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        return [self._body]


def main(given: Path, outcome: Path) -> None:
    work = json.loads(given.read_text())
    dynamodb: Any = client("dynamodb")

    def answered(request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        body = json.dumps(answer(operation, json.loads(request.body), work["rows"])).encode()
        headers: Any = {"Content-Type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, Raw(body))

    dynamodb.meta.events.register("before-send.dynamodb", answered)
    read = work["read"]
    no_context: Any = None
    takes: dict[str, Any] = {"get_item": lambda: dynamodb.get_item(**read)}
    for name, event in work["events"].items():
        takes[name] = lambda event=event: _ok(handler(event, no_context))
    taken: dict[str, list[float]] = {name: [] for name in takes}
    for _ in range(WARM_UP):
        for take in takes.values():
            take()
    for _ in range(work["rounds"]):
        for name, take in takes.items():
            gc.collect(0)
            started = time.process_time()
            for _ in range(CALLS):
                take()
            taken[name].append((time.process_time() - started) * 1000 / CALLS)
    outcome.write_text(json.dumps(taken))


def _ok(answer: Any) -> None:
    if answer["statusCode"] != 200:
        raise SystemExit(f"answered {answer}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
