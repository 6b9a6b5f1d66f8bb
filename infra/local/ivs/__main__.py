"""`python -m infra.local.ivs --port N --rtmp-port R --rtmps-port S --state DIR`: serve until
SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from infra.local.ivs.config import Config
from infra.local.ivs.server import LocalIvs
from infra.local.service.process import begin, until_ended


def main() -> None:
    """Serve; the engine's address and keys come from the environment (see `Config`)."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.ivs", description=__doc__)
    parser.add_argument("--port", type=int, default=4581, help="control API and playback")
    parser.add_argument("--rtmp-port", type=int, default=1935, help="ingest; 0 takes a free one")
    parser.add_argument("--rtmps-port", type=int, default=1936, help="ingest with TLS")
    parser.add_argument("--state", type=Path, required=True, help="folder of records and spools")
    given = parser.parse_args()
    begin()
    config = Config.from_environment(given.state)
    with LocalIvs(config, given.port, given.rtmp_port, given.rtmps_port) as ivs:
        print(f"IVS at {ivs.url}, {ivs.rtmp_url}, {ivs.rtmps_url}", flush=True)
        until_ended()


if __name__ == "__main__":
    main()
