"""Run the edge: `python -m infra.local.edge --port N --engine-port N --configuration FILE`.

`SF_ENGINE_TOKEN` opens the engine's object reads. SIGTERM lets open answers end, then stops.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

import uvicorn

from infra.local.edge.app import Edge

GRACE_SECONDS = 2


def main() -> None:
    """Parse the arguments and serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.edge")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--engine-port", type=int, required=True)
    parser.add_argument("--configuration", type=Path, required=True)
    arguments = parser.parse_args()
    token = os.environ.pop("SF_ENGINE_TOKEN", "")
    if not token:
        sys.exit("SF_ENGINE_TOKEN is not set.")
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    edge = Edge(
        arguments.configuration,
        engine_host="127.0.0.1",
        engine_port=arguments.engine_port,
        token=token,
    )
    uvicorn.run(
        edge,
        host="127.0.0.1",
        port=arguments.port,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="off",
        ws="none",
    )


if __name__ == "__main__":
    main()
