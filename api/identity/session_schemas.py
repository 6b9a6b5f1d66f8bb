"""Bodies of the routes of sessions."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from socialflow.identity.sessions.models import Session


class SignedInDevice(BaseModel):
    """One session of the caller's: a device that is signed in."""

    id: str
    device: str = Field(description="What the client calls itself (its User-Agent).")
    method: str = Field(
        description="How its owner signed in: `password`, `passkey`, a provider; with "
        "`+totp` or `+recovery_code` after a second factor.",
        examples=["password+totp"],
    )
    network: str = Field(
        description="Where it was last used from: an IPv4 address, or an IPv6 network."
    )
    created_at: datetime
    last_used_at: datetime = Field(description="To within 15 minutes.")
    is_current: bool = Field(description="Whether it is the one that asks.")

    @classmethod
    def of(cls, session: Session, *, current: str) -> Self:
        return cls(
            id=session.id,
            device=session.device,
            method=session.method,
            network=session.address,
            created_at=session.created_at,
            last_used_at=session.rotated_at,
            is_current=session.id == current,
        )


class SignedInDevices(BaseModel):
    """A page of the caller's sessions, the newest first."""

    items: list[SignedInDevice]
    next_cursor: str | None
