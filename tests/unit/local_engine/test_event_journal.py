"""What a checkpoint may not know of is delivered again, and nothing older."""

import os
from pathlib import Path

import pytest

from infra.local.engine import event_journal
from infra.local.engine.event_journal import MARGIN_SECONDS, EventJournal


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> EventJournal:
    return EventJournal(tmp_path / "events.jsonl", clock)


def checkpoint(folder: Path, at: float) -> Path:
    link = folder / "current"
    link.symlink_to("gen-1")
    os.utime(link, (at, at), follow_symlinks=False)
    return link


def test_only_what_is_newer_than_the_checkpoint_comes_again(
    journal: EventJournal, clock: Clock, tmp_path: Path
) -> None:
    for clock.now, name in ((1000.0, "old"), (2000.0, "new"), (2001.0, "newer")):
        journal.note([{"Detail": name}])
    link = checkpoint(tmp_path, 1990.0 + MARGIN_SECONDS)

    assert journal.unsaved(link) == [[{"Detail": "new"}], [{"Detail": "newer"}]]
    assert journal.unsaved(tmp_path / "no checkpoint") == [
        [{"Detail": "new"}],
        [{"Detail": "newer"}],
    ], "what the checkpoint knows was not dropped"


def test_without_a_journal_there_is_nothing(journal: EventJournal, tmp_path: Path) -> None:
    assert journal.unsaved(tmp_path / "current") == []


def test_a_line_cut_off_by_the_kill_is_skipped(journal: EventJournal, tmp_path: Path) -> None:
    journal.note([{"Detail": "whole"}])
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"at": 1001, "entr')

    assert journal.unsaved(tmp_path / "current") == [[{"Detail": "whole"}]]


def test_the_file_stays_small(
    journal: EventJournal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_journal, "LIMIT_BYTES", 10_000)
    for number in range(500):
        journal.note([{"Detail": str(number)}])

    assert (tmp_path / "events.jsonl").stat().st_size < 20_000
    assert journal.unsaved(tmp_path / "current")[-1] == [{"Detail": "499"}]
