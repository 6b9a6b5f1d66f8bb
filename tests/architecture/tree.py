"""The project's own modules, found on disk."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/socialflow/python"


def modules_below(package: str, *, source: Path = ROOT) -> list[str]:
    """Every module of a package, by its dotted name."""
    found = []
    for path in sorted((source / package).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def run_time_modules() -> list[str]:
    """All that Lambda may load."""
    return [
        *modules_below("socialflow", source=LAYER),
        *modules_below("api"),
        *modules_below("functions"),
    ]
