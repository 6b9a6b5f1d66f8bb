"""Synthesizes the stage `local`, unless nothing that it is made of has changed."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
STAGE = "local"
_SOURCES = ("infra", "api", "functions", "layers", "cdk.json", "requirements.txt")
_FINGERPRINT_FILE = "sources.sha256"
_SKIPPED = frozenset({"__pycache__", "node_modules", ".mypy_cache", ".ruff_cache"})


class SynthesisFailed(Exception):
    """The CDK app did not synthesize; the message holds what it printed."""


def synthesize(out: Path, *, repository: Path = REPOSITORY) -> bool:
    """Write the cloud assembly of the stage into `out`; returns whether it had to be made.

    Raises SynthesisFailed with the app's own output.
    """
    wanted = fingerprint_of_sources(repository)
    recorded = out / _FINGERPRINT_FILE
    if recorded.exists() and recorded.read_text() == wanted:
        return False
    recorded.unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    finished = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=repository,
        env={
            **os.environ,
            "SF_STAGE": STAGE,
            "CDK_OUTDIR": str(out),
            # Half of the time; the tests of the template validate it.
            "CDK_VALIDATION": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0 or not (out / "manifest.json").exists():
        printed = (finished.stdout + finished.stderr).splitlines()
        # jsii frames its opinion of the Node version with exclamation marks.
        raise SynthesisFailed("\n".join(line for line in printed if "!!" not in line)[-6000:])
    recorded.write_text(wanted)
    return True


def fingerprint_of_sources(repository: Path) -> str:
    """A hash over the names and contents of everything the template or its assets are made of."""
    digest = hashlib.sha256()
    for path in _source_files(repository):
        digest.update(path.relative_to(repository).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _source_files(repository: Path) -> Iterator[Path]:
    local_target = repository / "infra" / "local"
    for name in _SOURCES:
        root = repository / name
        if root.is_file():
            yield root
            continue
        for directory, folders, files in os.walk(root):
            # The local target deploys the template; it is no part of it.
            folders[:] = sorted(
                folder
                for folder in folders
                if folder not in _SKIPPED and Path(directory, folder) != local_target
            )
            yield from (Path(directory, file) for file in sorted(files) if file[-4:] != ".pyc")
