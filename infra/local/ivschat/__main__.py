"""`python -m infra.local.ivschat --port C --state DIR`: serve until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import logging
import signal
from pathlib import Path

from infra.local.ivschat.config import Config
from infra.local.ivschat.server import LocalIvsChat


def main() -> None:
    """Serve; the engine's address and keys come from the environment (see `Config`)."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.ivschat", description=__doc__)
    parser.add_argument("--port", type=int, default=4582, help="loopback port; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder of rooms, tokens and log")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    ends = {signal.SIGTERM, signal.SIGINT}
    # Blocked before any thread starts, so that every thread leaves them to `sigwait`.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with LocalIvsChat(Config.from_environment(arguments.state), arguments.port) as service:
        print(f"IVS Chat at {service.url}", flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
