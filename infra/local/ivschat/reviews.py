"""Message review by the room's function: what it is asked, what its answer means.

Within the limit of time, or else what the room falls back on. A function that was not called for
a while is called with an empty message before anybody waits for it; it can tell such a call because
IVS Chat has no empty messages.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from infra.local.ivschat.records import ReviewHandler
from infra.local.ivschat.text import (
    MAX_ATTRIBUTE_BYTES,
    attribute_bytes,
    is_attributes,
    is_sendable,
)

__all__ = ["InvocationFailed", "Question", "Reviewer", "Verdict"]

_LOG = logging.getLogger(__name__)
_DENIED = "Message was denied by the message review handler."

Invoke = Callable[[str, bytes], Awaitable[bytes]]
"""Call the function with that ARN. Raises `InvocationFailed`."""


class InvocationFailed(Exception):
    """The function cannot be reached, is not there, or raised."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message to be reviewed."""

    handler: ReviewHandler
    room_arn: str
    max_length: int
    message_id: str
    content: str
    attributes: Mapping[str, str]
    user_id: str
    user_attributes: Mapping[str, str]
    ip: str

    def to_json(self) -> bytes:
        return json.dumps(
            {
                "Content": self.content,
                "MessageId": self.message_id,
                "RoomArn": self.room_arn,
                "Attributes": dict(self.attributes),
                "Sender": {
                    "Attributes": dict(self.user_attributes),
                    "UserId": self.user_id,
                    "Ip": self.ip,
                },
            }
        ).encode()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the message is delivered, and as what; `reason` is told to a refused sender."""

    allowed: bool
    content: str
    attributes: Mapping[str, str]
    reason: str = ""


class Reviewer:
    """Bounded: more than `max_parallel` calls wait, and that wait is not the function's."""

    def __init__(
        self,
        invoke: Invoke,
        *,
        timeout_s: float,
        max_parallel: int,
        warm_up_calls: int,
        warm_up_timeout_s: float,
        warm_up_every_s: float,
        now: Callable[[], float],
    ) -> None:
        self._invoke = invoke
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(max_parallel)
        self._warm_up_calls = warm_up_calls
        self._warm_up_timeout_s = warm_up_timeout_s
        self._warm_up_every_s = warm_up_every_s
        self._now = now
        self._called: dict[str, float] = {}
        self._warming: dict[str, asyncio.Task[None]] = {}

    async def review(self, question: Question) -> Verdict:
        """The function's verdict, or the one that the room falls back on."""
        uri = question.handler.uri
        if warming := self._warming.get(uri):
            await asyncio.wait({warming})
        async with self._slots:
            self._called[uri] = self._now()
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await self._invoke(uri, question.to_json())
            except TimeoutError:
                _LOG.warning("%s took more than %.0f ms", uri, self._timeout_s * 1000)
                return _fallback(question)
            except InvocationFailed as failed:
                _LOG.warning("%s failed: %s", uri, failed)
                return _fallback(question)
        verdict = _read(answer, question)
        if verdict is None:
            _LOG.warning("%s answered what is no review: %.300r", uri, answer)
            return _fallback(question)
        return verdict

    def warm_up(self, question: Question) -> None:
        """Call the function with the question unless it was called lately."""
        uri = question.handler.uri
        called = self._called.get(uri)
        if uri in self._warming or (
            called is not None and self._now() - called < self._warm_up_every_s
        ):
            return
        self._called[uri] = self._now()
        self._warming[uri] = asyncio.create_task(self._call_ahead(uri, question.to_json()))

    async def close(self) -> None:
        for task in self._warming.values():
            task.cancel()
        await asyncio.gather(*self._warming.values(), return_exceptions=True)

    async def _call_ahead(self, uri: str, body: bytes) -> None:
        try:
            async with asyncio.timeout(self._warm_up_timeout_s):
                calls = (self._invoke(uri, body) for _ in range(self._warm_up_calls))
                outcomes = await asyncio.gather(*calls, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
        except (TimeoutError, InvocationFailed) as failed:
            _LOG.warning("%s could not be warmed up: %s", uri, failed or "it took too long")
        finally:
            del self._warming[uri]


def _fallback(question: Question) -> Verdict:
    return Verdict(
        question.handler.allows_on_failure, question.content, question.attributes, _DENIED
    )


def _read(answer: bytes, question: Question) -> Verdict | None:
    """None for what the user guide's response syntax does not allow."""
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or not is_sendable(given):
        return None
    result, content = given.get("ReviewResult"), given.get("Content")
    attributes = given.get("Attributes", {})
    if not isinstance(content, str) or not is_attributes(attributes):
        return None
    if result == "DENY":
        return Verdict(False, content, attributes, attributes.get("Reason") or _DENIED)
    fits = 0 < len(content) <= question.max_length
    if result != "ALLOW" or not fits or attribute_bytes(attributes) > MAX_ATTRIBUTE_BYTES:
        return None
    return Verdict(True, content, attributes)
