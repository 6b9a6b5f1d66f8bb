"""Settings come from the environment, are read when asked for, and say what is missing."""

import os
from dataclasses import dataclass


class MissingSetting(Exception):
    """A function was deployed without a variable that it needs: an operator's mistake."""


def setting(name: str, default: str | None = None) -> str:
    """The variable's value, else the default, else `MissingSetting` naming the variable."""
    value = os.environ.get(name, default)
    if value is None:
        raise MissingSetting(
            f"Environment variable {name} is not set; see infra/stacks for its value."
        )
    return value


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """What every function is given."""

    stage: str
    context: str
    event_bus: str
    public_origin: str

    @classmethod
    def from_environment(cls) -> "PlatformSettings":
        return cls(
            stage=setting("SF_STAGE"),
            context=setting("SF_CONTEXT"),
            event_bus=setting("SF_EVENT_BUS"),
            public_origin=setting("SF_PUBLIC_ORIGIN", ""),
        )
