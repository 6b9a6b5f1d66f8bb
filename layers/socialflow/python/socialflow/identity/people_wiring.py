"""Where profiles, pictures and staff meet AWS, once a process. Apart from `wiring`, which every API
function comes through."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from socialflow.identity.wiring import repository, session_repository, table
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.ids import id_factory
from socialflow.platform.settings import setting

if TYPE_CHECKING:
    from socialflow.identity.profiles.editing import Profiles
    from socialflow.identity.profiles.uploads import (
        PicturePublisher,
        Pictures,
        PublishedPictures,
    )
    from socialflow.identity.staff.audit_log import AuditLog
    from socialflow.identity.staff.people import Operator, People
    from socialflow.identity.staff.repository import StaffRepository


@functools.cache
def profiles() -> Profiles:
    from socialflow.identity.profiles.editing import Profiles

    return Profiles(repository(), clock=utc_now, new_id=id_factory())


@functools.cache
def pictures() -> Pictures:
    from socialflow.identity.profiles.uploads import Pictures

    return Pictures(
        repository(),
        table(),
        lambda: client("s3"),
        bucket=setting("SF_UPLOAD_BUCKET"),
        new_id=id_factory(),
    )


@functools.cache
def published_pictures() -> PublishedPictures:
    from socialflow.identity.profiles.uploads import PublishedPictures

    return PublishedPictures(lambda: client("s3"), bucket=setting("SF_MEDIA_BUCKET"))


@functools.cache
def picture_publisher() -> PicturePublisher:
    from socialflow.identity.profiles.uploads import PicturePublisher

    return PicturePublisher(
        repository(),
        table(),
        lambda: client("s3"),
        bucket=setting("SF_UPLOAD_BUCKET"),
        published=published_pictures(),
    )


@functools.cache
def staff_repository() -> StaffRepository:
    from socialflow.identity.staff.repository import StaffRepository

    return StaffRepository(table())


@functools.cache
def people() -> People:
    from socialflow.identity.staff.people import People

    return People(
        repository(),
        session_repository(),
        staff_repository(),
        clock=utc_now,
        new_id=id_factory(),
    )


@functools.cache
def operator() -> Operator:
    from socialflow.identity.staff.people import Operator

    return Operator(people())


@functools.cache
def audit_log() -> AuditLog:
    from socialflow.identity.staff.audit_log import AuditLog

    return AuditLog(staff_repository(), clock=utc_now)
