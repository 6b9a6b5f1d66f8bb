"""Bodies of the health routes."""

from typing import Literal

from pydantic import BaseModel, Field


class Health(BaseModel):
    """The process lives."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """Everything that requests need is there."""

    status: Literal["ready"]
    tables: dict[str, str] = Field(description="Each table's status, by context.")
