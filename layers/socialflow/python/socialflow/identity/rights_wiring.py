"""Puts exports and deletions together, once a process, out of what `wiring` builds."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from socialflow.identity import wiring
from socialflow.identity.rights.repository import RightsRepository
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.idempotency import IdempotencyStore
from socialflow.platform.ids import id_factory
from socialflow.platform.records import exports_prefix
from socialflow.platform.settings import setting

if TYPE_CHECKING:
    from socialflow.identity.rights.deletions import Deletions, Settlement
    from socialflow.identity.rights.exports import Exports
    from socialflow.identity.rights.gathering import Gathering
    from socialflow.identity.rights.takeout import Takeout
    from socialflow.platform.erasure import Eraser


@functools.cache
def exports() -> Exports:
    from socialflow.identity.rights.exports import Exports
    from socialflow.platform.rights_wiring import records

    return Exports(rights(), records=records(), clock=utc_now, new_id=id_factory())


@functools.cache
def deletions() -> Deletions:
    from socialflow.identity.rights.deletions import Deletions

    return Deletions(wiring.repository(), clock=utc_now, new_id=id_factory())


@functools.cache
def settlement() -> Settlement:
    from socialflow.identity.rights.deletions import Settlement

    return Settlement(wiring.repository(), rights(), clock=utc_now, new_id=id_factory())


@functools.cache
def gathering() -> Gathering:
    from socialflow.identity.rights.archive import Archivist
    from socialflow.identity.rights.gathering import Gathering
    from socialflow.platform.rights_wiring import records

    return Gathering(
        wiring.repository(),
        rights(),
        Archivist(records()),
        contexts=frozenset(setting("SF_CONTEXTS").split(",")),
        clock=utc_now,
        new_id=id_factory(),
    )


@functools.cache
def takeout() -> Takeout:
    from socialflow.identity.rights.takeout import Takeout

    return Takeout(wiring.table())


@functools.cache
def eraser() -> Eraser:
    from socialflow.identity.profiles.paths import published_prefix, uploads_prefix
    from socialflow.identity.rights.erasure import IdentityErasure
    from socialflow.platform.rights_wiring import eraser_of

    erasure = IdentityErasure(
        wiring.table(),
        lambda: client("s3"),
        places={
            setting("SF_RECORDS_BUCKET"): exports_prefix,
            setting("SF_MEDIA_BUCKET"): published_prefix,
            setting("SF_UPLOAD_BUCKET"): uploads_prefix,
        },
        new_id=id_factory(),
    )
    return eraser_of(erasure.plan())


@functools.cache
def rights() -> RightsRepository:
    return RightsRepository(wiring.table())


@functools.cache
def idempotency() -> IdempotencyStore:
    return IdempotencyStore(wiring.table(), new_id=id_factory(), clock=utc_now)
