"""Where the review meets the world. Apart from the other wirings: it loads nothing but its own."""

from __future__ import annotations

import functools

from socialflow.chat.reviewer import Reviewer
from socialflow.chat.settings import chat_table
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table


@functools.cache
def reviewer() -> Reviewer:
    dynamodb = client("dynamodb")
    return Reviewer(Table(lambda: dynamodb, chat_table()), clock=utc_now)
