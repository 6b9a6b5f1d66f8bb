"""Builds the dependency layer for arm64 and Python 3.13, on any machine and without Docker.

    python -m infra.vendor_layer        builds it where its inputs have changed

Synthesizing a stage with `vendor_layer` does the same by itself. `uv` resolves nothing: it takes
the wheels whose hashes `layers/vendor/requirements.txt` names. Then:

* botocore and boto3 come along although Lambda has its own, so that what runs is the version that
  was tested; but only with the service models that the functions use (`infra.service_models`).
* Modules are compiled with unchecked hashes. CDK's zips reset file times, so that time-stamped
  bytecode would be stale and every cold start would compile again (846 ms became 1636). It takes
  a Python 3.13 (`uv python install 3.13`); without one the layer works, with slow cold starts.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from uv import find_uv_bin

from infra import service_models

ROOT: Final = Path(__file__).resolve().parents[1]
REQUIREMENTS: Final = ROOT / "layers" / "vendor" / "requirements.txt"
LAYER: Final = ROOT / ".cache" / "vendor-layer"


@dataclass(frozen=True, slots=True)
class Platform:
    """What the layer is for: a Python, and uv's name of its wheels (None: this machine's)."""

    python: str
    wheels: str | None


LAMBDA: Final = Platform("3.13", "aarch64-manylinux_2_28")
"""Lambda's arm64 image has glibc 2.34; for `manylinux2014` uv would take older argon2 bindings."""

SERVICES: Final = frozenset(
    {
        "cloudfront",
        "cloudwatch",
        "dynamodb",
        "events",
        "ivs",
        "ivschat",
        "mediaconvert",
        "s3",
        "secretsmanager",
        "sesv2",
        "sqs",
        "sts",
    }
)
"""The AWS services that functions call: those of `socialflow.platform.aws` and STS, which
botocore itself wants for some credentials."""

_STAMP: Final = "inputs.sha256"
_log: Final = logging.getLogger(__name__)


class LayerNotBuilt(Exception):
    """uv or the compiler failed; the message is what it printed."""


def this_machine() -> Platform:
    """The Python that runs now, for measuring the layer where there is no Lambda."""
    return Platform(f"{sys.version_info.major}.{sys.version_info.minor}", None)


def ensure_built(target: Path = LAYER, *, platform: Platform = LAMBDA) -> Path:
    """The layer's directory, built where requirements, its builder or the compiler changed.

    Raises `LayerNotBuilt`.
    """
    interpreter = interpreter_for(platform)
    wanted = _fingerprint(platform, interpreter)
    stamp = target.parent / f"{target.name}.{_STAMP}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f"{target.name}.lock").open("w") as lock:
        # Two syntheses at once build it once; the lock goes with the file's closing.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target.is_dir() and stamp.exists() and stamp.read_text() == wanted):
            stamp.unlink(missing_ok=True)
            _build(target, platform, interpreter)
            stamp.write_text(wanted)
    return target


def _build(target: Path, platform: Platform, interpreter: str | None) -> None:
    _log.info("building the vendor layer")
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        _install(partial / "python", platform)
        _prune(partial / "python")
        if interpreter is None:
            _log.warning("no Python %s here: the layer's modules are not compiled", platform.python)
        else:
            _compile(partial / "python", interpreter)
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def interpreter_for(platform: Platform) -> str | None:
    """A Python that writes the platform's bytecode; None where there is none."""
    if platform.wheels is None:
        return sys.executable
    found = subprocess.run(  # noqa: S603 - our own tool, no shell
        [find_uv_bin(), "python", "find", "--no-project", "--system", "--offline", platform.python],
        capture_output=True,
        text=True,
        check=False,
        # pyenv's own python3.13 refuses to run unless this names it.
        env={**os.environ, "PYENV_VERSION": platform.python},
    )
    return found.stdout.strip() if found.returncode == 0 else None


def _fingerprint(platform: Platform, interpreter: str | None) -> str:
    digest = hashlib.sha256(REQUIREMENTS.read_bytes())
    for module in (__file__, service_models.__file__):
        digest.update(Path(module).read_bytes())
    digest.update(repr(platform).encode())
    digest.update(b"compiled" if interpreter else b"not compiled")
    return digest.hexdigest()


def _install(python: Path, platform: Platform) -> None:
    wheels = ["--python-platform", platform.wheels] if platform.wheels else []
    _run(
        [
            find_uv_bin(),
            "pip",
            "install",
            "--quiet",
            "--target",
            str(python),
            *wheels,
            "--python-version",
            platform.python,
            "--only-binary=:all:",
            "--no-deps",
            "--require-hashes",
            "--requirements",
            str(REQUIREMENTS),
        ]
    )


def _prune(python: Path) -> None:
    """Removes what no function reads, and what would differ from one machine to the next."""
    shutil.rmtree(python / "bin", ignore_errors=True)
    service_models.cut_down(python / "botocore" / "data", SERVICES)
    for model in (python / "boto3" / "data").iterdir():
        if model.is_dir() and model.name not in SERVICES:
            shutil.rmtree(model)
    for pattern in ("*.dist-info/RECORD", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED"):
        for file in python.glob(pattern):
            file.unlink()
    (python / ".lock").unlink(missing_ok=True)


def _compile(python: Path, interpreter: str) -> None:
    _run(
        [
            interpreter,
            "-m",
            "compileall",
            "-q",
            "-j",
            "0",
            "--invalidation-mode",
            "unchecked-hash",
            # Tracebacks name the place where Lambda mounts the layer.
            "-s",
            str(python),
            "-p",
            "/opt/python",
            str(python),
        ]
    )


def _run(command: list[str]) -> None:
    finished = subprocess.run(  # noqa: S603 - our own tools, no shell
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    if finished.returncode != 0:
        raise LayerNotBuilt((finished.stdout + finished.stderr).strip()[-4000:])


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    ensure_built()
