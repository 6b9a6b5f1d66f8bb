"""Synthesizes the stage `local`, unless that was done before for the very same sources."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
CACHE = REPOSITORY / ".cache" / "assemblies"
STAGE = "local"
ASSEMBLIES_KEPT = 3
_SOURCES = ("infra", "api", "functions", "layers", "cdk.json", "requirements.txt")
_SKIPPED = frozenset({"__pycache__", "node_modules", ".mypy_cache", ".ruff_cache"})


class SynthesisFailed(Exception):
    """The CDK app did not synthesize; the message holds what it printed."""


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """A synthesized cloud assembly; `made` tells whether it had to be made now."""

    path: Path
    made: bool


def synthesize(*, repository: Path = REPOSITORY, cache: Path = CACHE) -> Assembly:
    """The cloud assembly of the present sources.

    Assemblies are kept under the hash of their sources and never change, so several targets can
    use them at once. Raises SynthesisFailed with the app's own output.
    """
    final = cache / fingerprint_of_sources(repository)[:16]
    if final.exists():
        os.utime(final)
        return Assembly(path=final, made=False)
    partial = cache / f"{final.name}.{os.getpid()}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    finished = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=repository,
        env={
            **os.environ,
            "SF_STAGE": STAGE,
            "CDK_OUTDIR": str(partial),
            # Half of the time; the tests of the template validate it.
            "CDK_VALIDATION": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0 or not (partial / "manifest.json").exists():
        shutil.rmtree(partial, ignore_errors=True)
        printed = (finished.stdout + finished.stderr).splitlines()
        # jsii frames its opinion of the Node version with exclamation marks.
        raise SynthesisFailed("\n".join(line for line in printed if "!!" not in line)[-6000:])
    try:
        partial.rename(final)
    except OSError:  # another process made the same assembly meanwhile
        shutil.rmtree(partial, ignore_errors=True)
    _forget_old(cache)
    return Assembly(path=final, made=True)


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


def _forget_old(cache: Path) -> None:
    whole = [path for path in cache.iterdir() if not path.name.endswith(".partial")]
    whole.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in whole[ASSEMBLIES_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
