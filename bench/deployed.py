"""What a Lambda of ours holds, laid out on this machine as it is deployed.

The vendor layer is made by the builder of the real one, for this machine's Python instead of
Lambda's; the domain layer and the function's code are copied as the stacks zip them: without
bytecode.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.vendor_layer import ensure_built, this_machine

ROOT: Final = Path(__file__).resolve().parents[1]
BUILD: Final = ROOT / "build" / "bench"
SCRATCH: Final = BUILD / f"run-{os.getpid()}"
"""What this run leaves nothing of; another run at the same time has its own."""


def api(context: str) -> Mapping[str, str]:
    """The environment in which a Python finds what a context's API function finds, no more."""
    layer = ensure_built(BUILD / "vendor-layer", platform=this_machine())
    code = SCRATCH / context
    shutil.rmtree(code, ignore_errors=True)
    skipped = shutil.ignore_patterns("__pycache__", "openapi.json")
    shutil.copytree(ROOT / "layers" / "socialflow" / "python", code / "domain", ignore=skipped)
    shutil.copytree(ROOT / "api" / context, code / "api" / context, ignore=skipped)
    for module in (ROOT / "api").glob("*.py"):
        shutil.copy2(module, code / "api")
    return {
        "SF_CONTEXT": context,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, (code, code / "domain", layer / "python"))),
        # Lambda's file system is read-only: nothing is compiled for the next time.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
