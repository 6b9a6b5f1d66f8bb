"""Requests held against IVS's own service model.

Members it does not know are refused: they are spelling mistakes, or newer than this server.
"""

from __future__ import annotations

from typing import Any

from infra.local.ivs.errors import Invalid
from infra.local.service import model_requests

__all__ = ["check_request", "operations"]

_SERVICE = "ivs"


def operations() -> dict[str, tuple[str, str]]:
    """Method and path by operation."""
    return model_requests.operations(_SERVICE)


def check_request(operation: str, members: dict[str, Any]) -> None:
    """Raises `Invalid` naming the members. `members` come from the body and the path."""
    faults = model_requests.request_faults(_SERVICE, operation, members, knows_all=True)
    if faults:
        raise Invalid("; ".join(f"/{path}: {fault}" for path, fault in faults.items()))
