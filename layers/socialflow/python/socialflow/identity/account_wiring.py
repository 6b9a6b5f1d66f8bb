"""Puts accounts and mails together, once a process: what only identity's own functions use."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from socialflow.identity import wiring
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.ids import id_factory
from socialflow.platform.settings import setting

if TYPE_CHECKING:
    from socialflow.identity.accounts.changing_email import EmailChanges
    from socialflow.identity.accounts.limits import AccountLimits
    from socialflow.identity.accounts.passwords import NewPasswords
    from socialflow.identity.accounts.registering import Registrations
    from socialflow.identity.accounts.repository import PendingRepository
    from socialflow.identity.accounts.resetting import PasswordChanges
    from socialflow.identity.accounts.signing_in import SigningIn
    from socialflow.identity.mail.delivery import MailDelivery
    from socialflow.identity.mail.ses import Postman
    from socialflow.identity.passwords.breaches import BreachedPasswords
    from socialflow.identity.passwords.hashing import Passwords


@functools.cache
def passwords() -> Passwords:
    from socialflow.identity.passwords.hashing import Passwords

    return Passwords()


@functools.cache
def breached_passwords() -> BreachedPasswords:
    from socialflow.identity.passwords.breaches import NoBreachCheck, PwnedPasswords

    url = setting("SF_BREACH_CHECK_URL", "")
    return PwnedPasswords(url) if url else NoBreachCheck()


@functools.cache
def new_passwords() -> NewPasswords:
    from socialflow.identity.accounts.passwords import NewPasswords

    return NewPasswords(passwords(), breached_passwords())


@functools.cache
def pending() -> PendingRepository:
    from socialflow.identity.accounts.repository import PendingRepository

    return PendingRepository(wiring.table(), new_id=id_factory())


@functools.cache
def account_limits() -> AccountLimits:
    from socialflow.identity.accounts.limits import AccountLimits

    return AccountLimits(wiring.rate_limiter(), wiring.devices())


@functools.cache
def registrations() -> Registrations:
    from socialflow.identity.accounts.registering import Registrations

    return Registrations(
        pending(),
        wiring.repository(),
        sealer=wiring.sealer(),
        sessions=wiring.sessions(),
        passwords=passwords(),
        new_passwords=new_passwords(),
        refresh=wiring.refresh_tokens(),
        limits=account_limits(),
        clock=utc_now,
        new_id=id_factory(),
    )


@functools.cache
def signing_in() -> SigningIn:
    from socialflow.identity.accounts.signing_in import SigningIn

    return SigningIn(
        wiring.repository(),
        sessions=wiring.sessions(),
        passwords=passwords(),
        limits=account_limits(),
    )


@functools.cache
def password_changes() -> PasswordChanges:
    from socialflow.identity.accounts.resetting import PasswordChanges

    return PasswordChanges(
        pending(),
        wiring.repository(),
        sealer=wiring.sealer(),
        passwords=passwords(),
        new_passwords=new_passwords(),
        limits=account_limits(),
        clock=utc_now,
        new_id=id_factory(),
    )


@functools.cache
def email_changes() -> EmailChanges:
    from socialflow.identity.accounts.changing_email import EmailChanges

    return EmailChanges(
        pending(),
        wiring.repository(),
        sealer=wiring.sealer(),
        limits=account_limits(),
        clock=utc_now,
        new_id=id_factory(),
    )


@functools.cache
def postman() -> Postman | None:
    """None where the stage sends no mail."""
    from socialflow.identity.mail.ses import SesPostman

    sender = setting("SF_MAIL_FROM", "")
    if not sender:
        return None
    configuration_set = setting("SF_MAIL_CONFIGURATION_SET", "")
    return SesPostman(lambda: client("sesv2"), sender=sender, configuration_set=configuration_set)


@functools.cache
def mail_delivery() -> MailDelivery:
    from socialflow.identity.mail.delivery import MailDelivery

    return MailDelivery(
        wiring.table(),
        wiring.repository(),
        sealer=wiring.sealer(),
        postman=postman(),
        origin=setting("SF_PUBLIC_ORIGIN", ""),
        clock=utc_now,
    )
