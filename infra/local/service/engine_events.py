"""Where a local service's EventBridge events leave: the engine's loopback door.

Delivery is at least once: an entry is kept by its sender until it was taken.
"""

from __future__ import annotations

from typing import Any, Protocol

import httpx

__all__ = ["EngineEvents", "EventSink", "EventsRefused"]


class EventsRefused(Exception):
    """The engine did not take the events; they have to be sent again."""


class EventSink(Protocol):
    def deliver(self, entries: list[dict[str, Any]]) -> None:
        """Hand over PutEvents entries in order. Raises `EventsRefused`."""


class EngineEvents:
    """Posts to the engine's loopback door, which lets `aws.*` sources in."""

    def __init__(self, engine_url: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=engine_url, headers={"x-socialflow-token": token}, timeout=10, trust_env=False
        )

    def deliver(self, entries: list[dict[str, Any]]) -> None:
        """See `EventSink`. An answer that counts failed entries is a refusal."""
        try:
            answer = self._client.post("/_socialflow/events", json={"Entries": entries})
        except httpx.HTTPError as failed:
            raise EventsRefused(f"the engine cannot be reached: {failed}") from failed
        if answer.status_code != httpx.codes.OK:
            raise EventsRefused(f"the engine answered {answer.status_code}: {answer.text[:300]}")
        if answer.content and answer.json().get("FailedEntryCount"):
            raise EventsRefused(f"the engine refused entries: {answer.text[:300]}")

    def close(self) -> None:
        self._client.close()
