"""What identity knows of a person, for their export.

What is shown of each kind of item is named here, so that nothing comes along by itself: an export
holds no hash, key, token or code, which would open the account to whoever reads the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from socialflow.identity import keys
from socialflow.identity.rights.audit_trail import ACTOR, TARGET
from socialflow.platform.dynamodb import Item, Table
from socialflow.platform.partitions import every_item
from socialflow.platform.principal import UserId
from socialflow.platform.records import Section


@dataclass(frozen=True, slots=True)
class Told:
    """The section that a kind of item goes to, and what of it."""

    section: str
    attributes: tuple[str, ...]


TOLD: Final[Mapping[str, Told]] = {
    "user": Told(
        "account",
        (
            "user_id",
            "handle",
            "display_name",
            "email",
            "created_at",
            "bio",
            "links",
            "locale",
            "birth_band",
            "interests",
            "avatar",
            "banner",
            "grants",
            "has_password",
            "second_factor",
            "passkeys",
            "providers",
            "state",
            "delete_after",
            "handle_changed_at",
        ),
    ),
    "session": Told(
        "sessions",
        (
            "session_id",
            "device",
            "address",
            "method",
            "created_at",
            "rotated_at",
            "verified_at",
            "ended_at",
            "end_reason",
        ),
    ),
    "provider": Told("providers", ("provider", "subject", "label", "linked_at")),
    "passkey": Told("security", ("kind", "passkey_id", "name", "created_at", "last_used_at")),
    "totp": Told("security", ("kind", "confirmed_at")),
    "recovery_codes": Told("security", ("kind", "made_at")),
    "former_name": Told("former_handles", ("handle", "since", "until")),
    "mail": Told("mails", ("notice", "email", "created_at", "sent_at")),
    "email_change": Told("mails", ("kind", "email", "created_at", "sent_at")),
    "export": Told("exports", ("id", "requested_at", "ready_at", "size_bytes")),
}
# Half-made things and marks, which say nothing that another item does not say better.
NOT_TOLD: Final = frozenset({"totp_setup", "picture", "deletion", "last_export", "reset"})
ACTS: Final = ("at", "act", "target", "after", "address", "reason")
TOLD_OF: Final = ("at", "act", "before", "after", "reason")


class Takeout:
    """Reads page by page, the person's partition once for each section."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def sections(self, user_id: UserId) -> Iterator[Section]:
        for section in dict.fromkeys(told.section for told in TOLD.values()):
            yield section, self._of_section(user_id, section)
        yield "acts", self._entries(f"{ACTOR}{user_id}", "gsi2", ACTS)
        yield "told_of_you", self._entries(f"{TARGET}{user_id}", "gsi1", TOLD_OF)

    def _of_section(self, user_id: UserId, section: str) -> Iterator[dict[str, Any]]:
        for item in every_item(self._table, keys.user_key(user_id)["pk"]):
            told = TOLD.get(item.get("kind", ""))
            if told and told.section == section:
                yield _picked(item, told.attributes)

    def _entries(
        self, partition: str, index: str, attributes: tuple[str, ...]
    ) -> Iterator[dict[str, Any]]:
        for item in every_item(self._table, partition, index=index):
            yield _picked(item, attributes)


def _picked(item: Item, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: item[name] for name in names if name in item}
