"""Accounts and profiles, and the rules for what a person may call themselves.

E-mail addresses and handles are compared in one normal form, so that two spellings of one
address or name can never be two accounts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from socialflow.identity.errors import (
    DisplayNameInvalid,
    EmailInvalid,
    HandleInvalid,
    HandleReserved,
)
from socialflow.identity.profiles.look_alikes import (
    claims_authority,
    imitates_reserved,
    mixes_scripts,
)
from socialflow.platform.principal import SessionId, UserId

DEFAULT_ROLES = ("viewer", "creator")

MAX_EMAIL_CHARACTERS = 254  # RFC 5321, 4.5.3.1.3: a path is 256 octets, brackets included
MAX_LOCAL_PART_OCTETS = 64  # RFC 5321, 4.5.3.1.1
MAX_DOMAIN_OCTETS = 253
MIN_HANDLE_CHARACTERS = 3
MAX_HANDLE_CHARACTERS = 30
MAX_DISPLAY_NAME_CHARACTERS = 50

# Names that a page, a role or the company itself would be mistaken for.
_RESERVED = """
    about abuse account accounts admin administrator ads advertiser advertising api app apps auth
    billing blog bot contact copyright creator creators dashboard dev developer developers docs
    everyone explore feed finance guest health help here home info jobs legal live login logout
    mail media mod moderator moderators money news nobody notifications null official owner
    payments payouts playlist playlists policy postmaster press privacy profile register root
    safety search security session settings signin signup social social_flow socialflow staff
    status stream studio subscriptions superadmin superuser support system team telegram terms
    trending trust undefined upload uploads user users video videos viewer watch webmaster www
"""
RESERVED_HANDLES = frozenset(_RESERVED.split())

# Compiled where they are used first: every API function imports this module, for the names that it
# shows, and compiling takes 5 ms.
_HANDLE = rf"[a-z0-9_]{{{MIN_HANDLE_CHARACTERS},{MAX_HANDLE_CHARACTERS}}}"
# RFC 5321's Dot-string; RFC 6531 adds everything beyond ASCII. Quoted local parts are refused.
_LOCAL_PART = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
    r"(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+)*"
)
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}"
# Marks that turn the text around them (UAX #9): a name must not reach out of its own line.
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_UNSEEN = frozenset({"Cc", "Cn", "Co", "Cs", "Zl", "Zp"})


class AccountState(StrEnum):
    """`CLOSING` is an account whose deletion was asked for and can still be taken back."""

    ACTIVE = "active"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What anybody may know of a user. `avatar` is the version of the picture.

    A `hidden` one's owner is about to leave: their handle leads to nobody.
    """

    id: UserId
    handle: str
    display_name: str
    avatar: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGrant:
    """A role beyond those that everybody has; without `expires_at`, for good."""

    role: str
    expires_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the role is still held."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account, as its owner sees it. `email` (proven to be theirs) and `handle` are in normal
    form.

    `version` counts the changes. Sessions of another `sessions_epoch` are over, but for
    `kept_session`: so that one write ends them all. `passkeys` counts them, `providers` are the
    ids of those that are linked. `avatar` and `banner` are versions of pictures; `birth_band` and
    `interests` are there only where their owner declared them.
    """

    id: UserId
    handle: str
    display_name: str
    created_at: datetime
    email: str | None = None
    has_password: bool = True
    second_factor: bool = False
    passkeys: int = 0
    providers: tuple[str, ...] = ()
    grants: tuple[RoleGrant, ...] = ()
    version: int = 1
    sessions_epoch: int = 0
    kept_session: SessionId | None = None
    state: AccountState = AccountState.ACTIVE
    delete_after: datetime | None = None
    handle_changed_at: datetime | None = None
    bio: str = ""
    links: tuple[str, ...] = ()
    locale: str | None = None
    avatar: str | None = None
    banner: str | None = None
    birth_band: str | None = None
    interests: tuple[str, ...] = ()

    def without_sessions(self, *, keep: SessionId | None = None) -> User:
        """The account with all its sessions ended, but for one."""
        return replace(self, sessions_epoch=self.sessions_epoch + 1, kept_session=keep)

    def roles(self, now: datetime) -> tuple[str, ...]:
        """Everything that this account may act as at `now`, sorted."""
        held = {grant.role for grant in self.grants if grant.holds(now)}
        return tuple(sorted(held.union(DEFAULT_ROLES)))

    @property
    def profile(self) -> Profile:
        """What anybody may know."""
        return Profile(
            id=self.id,
            handle=self.handle,
            display_name=self.display_name,
            avatar=self.avatar,
            hidden=self.state is AccountState.CLOSING,
        )


def normal_email(text: str) -> str:
    """The address in normal form: NFC, casefolded, its domain in ASCII; raises `EmailInvalid`.

    Accepts what RFC 5321 and 6531 call a mailbox with a Dot-string and a domain name, which
    leaves out quoted local parts and address literals.
    """
    address = unicodedata.normalize("NFC", text[: MAX_EMAIL_CHARACTERS + 1].strip())
    local, _, domain = address.rpartition("@")
    local = unicodedata.normalize("NFC", local.casefold())
    domain = _ascii_domain(domain.casefold())
    if (
        len(text) > MAX_EMAIL_CHARACTERS
        or any(unicodedata.category(character)[0] in "CZ" for character in address)
        or not re.fullmatch(_LOCAL_PART, local)
        or len(local.encode()) > MAX_LOCAL_PART_OCTETS
        or len(domain) > MAX_DOMAIN_OCTETS
        or not re.fullmatch(_DOMAIN, domain)
    ):
        raise EmailInvalid("This is not an e-mail address we can use; check its spelling.")
    return f"{local}@{domain}"


def mailable_email(text: str) -> str:
    """The address in normal form, if a mail of ours can reach it; raises `EmailInvalid`.

    SES does not speak SMTPUTF8 (RFC 6531): what stands before the @ has to be ASCII.
    """
    address = normal_email(text)
    if not address.isascii():
        raise EmailInvalid("We cannot send mail to this address; use one in plain letters.")
    return address


def _ascii_domain(domain: str) -> str:
    """The domain with its international labels as A-labels (RFC 3490), '' where it has none."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return ""


def normal_handle(text: str) -> str:
    """The handle in lower case; raises `HandleInvalid` or `HandleReserved`."""
    handle = text.strip().lower()
    if not re.fullmatch(_HANDLE, handle):
        raise HandleInvalid(
            f"A handle has {MIN_HANDLE_CHARACTERS} to {MAX_HANDLE_CHARACTERS} characters: "
            "letters a to z, digits and underscores."
        )
    if imitates_reserved(handle, RESERVED_HANDLES):
        raise HandleReserved("This handle is reserved; choose another.")
    return handle


def clean_display_name(text: str) -> str:
    """The name as it is shown: NFC, trimmed; raises `DisplayNameInvalid`."""
    name = unicodedata.normalize("NFC", text).strip()
    seen = sum(not unicodedata.combining(character) for character in name)
    if not 1 <= len(name) <= MAX_DISPLAY_NAME_CHARACTERS or seen < 1:
        raise DisplayNameInvalid(
            f"A display name has 1 to {MAX_DISPLAY_NAME_CHARACTERS} characters."
        )
    if any(c in _BIDI_CONTROLS or unicodedata.category(c) in _UNSEEN for c in name):
        raise DisplayNameInvalid("A display name cannot hold control characters.")
    if mixes_scripts(name):
        raise DisplayNameInvalid("A word of a display name is written in one script.")
    if claims_authority(name):
        raise DisplayNameInvalid("This name would be taken for us; choose another.")
    return name
