"""Runs the measurements and writes the report: `python -m bench [name …]`."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
import sys
import traceback
from typing import Final

from bench.chart import chart
from bench.deployed import BUILD, ROOT, SCRATCH
from bench.report import Section, markdown, overview

MEASUREMENTS: Final = (
    *("cold-start", "identity", "warm-cpu", "routes", "start", "upload", "api", "pipeline"),
    *("live-ingest", "live-chat", "chat-review", "live"),
)


def main() -> None:
    """Measures what is named, else everything, and writes `build/bench/report.md` and `.svg`.

    What cannot be measured is reported as such, the rest goes on, and the exit status is 1.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(MEASUREMENTS))
    names = parser.parse_args().names or MEASUREMENTS
    if unknown := set(names) - set(MEASUREMENTS):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    sections, broken = [], []
    try:
        for name in names:
            print(f"Measuring {name} …", flush=True)
            section = _measure(name)
            if section is None:
                broken.append(name)
                section = Section(f"{name}: could not be measured")
            sections.append(section)
            print("\n" + markdown(section), flush=True)
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
    bounds = overview(sections)
    print(bounds)
    BUILD.mkdir(parents=True, exist_ok=True)
    report, drawing = BUILD / "report.md", BUILD / "report.svg"
    parts = [
        f"# Speed and size\n\n{_machine()}\n",
        "![Measured against bounds](report.svg)\n",
        bounds,
    ]
    report.write_text("\n".join([*parts, *map(markdown, sections)]), encoding="utf-8")
    drawing.write_text(chart([each for section in sections for each in section.figures]))
    print(f"Written: {report.relative_to(ROOT)}, {drawing.relative_to(ROOT)}")
    if broken:
        sys.exit(f"Could not be measured: {', '.join(broken)}")


def _measure(name: str) -> Section | None:
    """The section of a measurement; None where it broke, which is printed."""
    try:
        section = importlib.import_module(f"bench.{name.replace('-', '_')}").measure()
    except Exception:
        # Minutes of other measurements must not be lost with this one.
        traceback.print_exc()
        return None
    if not isinstance(section, Section):
        raise TypeError(f"bench.{name} measured no Section")
    return section


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"load average {load:.1f} at the end."
    )


if __name__ == "__main__":
    main()
