"""Where a person's export and erasure meet the world; built on first use."""

from __future__ import annotations

import functools

from socialflow.identity import facade as identity
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import Eraser
from socialflow.platform.rights_wiring import eraser_of
from socialflow.platform.settings import setting
from socialflow.social.erasure import erasure_plan
from socialflow.social.takeout import Takeout


@functools.cache
def takeout() -> Takeout:
    return Takeout(_table(), directory=identity.user_directory())


@functools.cache
def eraser() -> Eraser:
    return eraser_of(erasure_plan(_table()))


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), setting("SF_SOCIAL_TABLE"))
