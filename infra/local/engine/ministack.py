"""Access to ministack's modules, which carry no type information: they are handed out as `Any`."""

import importlib
from typing import Any

PINNED_VERSION = "1.5.33"


def module(name: str) -> Any:
    """The module `ministack.<name>`. Import only after the environment of the engine is set."""
    return importlib.import_module(f"ministack.{name}")


def replace_text(text: str, old: str, new: str) -> str:
    """`text` with its only `old` replaced. Raises RuntimeError when ministack's source differs."""
    if text.count(old) != 1:
        raise RuntimeError(f"ministack {PINNED_VERSION} is expected; its source no longer fits")
    return text.replace(old, new)
