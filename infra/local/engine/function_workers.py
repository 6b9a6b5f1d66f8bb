"""The processes that run the functions: they die with the engine, their logs can be read.

What this changes in ministack's workers, and why:
- A worker whose parent is gone ends itself, so that `kill -9` of the engine leaves nothing running.
  (PR_SET_PDEATHSIG would follow the *thread* that started the worker, and those come and go.)
- Every log line is also written to the functions' log file; failures get one line on the console.
- The end of an invocation's log is marked in the stream. ministack waits 50 ms for a first line
  that a silent function never writes, and 5 ms for a next one, on every call.
- Workers of event handlers end when idle; ministack keeps one of each for ever (70 MB each).
"""

import json
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

from infra.local.engine import ministack

IDLE_LIMIT_SECONDS = 60.0
REAP_INTERVAL_SECONDS = 15.0
API_MODULE_PREFIX = "api."
"""Functions that answer people; their workers stay warm."""

END_OF_LOG = "\x1eend-of-invocation"
END_OF_LOG_WAIT_SECONDS = 0.25
_WORKER_LOOP_END = "        _real_stdout.flush()\n\nrun()\n"
_END_WITH_PARENT = """
import os as _os, threading as _threading, time as _time
def _end_with_parent(parent=_os.getppid()):
    while _os.getppid() == parent:
        _time.sleep(0.5)
    _os._exit(0)
_threading.Thread(target=_end_with_parent, daemon=True).start()
"""
_QUIET_FIELDS = ("message", "exception_name", "exception")
_FAILURE_LEVELS = ("ERROR", "CRITICAL")


def watch_function_workers(log_path: Path) -> None:
    """Change ministack's workers as described above; logs go to `log_path`."""
    runtime = ministack.module("core.lambda_runtime")
    marked = ministack.replace_text(
        runtime._PYTHON_WORKER_SCRIPT,
        _WORKER_LOOP_END,
        f"        sys.stderr.write({END_OF_LOG!r} + '\\n'); sys.stderr.flush()\n{_WORKER_LOOP_END}",
    )
    runtime._PYTHON_WORKER_SCRIPT = _END_WITH_PARENT + marked
    log = FunctionLog(log_path)
    worker_class = runtime.Worker
    invoke = worker_class.invoke

    def read_stderr(worker: Any) -> None:
        lines = worker._stderr_queue
        for raw in worker._proc.stderr:
            line = raw.rstrip("\n")
            lines.put(line)
            if line != END_OF_LOG:
                log.write(worker.func_name, line)
        lines.put(END_OF_LOG)

    def drain_stderr(worker: Any, **_: float) -> str:
        python = str(worker.config.get("Runtime", "")).startswith("python")
        return drain(worker._stderr_queue, END_OF_LOG_WAIT_SECONDS if python else 0.05)

    def reported_invoke(worker: Any, *args: Any, **kwargs: Any) -> Any:
        result = invoke(worker, *args, **kwargs)
        worker.last_used = time.time()
        if result.get("status") == "error":
            log.failure(worker.func_name, result.get("trace") or result.get("error", ""))
        return result

    worker_class._read_stderr = read_stderr
    worker_class._drain_stderr_bounded = drain_stderr
    worker_class.invoke = reported_invoke
    threading.Thread(target=_reap_for_ever, args=(runtime,), daemon=True).start()


class FunctionLog:
    """The functions' log file; failures are also told on the console, one line each."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", buffering=1, encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, function: str, line: str) -> None:
        """Append one line of `function`."""
        with self._lock:
            self._file.write(f"{time.strftime('%H:%M:%S')} {function} {line}\n")
        summary = _summary_of_failure(line)
        if summary:
            _tell(function, summary)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def failure(self, function: str, trace: str) -> None:
        """Record an invocation that ended with an error."""
        with self._lock:
            self._file.write(f"{time.strftime('%H:%M:%S')} {function} FAILED {trace}\n")
        _tell(function, trace.strip().rsplit("\n", 1)[-1])


def _tell(function: str, text: str) -> None:
    lines = text.strip().splitlines() or ["failed without a message"]
    told = lines[0] if len(lines) == 1 else f"{lines[0]} … {lines[-1].strip()}"
    print(f"  ! {function}: {told[:300]}", flush=True)


def _summary_of_failure(line: str) -> str | None:
    """The message of a structured log line of an error, or None for any other line."""
    if not line.startswith("{"):
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("level") not in _FAILURE_LEVELS:
        return None
    return " · ".join(str(entry[name]) for name in _QUIET_FIELDS if entry.get(name))


def drain(lines: "queue.Queue[str]", wait_seconds: float) -> str:
    """The lines of the invocation that just ended, up to its end mark."""
    found: list[str] = []
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            line = lines.get(timeout=max(0.001, deadline - time.monotonic()))
        except queue.Empty:
            return "\n".join(found)
        if line == END_OF_LOG:
            return "\n".join(found)
        found.append(line)


def _reap_for_ever(runtime: Any) -> None:
    while True:
        time.sleep(REAP_INTERVAL_SECONDS)
        try:
            _reap(runtime)
        except Exception as error:
            print(f"  ! idle workers were not ended: {error!r}", file=sys.stderr, flush=True)


def _reap(runtime: Any) -> None:
    """End the idle workers, but keep the first of every API function."""
    now = time.time()
    idle = []
    with runtime._lock:
        for key, workers in list(runtime._workers.items()):
            kept: list[Any] = []
            for worker in workers:
                answers_people = worker.config.get("Handler", "").startswith(API_MODULE_PREFIX)
                busy = worker.in_use or now - worker.last_used < IDLE_LIMIT_SECONDS
                if busy or (answers_people and not kept):
                    kept.append(worker)
                else:
                    idle.append(worker)
            if kept:
                runtime._workers[key] = kept
            else:
                del runtime._workers[key]
    runtime.kill_workers(idle)
