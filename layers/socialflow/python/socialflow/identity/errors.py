"""Every refusal that identity makes.

Refused
├── Malformed (422)
│   ├── EmailInvalid, HandleInvalid, HandleReserved, DisplayNameInvalid
│   └── PasswordInvalid
│       ├── PasswordBreached
│       └── PasswordTooCommon
├── Forbidden (403)
│   ├── CodeWrong
│   └── PasswordWrong
├── Gone (410)
│   ├── EmailChangeOver
│   ├── RegistrationOver
│   └── ResetOver
├── TooManyRequests (429)
│   └── MailJustSent
├── Conflict (409)
│   ├── EmailMissing
│   ├── EmailTaken
│   ├── EmailUnchanged
│   ├── HandleTaken
│   ├── LastSignInMethod
│   └── UserChanged
├── NotFound (404)
│   └── SessionNotFound
└── Unauthenticated (401)
    ├── LoginRefused
    ├── SignInOutdated
    ├── SessionEnded
    ├── AccessTokenInvalid
    │   └── AccessTokenExpired
    └── RefreshTokenInvalid
        └── RefreshTokenReused
Unavailable (503)
└── SigningKeysMissing
"""

from socialflow.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    Malformed,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)


class EmailInvalid(Malformed):
    """The text is not an address that mail could reach."""

    code = "email_invalid"


class HandleInvalid(Malformed):
    """The handle has characters or a length that handles do not have."""

    code = "handle_invalid"


class HandleReserved(Malformed):
    """The handle would be mistaken for a page, a role or the company."""

    code = "handle_reserved"


class DisplayNameInvalid(Malformed):
    """The name is empty, too long or holds characters that cannot be shown."""

    code = "display_name_invalid"


class PasswordInvalid(Malformed):
    """The password is too short, too long or holds characters that cannot be typed."""

    code = "password_invalid"


class PasswordTooCommon(PasswordInvalid):
    """The password is among the first that anybody would guess."""

    code = "password_too_common"


class PasswordBreached(PasswordInvalid):
    """The password is known from a breach of some other site."""

    code = "password_breached"


class PasswordWrong(Forbidden):
    """The present password, asked for to set another, is not the one given."""

    code = "password_wrong"

    def __init__(self) -> None:
        super().__init__("The present password is another.")


class CodeWrong(Forbidden):
    """The code is not the one in the mail; after five tries a new one is needed."""

    code = "code_wrong"

    def __init__(self) -> None:
        super().__init__("This is not the code in the mail; look again.")


class RegistrationOver(Gone):
    """Unknown, expired, finished, or too many wrong codes: deliberately one answer."""

    code = "registration_over"

    def __init__(self) -> None:
        super().__init__("This registration is over; sign in, or start again.")


class ResetOver(Gone):
    """The link is unknown, expired, used, or an older one: deliberately one answer."""

    code = "reset_over"

    def __init__(self) -> None:
        super().__init__("This link is no longer good; ask for a new one.")


class EmailChangeOver(Gone):
    """No change of address waits for a code, or too many wrong ones came."""

    code = "email_change_over"

    def __init__(self) -> None:
        super().__init__("No address waits for a code; ask for one again.")


class MailJustSent(TooManyRequests):
    """The mail was sent a moment ago, or often enough."""

    code = "mail_just_sent"

    def __init__(self) -> None:
        super().__init__("The mail is on its way; wait a minute.", retry_after_seconds=60)


class EmailMissing(Conflict):
    """The account has no e-mail address that a password could belong to."""

    code = "email_missing"

    def __init__(self) -> None:
        super().__init__("Give the account an e-mail address first.")


class EmailUnchanged(Conflict):
    """The address is the account's own already."""

    code = "email_unchanged"


class EmailTaken(Conflict):
    """Another account has this address."""

    code = "email_taken"


class HandleTaken(Conflict):
    """Another account has this handle."""

    code = "handle_taken"


class UserChanged(Conflict):
    """Somebody else changed the account at the same moment."""

    code = "user_changed"
    retryable = True

    def __init__(self) -> None:
        super().__init__("The account was changed at the same moment; look again and repeat.")


class SignInOutdated(Unauthenticated):
    """The account's sessions were ended, or its credentials changed, during the sign-in."""

    code = "sign_in_outdated"

    def __init__(self) -> None:
        super().__init__("The account was changed while you signed in; sign in again.")


class LastSignInMethod(Conflict):
    """Without this the account could not be entered any more: add another way first."""

    code = "last_sign_in_method"

    def __init__(self) -> None:
        super().__init__("This is the only way into the account; set up another one first.")


class LoginRefused(Unauthenticated):
    """Unknown address or wrong password: deliberately one answer for both."""

    code = "login_refused"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is wrong.")


class AccessTokenInvalid(Unauthenticated):
    """The token is not one that we signed for this API."""

    code = "access_token_invalid"


class AccessTokenExpired(AccessTokenInvalid):
    """The token was ours and its time is over."""

    code = "access_token_expired"


class SessionEnded(Unauthenticated):
    """The token is good, and the session that it was given to is over."""

    code = "session_ended"

    def __init__(self) -> None:
        super().__init__("This session has ended; sign in again.")


class SessionNotFound(NotFound):
    """The caller has no such session."""

    code = "session_not_found"

    def __init__(self) -> None:
        super().__init__("You have no such session.")


class RefreshTokenInvalid(Unauthenticated):
    """The token is unknown, expired, or its session has ended."""

    code = "refresh_token_invalid"

    def __init__(self, message: str = "This session has ended; log in again.") -> None:
        super().__init__(message)


class RefreshTokenReused(RefreshTokenInvalid):
    """A spent token came again, so somebody holds a copy: the whole session is over."""

    code = "refresh_token_reused"


class SigningKeysMissing(Unavailable):
    """No key may sign at this time: the rotation has never run or its secret is lost."""

    code = "signing_keys_missing"
