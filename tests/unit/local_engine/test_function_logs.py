"""Everything that functions log is kept; what failed is told in one line."""

import json
import queue
from pathlib import Path

import pytest

from infra.local.engine.function_workers import END_OF_LOG, FunctionLog, drain


def test_errors_are_told_and_everything_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = FunctionLog(tmp_path / "logs" / "functions.log")
    log.write("videos-api", json.dumps({"level": "INFO", "message": "request"}))
    log.write("videos-api", json.dumps({"level": "ERROR", "message": "no table", "exception": "X"}))
    log.write("videos-api", "plain text")
    log.write("videos-api", "[1, 2]")
    log.close()
    assert capsys.readouterr().out == "  ! videos-api: no table · X\n"
    assert len((tmp_path / "logs" / "functions.log").read_text().splitlines()) == 4


def test_a_failed_invocation_is_told_by_its_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = FunctionLog(tmp_path / "functions.log")
    log.failure("videos-stream", "Traceback (most recent call last):\n  …\nValueError: no")
    log.close()
    assert capsys.readouterr().out == "  ! videos-stream: ValueError: no\n"


def test_the_log_of_an_invocation_ends_at_its_mark() -> None:
    lines: queue.Queue[str] = queue.Queue()
    for line in ("one", "two", END_OF_LOG, "of the next"):
        lines.put(line)
    assert drain(lines, 0.2) == "one\ntwo"
    assert drain(lines, 0.01) == "of the next"
