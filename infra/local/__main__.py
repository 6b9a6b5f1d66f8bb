"""`make run`: start the local target, say where it is, stop it on Ctrl-C.

Environment: the ports (`supervisor.ports.VARIABLES`), and STATE_DIR (default `.local`).
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from infra.local import demo
from infra.local.console import failure, note, step
from infra.local.deploy.synthesis import SynthesisFailed
from infra.local.supervisor import LocalTarget, Ports
from infra.local.supervisor.children import REPOSITORY, ChildFailed
from infra.local.supervisor.ports import PortUnavailable
from infra.local.supervisor.state_lock import StateInUse
from infra.local.supervisor.target import TargetFailed

REFUSALS = (PortUnavailable, StateInUse, SynthesisFailed, ChildFailed, TargetFailed)


class Stopped(Exception):
    """A signal asked to stop while things were still starting."""


def main() -> int:
    """Run until a signal; returns the process's exit status."""
    ended = threading.Event()
    reasons: list[str] = []

    def fell_over(reason: str) -> None:
        reasons.append(reason)
        ended.set()

    def stop_asked(number: int, frame: object) -> None:
        if not ended.is_set():
            ended.set()
            if not running.is_set():
                raise Stopped

    running = threading.Event()
    signal.signal(signal.SIGINT, stop_asked)
    signal.signal(signal.SIGTERM, stop_asked)
    state_dir = Path(os.environ.get("STATE_DIR") or REPOSITORY / ".local")
    started = time.monotonic()
    print("\nStarting Social Flow\n", flush=True)
    try:
        target = LocalTarget(
            state_dir=state_dir,
            ports=Ports.from_environment(),
            quiet=False,
            on_failure=fell_over,
        )
        target.start()
    except Stopped:
        return 130
    except REFUSALS as error:
        failure(str(error))
        return 1
    running.set()
    try:
        _welcome(target, time.monotonic() - started)
        # Each waits for a mail; nobody has to wait for them.
        threading.Thread(target=_make_accounts, args=(target,), daemon=True).start()
        while not ended.wait(1):
            pass
    finally:
        print("\n  Stopping …", flush=True)
        target.stop()
    for reason in reasons:
        failure(reason)
    if not reasons:
        print("  Stopped; the state is kept in", state_dir, flush=True)
    return 1 if reasons else 0


def _make_accounts(target: LocalTarget) -> None:
    started = time.monotonic()
    try:
        made = demo.ensure_demo_accounts(
            target.origin, mailbox_url=target.mailbox_url, engine_url=target.engine_url
        )
    except demo.DemoAccountFailed as error:
        note(f"No demo account: {error}")
    else:
        if made:
            step("Registered the demo accounts, by mail", time.monotonic() - started)


def _welcome(target: LocalTarget, seconds: float) -> None:
    lines = (
        ("Social Flow", target.origin),
        ("API reference", f"{target.origin}/docs"),
        ("Live ingest", f"{target.rtmp_url}  with the stream key of the page"),
        ("AWS endpoint", target.engine_url),
        ("Mailbox", f"{target.mailbox_url}  what is sent by mail"),
        ("Demo account", f"{demo.CREATOR.email}  {demo.PASSWORD}"),
        ("Demo admin", f"{demo.ADMIN.email}  {demo.PASSWORD}"),
        ("Logs", str(target.logs)),
    )
    print(f"\n  Ready after {seconds:.1f} s\n", flush=True)
    for name, value in lines:
        print(f"    {name:<14} {value}", flush=True)
    print("\n  Ctrl-C stops everything; what you did is kept.\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
