"""From an item that asks for a mail to a mail that is sent.

The event names the item alone. What the letter says, whether the address has an account, and the
link or code, which follow from the item's id, are found here: so neither the event nor the queue
holds an address or a token.

    read the item ── sent before? done ── write the letter ── SES ── note on the item: sent

Whoever dies between the last two sends it twice: two mails are better than none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from socialflow.identity.accounts.pending import (
    EMAIL_CHANGE_SEAL,
    REGISTRATION_SEAL,
    RESET_SEAL,
    email_change_from,
    registration_from,
    reset_from,
)
from socialflow.identity.mail import requests
from socialflow.identity.mail.letters import Letter, render
from socialflow.identity.mail.notices import letter_for
from socialflow.identity.mail.outbox import Notice, mail_wanted
from socialflow.identity.mail.ses import MailUndeliverable, Postman
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sealing.sealer import Sealer
from socialflow.platform.clock import Clock, from_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Item, Table, Write
from socialflow.platform.observability import logger

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Addressed:
    """A letter and where it goes."""

    letter: Letter
    to: str


class MailDelivery:
    """Sends what items ask for."""

    def __init__(
        self,
        table: Table,
        repository: IdentityRepository,
        *,
        sealer: Sealer,
        postman: Postman | None,
        origin: str,
        clock: Clock,
    ) -> None:
        self._table = table
        self._repository = repository
        self._sealer = sealer
        self._postman = postman
        self._origin = origin.rstrip("/")
        self._clock = clock
        self._writers: Mapping[str, Callable[[Item], Addressed | None]] = {
            "registration": self._registration,
            "reset": self._reset,
            "email_change": self._email_change,
            "mail": self._notice,
        }

    def deliver(self, key: Mapping[str, str]) -> None:
        """Sends the mail that an item asks for, unless it was sent, or is of no use any more."""
        item = self._table.get(key, consistent=True)
        wanted = mail_wanted(item or {})
        if item is None or wanted is None or item.get("mail_sent") == wanted:
            return
        if item["expires_at"] <= self._clock().timestamp():
            return
        if self._postman is None or not self._origin:
            logger().warning(
                "mail not sent: set SF_MAIL_FROM and SF_PUBLIC_ORIGIN (stage data `mail_from` "
                "and the public origin)",
                extra={"kind": item["kind"]},
            )
            return
        addressed = self._writers[item["kind"]](item)
        if addressed:
            self._send(self._postman, addressed, kind=str(item.get("notice") or item["kind"]))
        self._note(key, wanted)

    def _send(self, postman: Postman, addressed: Addressed, *, kind: str) -> None:
        try:
            postman.send(render(addressed.letter), to=addressed.to, kind=kind)
        except MailUndeliverable as error:
            logger().error("mail undeliverable", extra={"kind": kind}, exc_info=error)

    def _note(self, key: Mapping[str, str], wanted: str) -> None:
        try:
            self._table.write(
                Write(key=key, set={"mail_sent": wanted}, condition="attribute_exists(pk)")
            )
        except ConditionFailed:
            # Gone meanwhile; without the condition, a stump would stay for ever.
            return

    def _registration(self, item: Item) -> Addressed | None:
        registration = registration_from(item)
        if registration.made:
            return None
        there = self._repository.login(registration.email)
        if there:
            letter = requests.account_exists(
                origin=self._origin, display_name=there.user.display_name
            )
        else:
            letter = requests.registration_code(
                origin=self._origin,
                code=self._sealer.code(REGISTRATION_SEAL, registration.id),
                minutes=self._minutes_left(item),
            )
        return Addressed(letter, registration.email)

    def _reset(self, item: Item) -> Addressed | None:
        reset = reset_from(item)
        login = self._repository.login(reset.email)
        if login is None or reset.used:
            return None
        letter = requests.password_reset(
            origin=self._origin,
            token=self._sealer.token(RESET_SEAL, reset.subject, reset.expires_at),
            display_name=login.user.display_name,
            minutes=self._minutes_left(item),
        )
        return Addressed(letter, reset.email)

    def _email_change(self, item: Item) -> Addressed | None:
        change = email_change_from(item)
        user = self._repository.user(change.user_id)
        if change.done or user is None:
            return None
        there = self._repository.login(change.email)
        if there:
            letter = requests.email_has_account(
                origin=self._origin, display_name=there.user.display_name
            )
        else:
            letter = requests.email_change_code(
                code=self._sealer.code(EMAIL_CHANGE_SEAL, change.id),
                minutes=self._minutes_left(item),
            )
        return Addressed(letter, change.email)

    def _notice(self, item: Item) -> Addressed | None:
        if not item.get("email"):
            return None
        letter = letter_for(
            Notice(item["notice"]),
            item["details"],
            origin=self._origin,
            at=from_rfc3339(item["created_at"]),
        )
        return Addressed(letter, item["email"])

    def _minutes_left(self, item: Item) -> int:
        return max(1, int(item["expires_at"] - self._clock().timestamp()) // _MINUTE)
