"""Tells the API of its clients at the local identity provider, as an operator does on AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.local.identity_provider.clients import local_clients

DESCRIPTION = "Our clients at other identity providers, by provider (JSON)."
"""That of the secret in `infra.stacks.identity`: CDK takes seconds to import, and CloudFormation,
which knows the secret's ARN, is not loaded by a start with nothing to deploy."""


class NoClientsSecret(Exception):
    """The stacks hold no secret for the clients."""


def tell_clients(secrets: Any, url: str, state: Path) -> bool:
    """Put the clients of the provider at `url` into the secret; returns whether that was needed.

    Raises NoClientsSecret.
    """
    pages = secrets.get_paginator("list_secrets").paginate()
    found = [entry for page in pages for entry in page["SecretList"]]
    arns = [entry["ARN"] for entry in found if entry.get("Description") == DESCRIPTION]
    if len(arns) != 1:
        raise NoClientsSecret(f"One secret of identity providers is expected, not {len(arns)}.")
    told = json.dumps(local_clients(state).told_to_the_application(url), sort_keys=True)
    if told == _present(secrets, arns[0]):
        return False
    secrets.put_secret_value(SecretId=arns[0], SecretString=told)
    return True


def _present(secrets: Any, arn: str) -> str | None:
    try:
        answer = secrets.get_secret_value(SecretId=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    return str(answer["SecretString"])
