"""One class per rule of this context that a request can break."""

from socialflow.platform.errors import Conflict, NotFound


class PersonNotFound(NotFound):
    """Nobody has this handle."""

    code = "user_not_found"

    def __init__(self, handle: str) -> None:
        super().__init__("Nobody has this handle.", handle=handle)


class FollowSelfRefused(Conflict):
    """Following is for other people."""

    code = "follow_self_refused"
