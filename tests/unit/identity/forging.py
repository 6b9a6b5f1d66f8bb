"""Taking access tokens apart and putting them together wrongly."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from socialflow.identity.errors import AccessTokenInvalid
from tests.unit.identity.world import World


def encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def decoded(part: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return value


def signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: ECKey, algorithm: str) -> str:
    return jwt.encode(dict(header) | {"alg": algorithm}, dict(claims), key, algorithms=[algorithm])


def refused(world: World, token: str) -> AccessTokenInvalid:
    with pytest.raises(AccessTokenInvalid) as caught:
        world.access.verify(token)
    return caught.value
