"""`Idempotency-Key`: the same request twice is done once and answered alike.

The first request takes a lease on the key. When it finishes, its answer is kept for 24 hours.
One that died half-way leaves its lease to run out; whoever repeats the request then goes on
with the *same seed*, from which the operation derives its ids, so that the work already done
is found again instead of being done twice:

    first   ── begin (seed S) ── writes made with ids from S ── ✗ dies
    repeat  ── begin: lease held ── 409, Retry-After
    repeat  ── begin: lease over (seed S) ── the same writes, the same ids ── finish ── answer

Semantics follow draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.dynamodb import ConditionFailed, Item, Table, Write
from socialflow.platform.errors import Conflict, Malformed
from socialflow.platform.ids import IdFactory

LEASE = timedelta(seconds=30)
KEEP = timedelta(hours=24)


class KeyReused(Malformed):
    """The key came before with another body."""

    code = "idempotency_key_reused"


class RequestInProgress(Conflict):
    """The first request with this key has not finished."""

    code = "request_in_progress"
    retryable = True


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first request was told."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """Leave to do the work: derive every new id from `seed`."""

    seed: str


class IdempotencyStore:
    """Keys live in the context's own table, under `IDEMPOTENCY#…`, and expire by TTL."""

    def __init__(self, table: Table, *, new_id: IdFactory, clock: Clock = utc_now) -> None:
        self._table = table
        self._new_id = new_id
        self._clock = clock

    def begin(
        self, *, caller: str, operation: str, key: str, body: bytes
    ) -> Attempt | StoredAnswer:
        """Takes the lease, or returns the kept answer.

        Raises `KeyReused` where the body differs, `RequestInProgress` while another holds the
        lease. One write; a second one only where a lease has run out.
        """
        now = self._clock()
        fingerprint = hashlib.sha256(body).hexdigest()
        item: Item = self._key(caller, operation, key) | {
            "fingerprint": fingerprint,
            "seed": self._new_id("seed"),
            "lease_until": int((now + LEASE).timestamp()),
            "expires_at": int((now + KEEP).timestamp()),
        }
        try:
            # TTL deletes late, so an item past its time counts as gone.
            self._table.write(
                Write(
                    put=item,
                    condition="attribute_not_exists(pk) OR #expires_at < :now",
                    values={"now": int(now.timestamp())},
                )
            )
        except ConditionFailed as refused:
            return self._again(refused.item or {}, item, int(now.timestamp()))
        return Attempt(item["seed"])

    def finish(self, *, caller: str, operation: str, key: str, answer: StoredAnswer) -> None:
        """Keeps the answer for whoever repeats the request."""
        self._table.write(
            Write(
                key=self._key(caller, operation, key),
                set={"status": answer.status, "headers": answer.headers, "body": answer.body},
                condition="attribute_exists(pk)",
            )
        )

    def release(self, *, caller: str, operation: str, key: str) -> None:
        """Ends the lease after a failure; whoever tries again goes on with the same seed."""
        try:
            self._table.write(
                Write(
                    key=self._key(caller, operation, key),
                    set={"lease_until": 0},
                    condition="attribute_exists(pk)",
                )
            )
        except ConditionFailed:
            # Expired meanwhile; without the condition, a stump would stay for ever.
            return

    def _again(self, kept: Item, item: Item, now: int) -> Attempt | StoredAnswer:
        if kept.get("fingerprint") != item["fingerprint"]:
            raise KeyReused("This Idempotency-Key came with another request; use a new key.")
        if "status" in kept:
            return StoredAnswer(kept["status"], kept["headers"], kept["body"])
        try:
            renewed = self._table.write(
                Write(
                    key={"pk": item["pk"], "sk": item["sk"]},
                    set={"lease_until": item["lease_until"]},
                    condition="#lease_until <= :now AND attribute_not_exists(#status)",
                    values={"now": now},
                )
            )
        except ConditionFailed as refused:
            raise RequestInProgress(
                "The first request with this key is still running; try again in a moment."
            ) from refused
        return Attempt(renewed["seed"])

    @staticmethod
    def _key(caller: str, operation: str, key: str) -> dict[str, str]:
        digest = hashlib.sha256(f"{caller}\n{operation}\n{key}".encode()).hexdigest()
        return {"pk": f"IDEMPOTENCY#{digest}", "sk": "IDEMPOTENCY"}


def id_from_seed(seed: str, prefix: str) -> str:
    """The id that an attempt gives the thing it makes: the seed's ULID under another prefix."""
    return f"{prefix}_{seed.partition('_')[2]}"
