"""Starts, watches and stops the processes of the local target.

    supervisor ─┬─ engine ── function workers
                ├─ MediaConvert ── ffmpeg
                ├─ IVS ── ffmpeg
                ├─ IVS Chat
                ├─ mailbox
                ├─ identity provider (Node)
                └─ edge ── Node, for CloudFront Functions

Every child leads a process group of its own and is told by the kernel when the supervisor is gone,
so neither Ctrl-C nor `kill -9` leaves anything running.
"""

from infra.local.supervisor.ports import Ports
from infra.local.supervisor.target import LocalTarget

__all__ = ["LocalTarget", "Ports"]
