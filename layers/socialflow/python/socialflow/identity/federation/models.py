"""Who a provider says somebody is, and a sign-in that is under way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from socialflow.identity.errors import (
    DisplayNameInvalid,
    EmailInvalid,
    HandleInvalid,
    HandleReserved,
)
from socialflow.identity.models import (
    MAX_DISPLAY_NAME_CHARACTERS,
    MAX_HANDLE_CHARACTERS,
    MIN_HANDLE_CHARACTERS,
    clean_display_name,
    normal_email,
    normal_handle,
)
from socialflow.platform.principal import UserId

FLOW_ID_PREFIX: Final = "flw"
# Long enough to sign in at the provider, with its own second factor.
FLOW_LIFETIME: Final = timedelta(minutes=15)
SIGN_UP_LIFETIME: Final = timedelta(minutes=30)
WEB: Final = "web"


class Intent(StrEnum):
    """What a flow is for."""

    SIGN_IN = "sign_in"
    LINK = "link"


class Stage(StrEnum):
    """How far a flow has come. It moves from left to right and never back.

    started ── returned (a code came) ── told (a new person, waiting for a name) ── over
    """

    STARTED = "started"
    RETURNED = "returned"
    TOLD = "told"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderIdentity:
    """Who somebody is at a provider. `email` is there only where the provider confirmed it.

    `sealed_token` is the refresh token that came beside it, encrypted, of a provider that wants
    it back.
    """

    provider: str
    subject: str
    email: str | None = None
    name: str | None = None
    username: str | None = None
    sealed_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedIdentity:
    """An identity as it is linked to an account. `label` is what its owner knows it by.

    `sealed_token` is the provider's newest refresh token, encrypted, where it wants that back.
    """

    provider: str
    subject: str
    user_id: UserId
    label: str
    linked_at: datetime
    sealed_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One sign-in through a provider, from its start to its end.

    `challenge` is the S256 of a secret that only the page or app that began it has. `code` is the
    provider's, encrypted; `name` is what came beside it (Apple); `identity` is there while `told`;
    `signup_key` is the digest of the Idempotency-Key of the sign-up that ended it.
    """

    id: str
    provider: str
    intent: Intent
    return_to: str
    challenge: str
    stage: Stage
    expires_at: datetime
    user_id: UserId | None = None
    code: str | None = None
    name: str | None = None
    identity: ProviderIdentity | None = None
    signup_key: str | None = None

    def is_begun_by(self, verifier: str) -> bool:
        """Whether the caller holds the secret of the one who began it (RFC 7636, 4.6)."""
        return hmac.compare_digest(s256(verifier), self.challenge)


def s256(verifier: str) -> str:
    """The challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def confirmed_email(text: object) -> str | None:
    """An address in normal form, None where it is none that we could use.

    Nor one beyond ASCII: casefolding and IDNA 2003 bring it into the form of another mailbox
    (`weiß@` is `weiss@` then), which is not the one that the provider confirmed.
    """
    if not isinstance(text, str) or not text.isascii():
        return None
    try:
        return normal_email(text)
    except EmailInvalid:
        return None


def told_name(*parts: object) -> str | None:
    """A name that a provider tells, made fit to be shown; None where nothing is left of it."""
    text = " ".join(part for part in parts if isinstance(part, str))[
        : 4 * MAX_DISPLAY_NAME_CHARACTERS
    ]
    shown = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    name = " ".join(shown.split())[:MAX_DISPLAY_NAME_CHARACTERS].strip()
    try:
        return clean_display_name(name)
    except DisplayNameInvalid:
        return None


def suggested_handle(identity: ProviderIdentity) -> str:
    """A handle that the person may like; empty where none comes to mind. It may be taken."""
    address = (identity.email or "").partition("@")[0]
    for source in (identity.username, identity.name, address):
        folded = unicodedata.normalize("NFKD", source or "").encode("ascii", "ignore").decode()
        text = re.sub(r"[^a-z0-9]+", "_", folded.lower()).strip("_")[:MAX_HANDLE_CHARACTERS]
        if len(text) < MIN_HANDLE_CHARACTERS:
            continue
        try:
            return normal_handle(text)
        except (HandleInvalid, HandleReserved):
            continue
    return ""
