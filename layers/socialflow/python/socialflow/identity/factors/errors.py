"""What second factors, passkeys and step-up refuse.

Refused
├── Unauthenticated (401)      at sign-in
│   ├── ChallengeInvalid
│   ├── SecondFactorRefused
│   └── PasskeyRefused
│       └── PasskeyCloned
├── Forbidden (403)            to a caller who is signed in
│   ├── StepUpRefused
│   └── CodeRefused
├── PasskeyNotFound (404)
├── Conflict (409)
│   ├── TotpEnabled, TotpNotEnabled, TotpSetupOver
│   └── PasskeyChallengeOver, PasskeyKnown, PasskeyLimitReached
├── PasskeyEditedMeanwhile (412)
└── PasskeyInvalid (422)
Unavailable (503)
└── PasskeysUnavailable
"""

from __future__ import annotations

from collections.abc import Sequence

from socialflow.platform.errors import (
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    PreconditionFailed,
    Unauthenticated,
    Unavailable,
)


class ChallengeInvalid(Unauthenticated):
    """The challenge is not ours, was met before, or its time is over: begin the sign-in again."""

    code = "challenge_invalid"

    def __init__(self) -> None:
        super().__init__("This sign-in took too long or was finished before; begin again.")


class SecondFactorRefused(Unauthenticated):
    """The code is wrong, or was used before."""

    code = "second_factor_refused"

    def __init__(self) -> None:
        super().__init__("This code is not right, or was used before; wait for the next one.")


class PasskeyRefused(Unauthenticated):
    """The passkey is unknown or proves nothing: deliberately one answer for all of it."""

    code = "passkey_refused"

    def __init__(self, message: str = "This passkey opens no account here.") -> None:
        super().__init__(message)


class PasskeyCloned(PasskeyRefused):
    """The passkey counted backwards, so a copy of it may be in use; its owner was told."""

    code = "passkey_cloned"

    def __init__(self) -> None:
        super().__init__(
            "This passkey may have been copied, so it was refused. Sign in another way and "
            "remove it."
        )


class StepUpRefused(Forbidden):
    """What came does not prove that the session's owner is there; `methods` would."""

    code = "step_up_refused"

    def __init__(self, methods: Sequence[str]) -> None:
        super().__init__("This does not prove that it is you; try again.", methods=list(methods))


class CodeRefused(Forbidden):
    """The code is not the one that the authenticator app should show now."""

    code = "totp_code_refused"

    def __init__(self) -> None:
        super().__init__("This is not the code; check the clock of your device and try the next.")


class TotpEnabled(Conflict):
    """An authenticator app is set up already; remove it first."""

    code = "totp_enabled"

    def __init__(self) -> None:
        super().__init__("An authenticator app is set up already; remove it first.")


class TotpNotEnabled(Conflict):
    """No authenticator app is set up."""

    code = "totp_not_enabled"

    def __init__(self) -> None:
        super().__init__("No authenticator app is set up.")


class TotpSetupOver(Conflict):
    """No set-up was begun, another was begun since, or its time is over."""

    code = "totp_setup_over"

    def __init__(self) -> None:
        super().__init__("This set-up is over; begin again with a new QR code.")


class PasskeyChallengeOver(Conflict):
    """The challenge is not the caller's, was used before, or its time is over: ask for another."""

    code = "passkey_challenge_over"

    def __init__(self) -> None:
        super().__init__("This took too long or was done before; begin again.")


class PasskeyKnown(Conflict):
    """This very passkey is registered already."""

    code = "passkey_known"

    def __init__(self) -> None:
        super().__init__("This passkey is registered already.")


class PasskeyLimitReached(Conflict):
    """An account has a bounded number of passkeys."""

    code = "passkey_limit_reached"

    def __init__(self, limit: int) -> None:
        super().__init__(f"An account has at most {limit} passkeys; remove one first.", limit=limit)


class PasskeyNotFound(NotFound):
    """The caller has no such passkey."""

    code = "passkey_not_found"

    def __init__(self) -> None:
        super().__init__("You have no such passkey.")


class PasskeyEditedMeanwhile(PreconditionFailed):
    """The passkey was renamed since the caller read it."""

    code = "passkey_edited_meanwhile"

    def __init__(self) -> None:
        super().__init__("The passkey was renamed meanwhile; look again.")


class PasskeyInvalid(Malformed):
    """What the browser sent is not the passkey that was asked for."""

    code = "passkey_invalid"

    def __init__(self) -> None:
        super().__init__("The browser's answer is not the passkey that was asked for; try again.")


class PasskeysUnavailable(Unavailable):
    """The stage has no public address, and passkeys are made for one."""

    code = "passkeys_unavailable"
    retryable = False

    def __init__(self) -> None:
        super().__init__("Passkeys are not set up here; sign in another way.")
