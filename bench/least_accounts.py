"""The least that accounts could ask of DynamoDB; see `least`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bench.declared import LIMIT, Least

_SESSION: Final = "a change looks at the session and its owner, consistently, in one batch"
_KEYS: Final = "the public keys, which a process keeps for a minute"
_AUDIT: Final = "the account, its copies and the audit in one transaction"
_COPIES: Final = "the account and its copies in one transaction"
_READ: Final = "the account is read to be changed under its version"
_BATCHED: Final = "the session's batch holds the account; it is read again by whoever changes it"

_SIGNING_IN: Final[Mapping[str, Least]] = {
    "POST /v1/auth/register": Least(why=f"{LIMIT}; the handle; one item that waits for its code"),
    "POST /v1/auth/register/resend": Least(why=f"{LIMIT}; one conditional write"),
    "POST /v1/auth/register/verify": Least(
        why=f"{LIMIT}; the try counts before the code is looked at; the item; account, copies, "
        "session and notice in one transaction"
    ),
    "POST /v1/auth/login": Least(
        why=f"{LIMIT}, three of them in one transaction; the login in one item; the session with "
        "what takes the tries back"
    ),
    "POST /v1/auth/login/second-factor": Least(
        why=f"{LIMIT}; account and factor in one batch; the session with the spent code"
    ),
    "POST /v1/auth/passkeys/options": Least(why=f"{LIMIT}; the challenge is sealed, not kept"),
    "POST /v1/auth/passkeys": Least(
        why=f"{LIMIT}; passkey and account in one batch; the session with the spent challenge"
    ),
    "POST /v1/auth/step-up": Least(
        trips=1, read=1, why=f"{LIMIT}; {_SESSION}; {_KEYS}; factors in a batch of their own"
    ),
    "POST /v1/auth/password/forgot": Least(
        trips=1, why="limits of network and address, of two kinds; one item, whoever asks"
    ),
    "POST /v1/auth/password/reset": Least(
        why=f"{LIMIT}; the link's item, then its account; {_AUDIT}"
    ),
    "GET /v1/auth/providers": Least(why="asks DynamoDB for nothing"),
    "POST /v1/auth/providers/{provider}/start": Least(why=f"{LIMIT}; {_SESSION}; one flow"),
    "GET /v1/auth/providers/{provider}/callback": Least(why=f"{LIMIT}; the flow, moved on once"),
    "POST /v1/auth/providers/{provider}/callback": Least(why=f"{LIMIT}; the flow, moved on once"),
    "POST /v1/auth/providers/exchange": Least(
        trips=1,
        read=1,
        why=f"{LIMIT}; {_SESSION}; the flow, who is linked, whose address it is; one transaction",
    ),
    "POST /v1/auth/providers/sign-up": Least(
        why=f"{LIMIT}; the flow; account, copies, link and session in one transaction"
    ),
}
_OWN: Final[Mapping[str, Least]] = {
    "GET /v1/users/{handle}": Least(why="the handle's owner, then the account"),
    "PATCH /v1/me": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; {_COPIES}"),
    "PUT /v1/me/handle": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; {_AUDIT}"),
    "GET /v1/me/avatar": Least(why="the account and its last upload in one batch"),
    "GET /v1/me/banner": Least(why="the account and its last upload in one batch"),
    "POST /v1/me/avatar": Least(why=f"{LIMIT}; {_SESSION}; the upload is signed, not kept"),
    "POST /v1/me/banner": Least(why=f"{LIMIT}; {_SESSION}; the upload is signed, not kept"),
    "DELETE /v1/me/avatar": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; {_COPIES}"),
    "DELETE /v1/me/banner": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; {_COPIES}"),
    "PUT /v1/me/password": Least(
        trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; the login, with the hash; {_AUDIT}"
    ),
    "POST /v1/me/email": Least(
        trips=1, read=1, why=f"limits of two kinds; {_BATCHED}; one item that waits for its code"
    ),
    "POST /v1/me/email/verify": Least(
        trips=1, read=1, why=f"{LIMIT}; the try counts first; item, login; {_AUDIT}"
    ),
    "GET /v1/me/sessions": Least(why="one query; who asks is among what it finds"),
    "DELETE /v1/me/sessions": Least(
        trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; how many there are; {_AUDIT}"
    ),
    "DELETE /v1/me/sessions/{session_id}": Least(
        trips=1, read=1, why=f"{LIMIT}; {_SESSION}; session and account to refuse by name; {_AUDIT}"
    ),
    "GET /v1/me/security": Least(why="account, factor and codes in one batch"),
    "GET /v1/me/providers": Least(why="one query"),
    "DELETE /v1/me/providers/{provider}": Least(
        trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; the link; {_AUDIT}"
    ),
    "GET /v1/me/passkeys": Least(why="one query"),
    "POST /v1/me/passkeys/options": Least(
        trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; those that there are"
    ),
    "POST /v1/me/passkeys": Least(
        trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; passkey, credential, account, challenge, audit"
    ),
    "PATCH /v1/me/passkeys/{passkey_id}": Least(why=f"{LIMIT}; {_SESSION}; one conditional write"),
    "DELETE /v1/me/passkeys/{passkey_id}": Least(
        trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; passkey, credential, account and audit"
    ),
    "POST /v1/me/totp": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; a secret that waits"),
    "POST /v1/me/totp/confirm": Least(
        trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; factor, codes, account and audit"
    ),
    "DELETE /v1/me/totp": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; {_AUDIT}"),
    "POST /v1/me/recovery-codes": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; {_AUDIT}"),
}
_RIGHTS: Final[Mapping[str, Least]] = {
    "POST /v1/me/exports": Least(
        trips=1, why="lease, export with its audit, and answer survive a crash of the next"
    ),
    "GET /v1/me/exports": Least(why="one query"),
    "GET /v1/me/exports/{export_id}": Least(why="one item"),
    "POST /v1/me/exports/{export_id}/link": Least(
        why=f"{LIMIT}; {_SESSION}; one item; the note of it with its audit"
    ),
    "POST /v1/me/deletion": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; {_AUDIT}"),
    "DELETE /v1/me/deletion": Least(trips=1, read=1, why=f"{LIMIT}; {_BATCHED}; {_AUDIT}"),
    "GET /v1/admin/users": Least(why="one item, by handle, address or id"),
    "GET /v1/admin/users/{user_id}": Least(why="the account, then its former handles"),
    "GET /v1/admin/audit": Least(
        together=29, why="two days, then all others of a month side by side, where nothing was done"
    ),
    "PUT /v1/admin/users/{user_id}/roles/{role}": Least(
        why=f"{LIMIT}; {_SESSION}; {_READ}; {_AUDIT}"
    ),
    "DELETE /v1/admin/users/{user_id}/roles/{role}": Least(
        why=f"{LIMIT}; {_SESSION}; {_READ}; {_AUDIT}"
    ),
    "DELETE /v1/admin/users/{user_id}/sessions": Least(
        why=f"{LIMIT}; {_SESSION}; {_READ}; how many there are; {_AUDIT}"
    ),
    "identity.every_1_hour_settle_rights": Least(
        why="one query of what is due; each that is due costs its own step"
    ),
    "identity.grant_role": Least(trips=1, read=0.5, why=f"the handle, {_READ}; {_AUDIT}"),
    "identity.on_mail_requested": Least(why="who asked, their account; the mark that it was sent"),
    "identity.on_picture_uploaded": Least(why=f"{_READ}; {_COPIES}"),
    "identity.on_picture_replaced": Least(why="the account, to be sure, consistently"),
    "identity.on_revocation_requested": Least(
        why="the token, consistently; it goes once the provider has it back"
    ),
    "identity.on_record_written": Least(why="the part is noted; the last one ends the export"),
}
_EXPORT: Final = "each kind of item is a query of its own, of pages as large as they come"
_ERASURE: Final = "looks until nothing is left; each look is a query, each item found a write"
_EVERY: Final[Mapping[str, Least]] = {
    f"{context}.{name}": Least(why=why)
    for context in ("identity", "videos", "live", "chat", "social")
    for name, why in (("on_export_requested", _EXPORT), ("on_account_deleted", _ERASURE))
}

ACCOUNTS: Final[Mapping[str, Least]] = {**_SIGNING_IN, **_OWN, **_RIGHTS, **_EVERY}
