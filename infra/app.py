"""The CDK app: `python -m infra.app` synthesizes one stage, offline and without credentials.

    python -m infra.app -c stage=prod      writes the cloud assembly to cdk.out
    npx aws-cdk@2.1148.1 deploy --all -c stage=prod

The stage is the context value `stage`, else the environment variable `SF_STAGE`, else `dev`.
`web_dist` and `vendor_layer` are the other context values: directories to deploy instead of
`web/dist` and of the layer that `infra.vendor_layer` builds.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aws_cdk import Annotations, App

from infra.constructs.routes import routes_by_context
from infra.stacks.api import ApiStack
from infra.stacks.chat import ChatStack
from infra.stacks.data import DataStack
from infra.stacks.edge import EdgeStack
from infra.stacks.firewall import FirewallStack
from infra.stacks.identity import IdentityStack
from infra.stacks.live import LiveStack
from infra.stacks.media import MediaStack
from infra.stacks.observability import ObservabilityStack
from infra.stacks.processing import ProcessingStack
from infra.stacks.rights import RightsStack
from infra.stage import Stage, stage_named

DEFAULT_STAGE: Final = "dev"
WARNING: Final = "socialflow:off-"
"""What the ids of our own warnings begin with."""

FLAGS: Final[Mapping[str, bool]] = {
    # What CDK's own validation finds stops the synthesis.
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    # A function whose layer has changed is another version.
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-lambda:recognizeVersionProps": True,
    # Access logs are delivered by bucket policy, not by ACL.
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/aws-iam:minimizePolicies": True,
}
"""CDK's behaviours that it turns on for new projects only; here rather than in cdk.json, so that
`python -m infra.app` and the CDK CLI write the same templates."""


def build(
    stage: Stage | None = None,
    *,
    outdir: Path | None = None,
    context: Mapping[str, Any] | None = None,
) -> App:
    """The app with every stack of a stage, ready for `synth()`."""
    app = App(
        outdir=str(outdir) if outdir else None,
        context={**FLAGS, **(context or {})},
        analytics_reporting=False,
    )
    if stage is None:
        named = app.node.try_get_context("stage") or os.environ.get("SF_STAGE", DEFAULT_STAGE)
        stage = stage_named(named)
    data = DataStack(app, stage=stage)
    media = MediaStack(app, stage=stage, data=data)
    identity = IdentityStack(app, stage=stage, data=data, media=media)
    LiveStack(app, stage=stage, data=data, media=media)
    ChatStack(app, stage=stage, data=data, media=media)
    RightsStack(app, stage=stage, data=data, media=media)
    api = ApiStack(
        app, stage=stage, data=data, media=media, identity=identity, routes=routes_by_context()
    )
    firewall = FirewallStack(app, stage=stage) if stage.firewall else None
    edge = EdgeStack(
        app,
        stage=stage,
        media=media,
        api=api,
        web_acl_arn=firewall.web_acl_arn if firewall else None,
    )
    ProcessingStack(app, stage=stage, data=data, media=media, edge=edge)
    if stage.monitoring:
        ObservabilityStack(app, stage=stage, data=data, api=api)
    for number, missing in enumerate(stage.what_is_off, 1):
        warning = f"Stage {stage.name} has no {missing} (docs/deployment.md)."
        Annotations.of(identity).add_warning_v2(f"{WARNING}{number}", warning)
    return app


def main() -> None:
    """Synthesizes, as the CDK CLI asks (by its environment) or the command line does."""
    parser = argparse.ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    app = build(
        outdir=arguments.output or Path(os.environ.get("CDK_OUTDIR", "cdk.out")),
        context=dict(item.split("=", 1) for item in arguments.context),
    )
    assembly = app.synth()
    if "CDK_OUTDIR" not in os.environ:
        # The CDK CLI shows them by itself.
        messages = [message for stack in assembly.stacks for message in stack.messages]
        for told in (str(message.entry.data) for message in messages):
            if WARNING in told:
                sys.stderr.write(f"{told}\n")


if __name__ == "__main__":
    main()
