"""Every call that a handler or a changing route makes is one that its role allows.

The calls are those of the crash points' scenarios; what each function may do is the list of
`test_permissions`, and on which partitions of a table is what the templates say: conditions that
the local engine does not evaluate.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.constructs.routes import routes_by_context
from tests.crash_points.calls import CallSite
from tests.crash_points.cloud import account
from tests.crash_points.harness import Harness
from tests.crash_points.scenarios import SCENARIOS
from tests.infra.allowed import ALLOWED
from tests.infra.assembly import Assembly
from tests.infra.partitions import PARTS, Touched, touched_by

OTHERWISE = {
    "s3:CopyObject": ("s3:GetObject", "s3:PutObject"),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:DeleteObjects": ("s3:DeleteObject",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "s3:CreateMultipartUpload": ("s3:PutObject",),
    "s3:UploadPart": ("s3:PutObject",),
    "s3:UploadPartCopy": ("s3:GetObject", "s3:PutObject"),
    "s3:CompleteMultipartUpload": ("s3:PutObject",),
    "s3:ListParts": ("s3:ListMultipartUploadParts",),
    "s3:ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "sqs:SendMessageBatch": ("sqs:SendMessage",),
    "sesv2:SendEmail": ("ses:SendEmail",),
    "mediaconvert:CreateJob": ("mediaconvert:CreateJob", "iam:PassRole"),
}
"""Operations that ask for other actions than their own name (Service Authorization Reference)."""


ROUTES = {
    (route.method, route.path): f"{context}-api"
    for context, routes in routes_by_context().items()
    for route in routes
}
"""Which function answers a request."""


def needed(site: CallSite) -> set[str]:
    """The IAM actions that a call asks for."""
    if site.operation == "dynamodb:TransactWriteItems":
        return {PARTS[part] for item in site.parameters["TransactItems"] for part in item}
    service = site.operation.partition(":")[0]
    tags = {f"{service}:TagResource"} if site.parameters.get("tags") else set()
    return {*OTHERWISE.get(site.operation, (site.operation,)), *tags}


def function_of(site: CallSite) -> str:
    """The function that makes a call: one for the requests of a context, one for each handler."""
    method, _, path = site.delivery.partition(" ")
    if (method, path) in ROUTES:
        return ROUTES[method, path]
    context, _, handler = site.delivery.partition("(")[0].partition(".")
    return f"{context}-{handler}"


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with account() as cloud:
        yield Harness(cloud)


@pytest.mark.parametrize("name", SCENARIOS)
def test_is_allowed_to_whoever_makes_it(harness: Harness, local: Assembly, name: str) -> None:
    sites = [
        site
        for site in harness.reference(SCENARIOS[name]).sites
        # An answer to CloudFormation is a plain PUT; sign-in providers are no AWS service.
        if not site.operation.startswith(("cloudformation:", "provider:"))
    ]
    assert sites
    refused = {
        (function_of(site), action)
        for site in sites
        for action in needed(site) - ALLOWED[function_of(site)]
    }
    assert refused == set()
    functions = local.functions()
    forbidden = {
        (function, touched.action, touched.partition)
        for site in sites
        for function in [function_of(site)]
        for touched in touched_by(site)
        if not touched.is_allowed(
            local.statements_of(local.role_of(functions[f"{local.stage.prefix}-{function}"]))
        )
    }
    assert forbidden == set()


class TestPartitions:
    """That the check above tells what is allowed from what is not."""

    def test_logins_are_for_identity_alone(self, local: Assembly) -> None:
        functions = local.functions()
        reads = Touched("dynamodb:GetItem", "identity", "EMAIL#ann@example.com")
        for name, may in (("identity-api", True), ("videos-api", False), ("chat-api", False)):
            role = local.role_of(functions[f"{local.stage.prefix}-{name}"])
            assert reads.is_allowed(local.statements_of(role)) is may

    def test_audit_entries_are_put_and_read_and_nothing_else(self, local: Assembly) -> None:
        role = local.role_of(local.functions()[f"{local.stage.prefix}-identity-api"])
        for action, may in (("PutItem", True), ("UpdateItem", False), ("DeleteItem", False)):
            touched = Touched(f"dynamodb:{action}", "identity", "AUDIT#2026-11-21")
            assert touched.is_allowed(local.statements_of(role)) is may
