"""What the letters say to an account's owner after something happened to the account.

| notice                 | details                                        |
|------------------------|------------------------------------------------|
| `new_device`           | device, address, method                        |
| `password_changed`     | how: `changed` or `reset`; device, address     |
| `email_changed`        | new: the new address                           |
| `refresh_token_reused` | device                                         |
| `factor_changed`       | what: a sentence such as "Two-step sign-in was switched on." |
| `passkey_cloned`       | passkey: its name                              |
| `provider_changed`     | what: a sentence such as "Google was linked."  |
| `deletion_requested`   | delete_after: RFC 3339                         |
| `deletion_cancelled`   |                                                |
| `export_ready`         | expires_at: RFC 3339                           |

A letter never links past sign-in: whoever presses a link in a warning signs in first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from socialflow.identity.mail.kinds import Notice
from socialflow.identity.mail.letters import Letter, Link
from socialflow.platform.clock import from_rfc3339

Details = Mapping[str, str]

_NOT_YOU: Final = (
    "If this was not you, choose a new password at once and look through your devices."
)


def letter_for(notice: Notice, details: Details, *, origin: str, at: datetime) -> Letter:
    """The letter of a notice about something that happened `at` that time."""
    return _LETTERS[notice](details, origin, at)


def day_and_time(moment: datetime) -> str:
    """`21 November 2026, 09:30 UTC`: nobody's time zone is known here."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


def _new_device(details: Details, origin: str, at: datetime) -> Letter:
    return Letter(
        subject="New sign-in to your account",
        paragraphs=("Somebody signed in to your account from a device that we had not seen.",),
        facts=(*_where(details), ("When", day_and_time(at))),
        link=Link("Look at your devices", f"{origin}/settings/security"),
        small=("If this was you, there is nothing to do.", _NOT_YOU),
    )


def _password_changed(details: Details, origin: str, at: datetime) -> Letter:
    was_reset = details.get("how") == "reset"
    how = "set by a link that we sent to this address" if was_reset else "changed"
    return Letter(
        subject="Your password was changed",
        paragraphs=(
            f"The password of your account was {how}. Other devices have been signed out.",
        ),
        facts=(*_where(details), ("When", day_and_time(at))),
        link=Link("Reset your password", f"{origin}/reset"),
        small=("If this was you, there is nothing to do. If it was not, reset it at once.",),
    )


def _email_changed(details: Details, origin: str, at: datetime) -> Letter:
    return Letter(
        subject="Your e-mail address was changed",
        paragraphs=("Your account has another e-mail address now; this one signs in no more.",),
        facts=(("New address", _masked(details.get("new", ""))), ("When", day_and_time(at))),
        small=(
            "If this was not you, somebody is in your account and can reset its password: tell "
            f"our support at once ({origin}).",
        ),
    )


def _refresh_token_reused(details: Details, origin: str, at: datetime) -> Letter:
    return Letter(
        subject="We signed a device out for safety",
        paragraphs=(
            "A key that keeps one of your devices signed in was used twice, which happens when "
            "somebody has a copy of it. That device has been signed out.",
        ),
        facts=(*_where(details), ("When", day_and_time(at))),
        link=Link("Look at your devices", f"{origin}/settings/security"),
        small=("Signing in again is safe. If you see devices that are not yours, end them.",),
    )


def _factor_changed(details: Details, origin: str, at: datetime) -> Letter:
    return _something_changed("How you sign in has changed", details, origin, at)


def _provider_changed(details: Details, origin: str, at: datetime) -> Letter:
    return _something_changed("A way to sign in has changed", details, origin, at)


def _something_changed(subject: str, details: Details, origin: str, at: datetime) -> Letter:
    return Letter(
        subject=subject,
        paragraphs=(details.get("what", "A way to sign in to your account was changed."),),
        facts=(("When", day_and_time(at)),),
        link=Link("Look at your security settings", f"{origin}/settings/security"),
        small=("If this was you, there is nothing to do.", _NOT_YOU),
    )


def _passkey_cloned(details: Details, origin: str, at: datetime) -> Letter:
    return Letter(
        subject="A passkey of yours may have been copied",
        paragraphs=(
            "Somebody tried to sign in with a passkey whose counter went backwards, as that of a "
            "copy does. We refused it.",
        ),
        facts=(("Passkey", details.get("passkey", "")), ("When", day_and_time(at))),
        link=Link("Look at your passkeys", f"{origin}/settings/security"),
        small=("Remove that passkey and make a new one. " + _NOT_YOU,),
    )


def _deletion_requested(details: Details, origin: str, _at: datetime) -> Letter:
    return Letter(
        subject="Your account will be deleted",
        paragraphs=(
            "You asked us to delete your account. It is hidden from now on and will be erased "
            "with everything in it. Until then you can sign in and keep it.",
        ),
        facts=(("Erased after", _moment(details.get("delete_after", ""))),),
        link=Link("Keep the account", f"{origin}/settings/data"),
        small=("If you did not ask for this, keep the account and choose a new password.",),
    )


def _deletion_cancelled(_details: Details, origin: str, at: datetime) -> Letter:
    return Letter(
        subject="Your account stays",
        paragraphs=("The deletion of your account was called off. Nothing was erased.",),
        facts=(("When", day_and_time(at)),),
        link=Link("Look at your security settings", f"{origin}/settings/security"),
        small=(_NOT_YOU,),
    )


def _export_ready(details: Details, origin: str, _at: datetime) -> Letter:
    return Letter(
        subject="Your data is ready",
        paragraphs=("The copy of your data that you asked for can be downloaded now.",),
        facts=(("There until", _moment(details.get("expires_at", ""))),),
        link=Link("Get your data", f"{origin}/settings/data"),
        small=(_NOT_YOU,),
    )


_LETTERS: Final[Mapping[Notice, Callable[[Details, str, datetime], Letter]]] = {
    Notice.NEW_DEVICE: _new_device,
    Notice.PASSWORD_CHANGED: _password_changed,
    Notice.EMAIL_CHANGED: _email_changed,
    Notice.REFRESH_TOKEN_REUSED: _refresh_token_reused,
    Notice.FACTOR_CHANGED: _factor_changed,
    Notice.PASSKEY_CLONED: _passkey_cloned,
    Notice.PROVIDER_CHANGED: _provider_changed,
    Notice.DELETION_REQUESTED: _deletion_requested,
    Notice.DELETION_CANCELLED: _deletion_cancelled,
    Notice.EXPORT_READY: _export_ready,
}
_MONTH_NAMES: Final = (
    "January February March April May June July August September October November December"
)
_MONTHS: Final = tuple(_MONTH_NAMES.split())


def _where(details: Details) -> tuple[tuple[str, str], ...]:
    named = (("Device", "device"), ("Network", "address"), ("By", "method"))
    return tuple((label, details[name]) for label, name in named if details.get(name))


def _moment(text: str) -> str:
    return day_and_time(from_rfc3339(text)) if text else "-"


def _masked(address: str) -> str:
    """`a…n@example.com`: the old address may be the thief's reader, or somebody else's by now."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…{local[-1:] if len(local) > 2 else ''}@{domain}" if local else "-"
