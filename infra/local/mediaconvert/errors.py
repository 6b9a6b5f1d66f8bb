"""How a job ends other than by completing.

JobFailed               ends a job with ERROR: a code and a message
JobStopped              the server is stopping; the job stays for the next start
JobCanceled             CancelJob reached a running job
"""

from __future__ import annotations

__all__ = ["JobCanceled", "JobFailed", "JobStopped"]


class JobFailed(Exception):
    """Ends a job with ERROR.

    The service has more codes than these; a consumer that tells them apart must treat unknown
    ones alike.
    """

    INVALID_INPUT = 1030
    UNREADABLE_INPUT = 1040
    ACCESS_DENIED = 1401
    INPUT_NOT_FOUND = 1404
    STORAGE = 1432
    TRANSCODER = 1999
    TOOK_TOO_LONG = 1999

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class JobStopped(Exception):
    """Raised inside a running job when the server stops."""


class JobCanceled(Exception):
    """Raised inside a running job when it is canceled."""
