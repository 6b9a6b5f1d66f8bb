"""Give somebody a role, as an operator does on AWS with `aws lambda invoke`.

    python -m infra.local.grant --handle ann --role admin [--reason TEXT] [--engine URL]

This is how the first admin comes to be; further roles are given in the page.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from infra.local.admin import admin_client
from infra.local.console import failure, note

FUNCTION = "socialflow-local-identity-grant_role"


class GrantFailed(Exception):
    """The function refused; the message is its own."""


def grant(engine_url: str, *, handle: str, role: str, reason: str) -> None:
    """Give the role to whoever has the handle. Raises GrantFailed."""
    event = {"handle": handle, "role": role, "reason": reason, "expires_at": None}
    answer = admin_client("lambda", engine_url).invoke(
        FunctionName=FUNCTION, Payload=json.dumps(event).encode()
    )
    told = answer["Payload"].read().decode(errors="replace")
    if answer.get("FunctionError"):
        raise GrantFailed(told[:500])


def main() -> int:
    """Parse the arguments and grant."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.grant")
    parser.add_argument("--handle", required=True)
    parser.add_argument("--role", required=True)
    parser.add_argument("--reason", default="Granted on this machine")
    port = os.environ.get("ENGINE_PORT") or "4566"
    parser.add_argument("--engine", default=f"http://127.0.0.1:{port}")
    arguments = parser.parse_args()
    try:
        grant(
            arguments.engine,
            handle=arguments.handle,
            role=arguments.role,
            reason=arguments.reason,
        )
    except GrantFailed as error:
        failure(str(error))
        return 1
    note(f"@{arguments.handle} has the role {arguments.role}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
