"""Requests as the API's model has them, or the service's own refusal of them."""

from __future__ import annotations

from typing import Any

from infra.local.ivschat.errors import ValidationFailed
from infra.local.ivschat.text import is_sendable
from infra.local.service.model_requests import request_faults

__all__ = ["check_request"]


def check_request(operation: str, given: Any) -> dict[str, Any]:
    """The fields that were given. Raises `ValidationFailed` with every fault by its name.

    Fields that the model does not know are passed over, as the service does.
    """
    if not isinstance(given, dict):
        raise ValidationFailed("The body is not a JSON object.")
    if not is_sendable(given):
        raise ValidationFailed("The body holds half a surrogate pair.")
    faults = request_faults("ivschat", operation, given)
    if faults:
        listed = "; ".join(f"{name} {wrong}" for name, wrong in faults.items())
        raise ValidationFailed(f"The request is not valid: {listed}", faults)
    return {name: value for name, value in given.items() if value is not None}
