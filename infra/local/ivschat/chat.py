"""The parts of the service put together, and what is done now and then while it serves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from infra.local.ivschat.admission import Admission
from infra.local.ivschat.config import Config
from infra.local.ivschat.connection import ChatConnection
from infra.local.ivschat.errors import ActionRefused, HandshakeRefused
from infra.local.ivschat.lambda_invoker import LambdaInvoker
from infra.local.ivschat.live_rooms import LiveRooms, Member
from infra.local.ivschat.message_log import MessageLog, Upload
from infra.local.ivschat.messaging import Messaging
from infra.local.ivschat.records import Room
from infra.local.ivschat.registry import Registry
from infra.local.ivschat.reviews import Reviewer
from infra.local.ivschat.store import Store
from infra.local.ivschat.tokens import KEY_BYTES, Grant, TokenSealer

__all__ = ["Chance", "Chat"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chance:
    """Time and randomness: nanoseconds since 1970, ids of 12 alphanumerics, random bytes."""

    now_ns: Callable[[], int]
    make_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]


class Chat:
    """To be made, used and closed in one event loop. The `Host` of every connection."""

    def __init__(self, config: Config, upload: Upload, chance: Chance) -> None:
        self.config = config
        self._now_ns = chance.now_ns
        self._store = Store(config.state)
        key = self._store.secret("token key", lambda: chance.random_bytes(KEY_BYTES))
        self.registry = Registry(
            self._store,
            arn_prefix=config.arn_prefix,
            max_rooms=config.max_rooms,
            max_logging_configurations=config.max_logging_configurations,
            make_id=chance.make_id,
            now_ns=chance.now_ns,
        )
        self.admission = Admission(
            self.registry,
            self._store,
            TokenSealer(key, chance.random_bytes),
            token_seconds=config.token_seconds,
            make_id=chance.make_id,
            now_ns=chance.now_ns,
        )
        self._log = MessageLog(
            config.state / "log",
            upload,
            account_id=config.account_id,
            region=config.region,
            max_bytes=config.max_log_bytes,
        )
        self._invoker = LambdaInvoker(
            config.engine_url,
            access_key=config.access_key,
            secret_key=config.secret_key,
            region=config.region,
            max_parallel=config.max_parallel_reviews,
        )
        now = asyncio.get_running_loop().time
        self._reviewer = Reviewer(
            self._invoker,
            timeout_s=config.review_timeout_ms / 1000,
            max_parallel=config.max_parallel_reviews,
            warm_up_calls=config.warm_up_calls,
            warm_up_timeout_s=config.warm_up_timeout_s,
            warm_up_every_s=config.warm_up_every_s,
            now=now,
        )
        self.messaging = Messaging(
            self.registry,
            LiveRooms(self._record, now),
            self._reviewer,
            max_waiting=config.max_waiting_messages,
            make_id=chance.make_id,
            now_ns=chance.now_ns,
        )
        self._connections: set[ChatConnection] = set()
        self._routines = [
            asyncio.create_task(_every(config.tick_s, self._tick)),
            asyncio.create_task(_every(config.log_flush_s, self._log.flush)),
        ]

    def admit(self, token: str) -> Grant:
        """See `Host`."""
        if len(self._connections) >= self.config.max_connections:
            raise HandshakeRefused(503, "There are too many connections.")
        return self.admission.admit(token)

    def joined(self, connection: ChatConnection) -> None:
        self._connections.add(connection)
        self.messaging.join(connection)

    def left(self, connection: ChatConnection) -> None:
        self.messaging.leave(connection)

    def gone(self, connection: ChatConnection) -> None:
        self._connections.discard(connection)

    def receive(self, member: Member, text: str, *, within_rate: bool) -> None:
        self.messaging.receive(member, text, within_rate=within_rate)

    def refuse(self, member: Member, refused: ActionRefused) -> None:
        self.messaging.refuse(member, refused)

    async def close(self) -> None:
        """What is in review is dropped; what was delivered is logged, or kept to be."""
        for routine in self._routines:
            routine.cancel()
        await asyncio.gather(*self._routines, return_exceptions=True)
        await self.messaging.close()
        await self._reviewer.close()
        await self._invoker.close()
        await self._log.flush()
        self._log.close()
        self._store.close()

    async def _tick(self) -> None:
        now_ns = self._now_ns()
        for connection in tuple(self._connections):
            connection.tick(now_ns)
        self.messaging.keep_warm()
        self.admission.forget_expired()

    def _record(self, room: Room, line: str, sent_ns: int) -> None:
        if room.logging:
            self._log.record(room.id, self.registry.log_buckets(room), line, sent_ns)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """A routine that fails once must not end for good."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            _LOG.exception("A routine failed; it goes on in %.1f s", seconds)
