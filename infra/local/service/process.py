"""A local service as a process of its own: what it logs, and what ends it."""

from __future__ import annotations

import logging
import signal

__all__ = ["begin", "until_ended"]

_ENDS = {signal.SIGTERM, signal.SIGINT}


def begin() -> None:
    """Logs with times; from now on SIGTERM and SIGINT wait for `until_ended`.

    To be called before any thread starts, so that every thread leaves the signals to it.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)


def until_ended() -> None:
    """Returns at SIGTERM or SIGINT, also one that came since `begin`."""
    signal.sigwait(_ENDS)
