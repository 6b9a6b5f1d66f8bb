"""Copies the built web client into its bucket at deployment."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.constructs.code import ROOT

HASHED = "assets/*"
"""Files whose name changes with their content, as Vite writes them."""


class WebNotBuilt(Exception):
    """There is no web client to deploy."""


def deploy_web(
    scope: Construct, *, bucket: s3.Bucket, distribution: cloudfront.Distribution
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
    pages = deployment.BucketDeployment(
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
    pages.node.add_dependency(hashed)
