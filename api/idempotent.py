"""`Idempotency-Key` on routes that create: `Once` does the work once and keeps its answer.

    Once = Annotated[OnceRequest, Depends(once(wiring.idempotency))]

    async def create_video(body: NewVideo, caller: Caller, once: Once) -> Response:
        return once.answer(201, lambda seed: ...)

Answers that hold secrets must not be kept: sign-in routes do not use this.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request, Response
from pydantic import BaseModel

from api.security import principal_of
from socialflow.platform.idempotency import IdempotencyStore, StoredAnswer
from socialflow.platform.ids import id_factory
from socialflow.platform.principal import Principal

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key and body get the same answer for 24 hours.",
    ),
]
_new_id = id_factory()


@dataclass(frozen=True, slots=True)
class OnceRequest:
    """One request to be done once."""

    store: IdempotencyStore
    caller: Principal | None
    operation: str
    key: str | None
    body: bytes

    def answer(self, status: int, work: Callable[[str], BaseModel]) -> Response:
        """Runs `work` with a seed for its new ids, or repeats the answer that it gave before."""
        if self.key is None or self.caller is None:
            return _response(StoredAnswer(status, {}, work(_new_id("seed")).model_dump_json()))
        which = {"caller": self.caller.user_id, "operation": self.operation, "key": self.key}
        begun = self.store.begin(**which, body=self.body)
        if isinstance(begun, StoredAnswer):
            return _response(begun, replayed=True)
        try:
            answer = StoredAnswer(status, {}, work(begun.seed).model_dump_json())
        except Exception:
            # The lease goes back, the seed stays: the next try finds what this one left.
            self.store.release(**which)
            raise
        self.store.finish(**which, answer=answer)
        return _response(answer)


def once(store: Callable[[], IdempotencyStore]) -> Callable[..., Awaitable[OnceRequest]]:
    """The dependency for a context's routes."""

    async def dependency(request: Request, key: KeyHeader = None) -> OnceRequest:
        operation = f"{request.method} {request.url.path}"
        return OnceRequest(store(), principal_of(request), operation, key, await request.body())

    return dependency


def _response(answer: StoredAnswer, *, replayed: bool = False) -> Response:
    headers = {**answer.headers, **({"Idempotency-Replayed": "true"} if replayed else {})}
    return Response(answer.body, answer.status, headers, media_type="application/json")
