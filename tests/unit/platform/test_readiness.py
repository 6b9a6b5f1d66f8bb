"""Readiness: every table that the environment names, and which of them is in the way."""

from __future__ import annotations

import pytest

from socialflow.platform.readiness import NotReady, check_tables
from tests.unit.conftest import TABLES


def test_every_table_that_is_named_is_looked_at(aws: None) -> None:
    assert check_tables() == dict.fromkeys(TABLES, "ACTIVE")


def test_a_table_that_is_missing_is_named(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_VIDEOS_TABLE", "nowhere")
    with pytest.raises(NotReady) as refused:
        check_tables()
    assert refused.value.details == {"contexts": ["videos"]}


def test_without_a_table_there_is_nothing_to_wait_for(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for context in TABLES:
        monkeypatch.delenv(f"SF_{context.upper()}_TABLE")
    assert check_tables() == {}
