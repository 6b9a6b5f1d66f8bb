"""What a profile refuses.

Refused
├── NotFound (404): PersonNotFound
├── Malformed (422): BioInvalid, LinkInvalid, LocaleInvalid, InterestsInvalid, PictureTooLarge
├── Conflict (409): HandleChangedRecently
└── PreconditionFailed (412): ProfileEditedMeanwhile
"""

from __future__ import annotations

from datetime import datetime

from socialflow.platform.clock import to_rfc3339
from socialflow.platform.errors import Conflict, Malformed, NotFound, PreconditionFailed


class PersonNotFound(NotFound):
    """Nobody has this handle."""

    code = "user_not_found"

    def __init__(self) -> None:
        super().__init__("Nobody has this handle.")


class BioInvalid(Malformed):
    """The bio is too long or holds characters that cannot be shown."""

    code = "bio_invalid"


class LinkInvalid(Malformed):
    """A link is no http or https address of a web site, or there are too many."""

    code = "link_invalid"


class LocaleInvalid(Malformed):
    """The locale is no language tag that we know how to read."""

    code = "locale_invalid"


class InterestsInvalid(Malformed):
    """More interests than a profile may declare."""

    code = "interests_invalid"


class PictureTooLarge(Malformed):
    """The announced picture has more bytes than one may have."""

    code = "picture_too_large"


class HandleChangedRecently(Conflict):
    """A handle can be changed once in 14 days; `change_after` says when again."""

    code = "handle_changed_recently"

    def __init__(self, *, change_after: datetime) -> None:
        super().__init__(
            "You changed your handle a short while ago; wait before you change it again.",
            change_after=to_rfc3339(change_after),
        )


class ProfileEditedMeanwhile(PreconditionFailed):
    """The account changed since the caller read it."""

    code = "profile_edited_meanwhile"

    def __init__(self) -> None:
        super().__init__("Your profile changed since you read it; look again and repeat.")
