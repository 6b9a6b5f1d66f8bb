"""People as other people see them, the same on every route."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from socialflow.identity.facade import Profile

HandlePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{3,30}$")]


class Person(BaseModel):
    """Somebody, by what anybody may know of them."""

    id: str
    handle: str
    display_name: str

    @classmethod
    def of(cls, profile: Profile) -> Person:
        return cls(id=profile.id, handle=profile.handle, display_name=profile.display_name)
