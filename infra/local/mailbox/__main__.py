"""`python -m infra.local.mailbox --port N --messages DIR`: serve until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from infra.local.mailbox.messages import Messages
from infra.local.mailbox.server import make_server
from infra.local.service.process import begin, until_ended


def main() -> None:
    """Serve from a thread; the main one waits for the signal."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.mailbox", description=__doc__)
    parser.add_argument("--port", type=int, default=4584, help="loopback port; 0 takes a free one")
    parser.add_argument("--messages", type=Path, required=True, help="where the engine keeps them")
    arguments = parser.parse_args()
    begin()
    server = make_server(arguments.port, Messages(arguments.messages))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"Mailbox at http://127.0.0.1:{server.server_port}", flush=True)
    until_ended()
    server.shutdown()


if __name__ == "__main__":
    main()
