"""What the letters say in which somebody proves that an address is theirs.

Each comes to whoever owns the mailbox, who may not be the one that asked; so each says what to do
if it was somebody else (nothing), and none tells the asker anything.
"""

from __future__ import annotations

from socialflow.identity.mail.letters import Letter, Link, plain

_NOTHING_TO_DO = (
    "If this was not you, you need not do anything: without this mail nobody gets further."
)


def registration_code(*, origin: str, code: str, minutes: int) -> Letter:
    """For an address without an account: the code that finishes the registration."""
    return Letter(
        subject=f"{code} is your Social Flow code",
        paragraphs=("Welcome. Type this code where you are signing up, to confirm your address.",),
        code=code,
        link=Link("Confirm in the browser you started in", f"{origin}/register#code={code}"),
        small=(
            f"The code is good for {minutes} minutes. Give it to nobody; we never ask for it.",
            _NOTHING_TO_DO,
        ),
    )


def account_exists(*, origin: str, display_name: str) -> Letter:
    """For an address that has an account, when somebody registers with it."""
    return Letter(
        subject="You already have an account",
        paragraphs=(
            f"Hello {plain(display_name)},",
            "somebody, perhaps you, is signing up with this address. There is an account with it "
            "already: just sign in.",
        ),
        link=Link("Sign in", f"{origin}/login"),
        small=(f"Forgot the password? Choose a new one at {origin}/reset", _NOTHING_TO_DO),
    )


def password_reset(*, origin: str, token: str, display_name: str, minutes: int) -> Letter:
    """The link that sets a new password, once."""
    return Letter(
        subject="Choose a new password",
        paragraphs=(
            f"Hello {plain(display_name)},",
            "somebody, perhaps you, forgot the password of your account. Choose a new one here. "
            "All devices will be signed out.",
        ),
        link=Link("Choose a new password", f"{origin}/reset#token={token}"),
        small=(
            f"The link works once, for {minutes} minutes.",
            "If this was not you, you need not do anything: your password stays as it is.",
        ),
    )


def email_change_code(*, code: str, minutes: int) -> Letter:
    """To the address that an account wants to have.

    It may be anybody's: nothing that the asker wrote comes before strangers in our name.
    """
    return Letter(
        subject=f"{code} confirms your new address",
        paragraphs=("Type this code in your settings to use this address for your account.",),
        code=code,
        small=(f"The code is good for {minutes} minutes. Give it to nobody.", _NOTHING_TO_DO),
    )


def email_has_account(*, origin: str, display_name: str) -> Letter:
    """To an address that has an account, when another account wants to have it."""
    return Letter(
        subject="You already have an account",
        paragraphs=(
            f"Hello {plain(display_name)},",
            "somebody wanted to use this address for another account. It belongs to yours, so "
            "nothing was changed.",
        ),
        link=Link("Sign in", f"{origin}/login"),
        small=(_NOTHING_TO_DO,),
    )
