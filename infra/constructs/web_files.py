"""Copies the built web client into its bucket at deployment."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.bucket import StoredObjects
from infra.constructs.code import ROOT

HASHED = "assets/*"
"""Files whose name changes with their content, as Vite writes them."""


class WebNotBuilt(Exception):
    """There is no web client to deploy."""


def deploy_web(
    scope: Construct, *, pages: StoredObjects, distribution: cloudfront.Distribution
) -> None:
    """Hashed files first and for ever, pages after them and always asked for again.

    The directory is `web/dist`, or the context value `web_dist`. Raises `WebNotBuilt`.
    """
    directory = Path(scope.node.try_get_context("web_dist") or ROOT / "web" / "dist")
    if not (directory / "index.html").is_file():
        raise WebNotBuilt(
            f"{directory} has no index.html. Build the web client first "
            "(cd web && npm ci && npm run build)."
        )
    source = deployment.Source.asset(str(directory))
    bucket = s3.Bucket.from_bucket_arn(scope, "Pages", pages.bucket_arn)
    hashed = deployment.BucketDeployment(
        scope,
        "WebAssets",
        sources=[source],
        destination_bucket=bucket,
        # A page that is open during a deployment still asks for the files of before.
        prune=False,
        exclude=["*"],
        include=[HASHED],
        cache_control=[
            deployment.CacheControl.set_public(),
            deployment.CacheControl.max_age(Duration.days(365)),
            deployment.CacheControl.immutable(),
        ],
    )
    served = deployment.BucketDeployment(
        scope,
        "WebPages",
        sources=[source],
        destination_bucket=bucket,
        prune=False,
        exclude=[HASHED],
        cache_control=[deployment.CacheControl.no_cache()],
        distribution=distribution,
        distribution_paths=["/*"],
    )
    served.node.add_dependency(hashed)
    _acknowledge(scope, pages)


def _acknowledge(scope: Construct, pages: StoredObjects) -> None:
    stack = Stack.of(scope)
    assets = f"cdk-hnb659fds-assets-<AWS::AccountId>-{stack.region}"
    for child in stack.node.children:
        if child.node.id.startswith("Custom::CDKBucketDeployment"):
            acknowledge(
                child,
                "CDK's own copier: it reads the deployment's assets, writes the web bucket and "
                "invalidates, and CDK lets none of that be narrowed.",
                "AwsSolutions-L1",
                "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                "AWSLambdaBasicExecutionRole]",
                *(
                    f"AwsSolutions-IAM5[Action::s3:{action}*]"
                    for action in ("GetBucket", "GetObject", "List", "Abort", "DeleteObject")
                ),
                f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{assets}/*]",
                f"AwsSolutions-IAM5[Resource::{stack.resolve(pages.bucket_arn)['Fn::ImportValue']}/*]",
                "AwsSolutions-IAM5[Resource::*]",
            )
