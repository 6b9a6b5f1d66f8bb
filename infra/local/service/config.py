"""What every local service is told: its folder, and the engine that it stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

__all__ = ["ServiceConfig"]


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """`state` is a folder that belongs to one server at a time; the keys open the engine."""

    service: ClassVar[str]
    """As ARNs name it."""

    state: Path
    engine_url: str
    access_key: str = "test"
    secret_key: str = "test"  # noqa: S105 - the engine's documented administrator key
    region: str = "us-east-1"
    account_id: str = "000000000000"

    @property
    def arn_prefix(self) -> str:
        return f"arn:aws:{self.service}:{self.region}:{self.account_id}:"

    @classmethod
    def _of(cls, state: Path, environment: Mapping[str, str], **own: Any) -> Self:
        """From SF_ENGINE_URL and the SDK's AWS_*, and from settings of the service's own."""
        return cls(
            state=state,
            engine_url=environment.get("SF_ENGINE_URL", "http://127.0.0.1:4566"),
            access_key=environment.get("AWS_ACCESS_KEY_ID", "test"),
            secret_key=environment.get("AWS_SECRET_ACCESS_KEY", "test"),
            region=environment.get("AWS_REGION", "us-east-1"),
            **own,
        )
