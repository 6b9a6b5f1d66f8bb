"""An assembly is made once for the same sources."""

from pathlib import Path

import pytest

from infra.local.deploy.synthesis import (
    ASSEMBLIES_KEPT,
    SynthesisFailed,
    fingerprint_of_sources,
    synthesize,
)

APP = """
import os, pathlib
out = pathlib.Path(os.environ["CDK_OUTDIR"])
(out / "manifest.json").write_text(os.environ["SF_STAGE"])
with open("runs", "a") as runs:
    runs.write("x")
"""


def repository(directory: Path, app: str = APP) -> Path:
    """A repository whose CDK app is a few lines."""
    for folder in ("infra", "infra/local", "api", "functions", "layers"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / "infra/__init__.py").write_text("")
    (directory / "infra/app.py").write_text(app)
    return directory


def test_the_same_sources_are_synthesized_once(tmp_path: Path) -> None:
    sources = repository(tmp_path / "repository")
    first = synthesize(repository=sources, cache=tmp_path / "cache")
    second = synthesize(repository=sources, cache=tmp_path / "cache")
    assert (first.made, second.made) == (True, False)
    assert first.path == second.path
    assert (first.path / "manifest.json").read_text() == "local"
    assert (sources / "runs").read_text() == "x"


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("api/routes.py", True),
        ("functions/new/handler.py", True),
        ("infra/local/edge.py", False),
        ("api/__pycache__/routes.cpython-311.pyc", False),
        ("README.md", False),
    ],
)
def test_what_the_template_is_made_of_counts(tmp_path: Path, file: str, counts: bool) -> None:
    sources = repository(tmp_path)
    before = fingerprint_of_sources(sources)
    path = sources / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")
    assert (fingerprint_of_sources(sources) != before) is counts


def test_a_renamed_file_counts(tmp_path: Path) -> None:
    sources = repository(tmp_path)
    (sources / "api/a.py").write_text("x")
    before = fingerprint_of_sources(sources)
    (sources / "api/a.py").rename(sources / "api/b.py")
    assert fingerprint_of_sources(sources) != before


def test_a_failure_says_what_the_app_said_and_leaves_nothing(tmp_path: Path) -> None:
    sources = repository(tmp_path / "repository", "raise SystemExit('no such construct')")
    with pytest.raises(SynthesisFailed, match="no such construct"):
        synthesize(repository=sources, cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_old_assemblies_are_forgotten(tmp_path: Path) -> None:
    sources = repository(tmp_path / "repository")
    for number in range(ASSEMBLIES_KEPT + 2):
        (sources / "api/a.py").write_text(str(number))
        newest = synthesize(repository=sources, cache=tmp_path / "cache")
    kept = list((tmp_path / "cache").iterdir())
    assert len(kept) == ASSEMBLIES_KEPT
    assert newest.path in kept
