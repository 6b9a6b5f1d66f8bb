"""Readiness: whether the tables behind the API are active."""

import os

from socialflow.platform.aws import client
from socialflow.platform.errors import Unavailable

_SUFFIX = "_TABLE"


class NotReady(Unavailable):
    """A table that requests need is missing or not active."""

    code = "not_ready"


def check_tables() -> dict[str, str]:
    """The status of every table named by an `SF_<CONTEXT>_TABLE` variable.

    Raises `NotReady` naming the contexts whose table is not active. One call per table, all at
    once.
    """
    from concurrent.futures import ThreadPoolExecutor

    tables = {
        variable.removeprefix("SF_").removesuffix(_SUFFIX).lower(): table
        for variable, table in sorted(os.environ.items())
        if variable.startswith("SF_") and variable.endswith(_SUFFIX)
    }
    with ThreadPoolExecutor(max(1, len(tables))) as pool:
        found = dict(zip(tables, pool.map(_status, tables, tables.values()), strict=True))
    waiting = [context for context, status in found.items() if status not in ("ACTIVE", "UPDATING")]
    if waiting:
        raise NotReady("A table is not active yet; try again in a moment.", contexts=waiting)
    return found


def _status(context: str, table: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = client("dynamodb").describe_table(TableName=table)
    except (BotoCoreError, ClientError) as error:
        raise NotReady("A table does not answer.", contexts=[context]) from error
    return str(answer["Table"]["TableStatus"])
