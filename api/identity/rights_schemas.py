"""Bodies of exports and deletions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.moments import Moment
from socialflow.identity.rights.exports import ExportLink, ExportView


class Export(BaseModel):
    """A copy of the caller's data."""

    id: str
    state: Literal["gathering", "ready", "failed", "expired"] = Field(
        description="`gathering` takes some minutes; `ready` can be fetched until `expires_at`."
    )
    requested_at: Moment
    expires_at: Moment | None = Field(description="Until when it can be fetched, once it is ready.")
    size_bytes: int | None

    @classmethod
    def of(cls, view: ExportView) -> Export:
        return cls(
            id=view.export.id,
            state=view.state.value,
            requested_at=view.export.requested_at,
            expires_at=view.export.expires_at,
            size_bytes=view.export.size_bytes,
        )


class ExportPage(BaseModel):
    """Exports of the last month, newest first."""

    items: list[Export]
    next_cursor: str | None


class Link(BaseModel):
    """Where the archive can be fetched: a ZIP with a page to read and a JSON file a context."""

    url: str
    expires_at: Moment

    @classmethod
    def of(cls, link: ExportLink) -> Link:
        return cls(url=link.url, expires_at=link.expires_at)


class Deletion(BaseModel):
    """That the account will be deleted."""

    delete_after: Moment = Field(description="Until then it can be kept: `DELETE` this deletion.")

    @classmethod
    def at(cls, delete_after: datetime) -> Deletion:
        return cls(delete_after=delete_after)
