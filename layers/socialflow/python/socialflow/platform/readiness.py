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

    Raises `NotReady` naming the contexts whose table is not active. One call per table.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    found: dict[str, str] = {}
    for variable, table in sorted(os.environ.items()):
        if variable.startswith("SF_") and variable.endswith(_SUFFIX):
            context = variable.removeprefix("SF_").removesuffix(_SUFFIX).lower()
            try:
                answer = client("dynamodb").describe_table(TableName=table)
                found[context] = str(answer["Table"]["TableStatus"])
            except (BotoCoreError, ClientError) as error:
                raise NotReady("A table does not answer.", contexts=[context]) from error
    waiting = [context for context, status in found.items() if status not in ("ACTIVE", "UPDATING")]
    if waiting:
        raise NotReady("A table is not active yet; try again in a moment.", contexts=waiting)
    return found
