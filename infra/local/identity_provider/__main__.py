"""`python -m infra.local.identity_provider --port P --origin O --state DIR`: serve until SIGTERM.

The Node process takes this one's place, so that signals and the tie to the supervisor stay whole.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from infra.local.identity_provider.clients import write_configuration
from infra.local.supervisor.children import REPOSITORY

SERVER = Path(__file__).parent / "server.mjs"
PACKAGES = REPOSITORY / "web" / "node_modules"


def main() -> None:
    """Serve the clients of the state directory to the origins named."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.identity_provider", description=__doc__
    )
    parser.add_argument("--port", type=int, default=4583, help="loopback port")
    parser.add_argument("--origin", action="append", required=True, help="where redirects may lead")
    parser.add_argument("--state", type=Path, required=True, help="folder of secrets and keys")
    arguments = parser.parse_args()
    node = shutil.which("node")
    if node is None:
        sys.exit("Node is not installed; the identity providers of this machine need it.")
    path = write_configuration(
        arguments.state, port=arguments.port, origins=tuple(arguments.origin)
    )
    os.execv(node, [node, "--no-warnings", str(SERVER), str(PACKAGES), str(path)])  # noqa: S606


if __name__ == "__main__":
    main()
