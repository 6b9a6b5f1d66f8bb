"""One class per rule of this context that a request can break."""

from socialflow.platform.errors import (
    Conflict,
    Malformed,
    NotFound,
    PreconditionFailed,
    Unavailable,
)


class BroadcastNotFound(NotFound):
    """No such broadcast, or the caller may not know of it."""

    code = "broadcast_not_found"

    def __init__(self, broadcast_id: str) -> None:
        super().__init__("There is no such broadcast.", broadcast_id=broadcast_id)


class ChannelNotFound(NotFound):
    """The caller has not asked for a channel yet."""

    code = "channel_not_found"

    def __init__(self) -> None:
        super().__init__("You have no channel yet; ask for one with `POST /v1/me/channel`.")


class OwnerNotFound(NotFound):
    """Nobody has this handle."""

    code = "user_not_found"

    def __init__(self, handle: str) -> None:
        super().__init__("Nobody has this handle.", handle=handle)


class ChannelEditedMeanwhile(PreconditionFailed):
    """The channel was edited since the caller read it."""

    code = "channel_edited_meanwhile"


class BroadcastEditedMeanwhile(PreconditionFailed):
    """The broadcast was edited since the caller read it."""

    code = "broadcast_edited_meanwhile"


class ChannelNotReady(Conflict):
    """IVS does not have the channel yet; it takes seconds."""

    code = "channel_not_ready"
    retryable = True


class StreamKeyRotating(Conflict):
    """The stream key is being replaced; the new one can be shown in seconds."""

    code = "stream_key_rotating"
    retryable = True


class BroadcastRunning(Conflict):
    """The channel has a broadcast that is starting, live or ending."""

    code = "broadcast_running"


class BroadcastNotStarted(Conflict):
    """A scheduled broadcast cannot be ended; delete it."""

    code = "broadcast_not_started"


class BroadcastStarted(Conflict):
    """What only a scheduled broadcast allows: to be deleted, to be moved to another time."""

    code = "broadcast_started"


class BroadcastOver(Conflict):
    """The broadcast has ended."""

    code = "broadcast_over"


class BroadcastNotLive(Conflict):
    """There is nothing to play yet, or no more."""

    code = "broadcast_not_live"


class BroadcastBusy(Conflict):
    """The broadcast changed again and again while this was tried."""

    code = "broadcast_busy"
    retryable = True


class ScheduleInvalid(Malformed):
    """A broadcast is scheduled for a time to come, within a year."""

    code = "schedule_invalid"


class ViewerTokenInvalid(Malformed):
    """The viewer token is not ours, is for another broadcast, or its time is over."""

    code = "viewer_token_invalid"


class ThumbnailRefused(Conflict):
    """A private broadcast shows no picture to anybody."""

    code = "thumbnail_refused"


class ThumbnailTooLarge(Malformed):
    """The picture has more bytes than a thumbnail may have."""

    code = "thumbnail_too_large"


class LiveUnavailable(Unavailable):
    """IVS or CloudWatch did not answer."""

    code = "live_unavailable"
