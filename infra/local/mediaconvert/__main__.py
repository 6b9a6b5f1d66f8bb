"""`python -m infra.local.mediaconvert --port N --state DIR`: serve until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
from pathlib import Path

from infra.local.mediaconvert.config import Config
from infra.local.mediaconvert.server import LocalMediaConvert
from infra.local.service.process import begin, until_ended


def main() -> None:
    """Serve; the engine's address and keys come from the environment (see `Config`)."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.mediaconvert", description=__doc__)
    parser.add_argument("--port", type=int, default=4580, help="loopback port; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder of jobs and scratch")
    arguments = parser.parse_args()
    begin()
    with LocalMediaConvert(Config.from_environment(arguments.state), arguments.port) as service:
        print(f"MediaConvert at {service.url}", flush=True)
        until_ended()


if __name__ == "__main__":
    main()
