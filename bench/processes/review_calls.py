"""Messages reviewed one after the other by the function itself, in a process of its own.

Arguments: a JSON file with `event` and the number of `messages`; a file for the outcome:
`first_ms` and `taken_ms`, a number for each message after the first.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from functions.chat.on_message_review import handler


def main(given: Path, outcome: Path) -> None:
    work = json.loads(given.read_text())
    first = _taken_ms(work["event"])
    taken = [_taken_ms(work["event"]) for _ in range(work["messages"])]
    outcome.write_text(json.dumps({"first_ms": first, "taken_ms": taken}))


def _taken_ms(event: dict[str, Any]) -> float:
    started = time.perf_counter()
    answer = handler(event, None)
    taken = (time.perf_counter() - started) * 1000
    if answer["ReviewResult"] != "ALLOW":
        raise SystemExit(f"answered {answer}")
    return taken


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
