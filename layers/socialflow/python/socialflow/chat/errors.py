"""One class per rule of this context that a request can break."""

from __future__ import annotations

from socialflow.platform.errors import (
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    PreconditionFailed,
    Unavailable,
)


class PersonNotFound(NotFound):
    """Nobody has this handle or id."""

    code = "user_not_found"

    def __init__(self, **who: str) -> None:
        super().__init__("There is nobody of this name.", **who)


class ChatNotReady(Conflict):
    """The channel has no chat room yet; it is made shortly after the channel."""

    code = "chat_not_ready"
    retryable = True

    def __init__(self) -> None:
        super().__init__("This channel's chat is not there yet; try again in a moment.")


class ChatBanned(Forbidden):
    """The channel's moderators have banned the caller from its chat."""

    code = "chat_banned"

    def __init__(self) -> None:
        super().__init__("You are banned from this chat.")


class ModeratorRequired(Forbidden):
    """Only the channel's owner and its moderators may do this."""

    code = "chat_moderator_required"

    def __init__(self) -> None:
        super().__init__("Only the channel's owner and its moderators may do this.")


class OwnerRequired(Forbidden):
    """Only the channel's owner may do this."""

    code = "chat_owner_required"

    def __init__(self) -> None:
        super().__init__("Only the channel's owner may do this.")


class TargetProtected(Forbidden):
    """The owner cannot be banned by anybody, a moderator by the owner alone."""

    code = "chat_target_protected"


class SettingsEditedMeanwhile(PreconditionFailed):
    """Somebody changed the settings since the caller read them."""

    code = "chat_settings_edited_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "The settings were changed since you read them; read them and repeat your change."
        )


class BlockedTermInvalid(Malformed):
    """A blocked term holds no letter or digit, so it could match nothing."""

    code = "blocked_term_invalid"


class ModeratorLimitReached(Conflict):
    """A channel has a bounded number of moderators."""

    code = "moderator_limit_reached"


class ActRaced(Conflict):
    """Others kept changing the same thing meanwhile."""

    code = "chat_act_raced"
    retryable = True

    def __init__(self) -> None:
        super().__init__("Somebody else acted on the same at the same moment; try again.")


class PollNotFound(NotFound):
    """There is no such poll in this chat, or none is open."""

    code = "poll_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such poll.")


class PollOpen(Conflict):
    """A chat has one open poll at a time."""

    code = "poll_open"

    def __init__(self) -> None:
        super().__init__("A poll is open; close it before you open another.")


class PollClosed(Conflict):
    """The poll takes no votes any more."""

    code = "poll_closed"

    def __init__(self) -> None:
        super().__init__("This poll is closed.")


class PollOptionUnknown(Malformed):
    """The poll has no option of this number."""

    code = "poll_option_unknown"


class PollTooLong(Malformed):
    """Question and options together do not fit into one chat event (1 KB)."""

    code = "poll_too_long"


class AlreadyVoted(Conflict):
    """The caller voted for another option before."""

    code = "already_voted"


class RangeTooLong(Malformed):
    """More minutes than one answer holds."""

    code = "range_too_long"


class ChatUnavailable(Unavailable):
    """IVS Chat did not answer, or takes no more calls just now."""

    code = "chat_unavailable"
