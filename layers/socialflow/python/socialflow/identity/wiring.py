"""Puts identity together, once a process. The only place where its parts meet AWS."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from socialflow.identity.directory import UserDirectory
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sessions.session_repository import SessionRepository
from socialflow.identity.sessions.states import SessionStates
from socialflow.identity.settings import (
    IdentitySettings,
    sealing_keys_secret,
    signing_keys_secret,
)
from socialflow.identity.tokens.access_tokens import AccessTokens
from socialflow.identity.tokens.public_keys import PublicKeys, PublishedKeys
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.ids import id_factory
from socialflow.platform.rate_limits import RateLimiter
from socialflow.platform.settings import setting

# What only identity's own functions need is imported where it is built: every API function
# comes through here to verify tokens.
if TYPE_CHECKING:
    from socialflow.identity.sealing.sealer import Sealer
    from socialflow.identity.sealing.secret import SealingSecret
    from socialflow.identity.sessions.device_list import DeviceList
    from socialflow.identity.sessions.devices import Devices
    from socialflow.identity.sessions.sessions import Sessions
    from socialflow.identity.tokens.key_secret import KeySecret
    from socialflow.identity.tokens.refresh_tokens import RefreshTokens
    from socialflow.identity.tokens.rotation import KeyRotation
    from socialflow.platform.events import EventBus


@functools.cache
def settings() -> IdentitySettings:
    return IdentitySettings.from_environment()


@functools.cache
def table() -> Table:
    return Table(lambda: client("dynamodb"), settings().table_name)


@functools.cache
def repository() -> IdentityRepository:
    return IdentityRepository(table(), new_id=id_factory())


@functools.cache
def access_tokens() -> AccessTokens:
    return AccessTokens(PublicKeys(PublishedKeys(table())), issuer=settings().issuer)


@functools.cache
def session_repository() -> SessionRepository:
    return SessionRepository(table(), new_id=id_factory())


@functools.cache
def session_states() -> SessionStates:
    return SessionStates(session_repository(), clock=utc_now)


@functools.cache
def user_directory() -> UserDirectory:
    return UserDirectory(repository())


@functools.cache
def rate_limiter() -> RateLimiter:
    return RateLimiter(table())


@functools.cache
def key_secret() -> KeySecret:
    from socialflow.identity.tokens.key_secret import KeySecret

    return KeySecret(lambda: client("secretsmanager"), signing_keys_secret())


@functools.cache
def refresh_tokens() -> RefreshTokens:
    from socialflow.identity.tokens.refresh_tokens import RefreshTokens

    return RefreshTokens(key_secret())


@functools.cache
def sealing_secret() -> SealingSecret:
    from socialflow.identity.sealing.secret import SealingSecret

    return SealingSecret(lambda: client("secretsmanager"), sealing_keys_secret())


@functools.cache
def sealer() -> Sealer:
    from socialflow.identity.sealing.sealer import Sealer

    return Sealer(sealing_secret())


@functools.cache
def sessions() -> Sessions:
    from socialflow.identity.sessions.sessions import Sessions
    from socialflow.identity.tokens.access_token_issuer import AccessTokenIssuer

    access = AccessTokenIssuer(key_secret(), issuer=settings().issuer, new_id=id_factory())
    return Sessions(
        repository(),
        session_repository(),
        access=access,
        refresh=refresh_tokens(),
        devices=devices(),
        clock=utc_now,
        new_id=id_factory(),
    )


@functools.cache
def devices() -> Devices:
    from socialflow.identity.sessions.devices import Devices

    return Devices(sealer(), clock=utc_now, new_id=id_factory())


@functools.cache
def device_list() -> DeviceList:
    from socialflow.identity.sessions.device_list import DeviceList

    return DeviceList(repository(), session_repository(), clock=utc_now, new_id=id_factory())


@functools.cache
def key_rotation() -> KeyRotation:
    from socialflow.identity.tokens.rotation import KeyRotation

    return KeyRotation(key_secret(), PublishedKeys(table()), clock=utc_now)


@functools.cache
def event_bus() -> EventBus:
    from socialflow.platform.events import EventBus

    return EventBus(lambda: client("events"), setting("SF_EVENT_BUS"))
