"""The processor time of a process and all its descendants (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

from bench.process_memory import descendants


def cpu_seconds(root: int) -> float:
    """User and system time so far, children that ended included (proc(5), fields 14 to 17)."""
    ticks = 0
    for process in descendants(root):
        try:
            stat = Path(f"/proc/{process}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(int(each) for each in stat.rpartition(")")[2].split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
