"""How often one may try a password, a code or a link, and ask for mails.

Signing in is slowed, never locked (OWASP, Authentication Cheat Sheet, "Account lockout"; Blocking
Brute Force Attacks, "Device cookies"):

    from a device that knows the account    login_device     5 tries, then 1 s … 15 min apart
    from anywhere else                      login            the same, for account and network
                                            login_account    20 tries, then 1 … 30 s apart, for the
                                                             account from all networks together
    in either case                          login_network    100 failures in 5 minutes

So whoever guesses at one account from many networks gets a try in 30 seconds, all together, and
the owner's own devices do not notice. A success ends the account's waits, and takes back its own
try of the network and no other's.

An account that is not there is counted as one that is, by its address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from socialflow.identity.sessions.devices import Devices
from socialflow.identity.sessions.sessions import Device
from socialflow.platform.dynamodb import Write
from socialflow.platform.rate_limits import (
    DelayPolicy,
    Policy,
    RateLimiter,
    RatePolicy,
    TriesPolicy,
)

LOG_IN: Final = DelayPolicy("login", free=5, first_seconds=1, ceiling_seconds=900)
LOG_IN_DEVICE: Final = DelayPolicy("login_device", free=5, first_seconds=1, ceiling_seconds=900)
LOG_IN_ACCOUNT: Final = DelayPolicy("login_account", free=20, first_seconds=1, ceiling_seconds=30)
LOG_IN_NETWORK: Final = RatePolicy("login_network", limit=100, window_seconds=300)

# Six digits and five tries: one guess in 200,000 succeeds.
REGISTRATION_TRIES: Final = TriesPolicy("registration_code", limit=5, kept_seconds=3600)
EMAIL_CHANGE_TRIES: Final = TriesPolicy("email_change_code", limit=5, kept_seconds=3600)

# Mails to one address that one network asks for, and that all do. The second is wide: whoever
# wants to keep somebody from resetting a password could use it up.
MAIL: Final = DelayPolicy("mail", free=3, first_seconds=60, ceiling_seconds=3600)
MAIL_ADDRESS: Final = RatePolicy("mail_address", limit=20, window_seconds=3600)


@dataclass(frozen=True, slots=True)
class Charged:
    """A sign-in that was counted, and what takes it back."""

    charges: Sequence[tuple[Policy, str]]
    limiter: RateLimiter

    def succeeded(self) -> list[Write]:
        """The writes of its success: the waits are over, and the network gets its try back."""
        return [
            self.limiter.forget(policy, subject)
            if isinstance(policy, DelayPolicy)
            else self.limiter.give_back(policy, subject)
            for policy, subject in self.charges
        ]


class AccountLimits:
    """Counts what concerns accounts."""

    def __init__(self, limiter: RateLimiter, devices: Devices) -> None:
        self._limiter = limiter
        self._devices = devices

    def count_sign_in(self, email: str, device: Device) -> Charged:
        """Counts one try at an account, in one transaction; raises `RateLimited`."""
        known = self._devices.read(device.token)
        charges: list[tuple[Policy, str]] = [(LOG_IN_NETWORK, device.address)]
        if known and known.knows(email):
            charges.append((LOG_IN_DEVICE, f"{email}\n{known.id}"))
        else:
            charges += [(LOG_IN, f"{email}\n{device.address}"), (LOG_IN_ACCOUNT, email)]
        self._limiter.spend_all(charges)
        return Charged(charges, self._limiter)

    def open_again(self, email: str, device: Device) -> list[Write]:
        """The writes that end an account's waits for whoever proved that its mailbox is theirs."""
        return [
            self._limiter.forget(LOG_IN, f"{email}\n{device.address}"),
            self._limiter.forget(LOG_IN_ACCOUNT, email),
        ]

    def count_mail(self, email: str, network: str) -> None:
        """Counts a mail that somebody asks for; raises `RateLimited`."""
        self._limiter.spend_all([(MAIL, f"{email}\n{network}"), (MAIL_ADDRESS, email)])

    def count_try(self, policy: TriesPolicy, subject: str) -> None:
        """Counts one try at a code; raises `TriesSpent`."""
        self._limiter.spend_all([(policy, subject)])
