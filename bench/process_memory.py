"""The memory of a process and all its descendants, shared pages counted once (Linux).

`Pss` of `/proc/<pid>/smaps_rollup`: each page divided by the number of processes that map it
(proc(5)).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")


def megabytes_by_name(root: int) -> dict[str, float]:
    """MB of proportional set size by what the process runs; processes that ended are left out."""
    sizes: dict[str, float] = {}
    for process in descendants(root):
        try:
            lines = (_PROC / str(process) / "smaps_rollup").read_text().splitlines()
            arguments = (_PROC / str(process) / "cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        kilobytes = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        name = _name(arguments)
        sizes[name] = sizes.get(name, 0) + kilobytes / 1024
    return sizes


def descendants(root: int) -> list[int]:
    """The process and every process below it."""
    children: dict[int, list[int]] = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may hold anything; the parent is the second word after it.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting += children.get(process, [])
    return found


def _name(arguments: list[str]) -> str:
    if "-m" in arguments:
        return arguments[arguments.index("-m") + 1]
    script = next((each for each in arguments[1:] if each.endswith(".py")), arguments[0])
    return "function worker" if script.endswith("_worker.py") else Path(script).name
