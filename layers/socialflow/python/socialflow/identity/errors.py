"""Every refusal that identity makes.

Refused
├── Malformed (422)
│   ├── EmailInvalid, HandleInvalid, HandleReserved, DisplayNameInvalid
│   └── PasswordInvalid
│       └── PasswordTooCommon
├── Conflict (409)
│   ├── EmailTaken
│   ├── HandleTaken
│   ├── LastSignInMethod
│   └── UserChanged
└── Unauthenticated (401)
    ├── LoginRefused
    ├── SignInOutdated
    ├── AccessTokenInvalid
    │   └── AccessTokenExpired
    └── RefreshTokenInvalid
        └── RefreshTokenReused
Unavailable (503)
└── SigningKeysMissing
"""

from socialflow.platform.errors import Conflict, Malformed, Unauthenticated, Unavailable


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
