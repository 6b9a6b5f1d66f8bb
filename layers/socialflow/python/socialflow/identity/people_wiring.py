"""Where profiles, pictures and staff meet AWS, once a process. Apart from `wiring`, which every API
function comes through."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from socialflow.identity.wiring import repository, table
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
