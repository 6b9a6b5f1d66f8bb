"""Deploy the project into a running engine.

    python -m infra.local.deploy --engine URL --edge FILE
                                 [--assembly DIR] [--web DIR] [--set NAME=VALUE …]
                                 [--providers URL --provider-clients DIR]

Synthesizes unless an assembly is given, deploys the stacks that differ, copies the web client,
writes the edge's configuration and tells the API of its clients at the local identity provider.
Prints one line per step that did something. Ends with status 1 and the reasons when a stack fails.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from infra.local.admin import admin_client
from infra.local.console import failure, note, step
from infra.local.deploy.assembly import BrokenAssembly, read_assembly
from infra.local.deploy.assets import publish_assets
from infra.local.deploy.edge_export import NoDistribution, export_distribution, web_bucket
from infra.local.deploy.providers import NoClientsSecret, tell_clients
from infra.local.deploy.stacks import Deployment, DeploymentFailed
from infra.local.deploy.synthesis import SynthesisFailed, synthesize
from infra.local.deploy.web import copy_web_client

FAILURES = (SynthesisFailed, BrokenAssembly, DeploymentFailed, NoDistribution, NoClientsSecret)


def main() -> None:
    """Parse the arguments and deploy."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.deploy")
    parser.add_argument("--engine", required=True)
    parser.add_argument("--assembly", type=Path)
    parser.add_argument("--edge", type=Path, required=True)
    parser.add_argument("--web", type=Path)
    parser.add_argument("--providers")
    parser.add_argument("--provider-clients", type=Path)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    arguments = parser.parse_args()
    settings = dict(item.split("=", 1) for item in arguments.set)
    try:
        assembly = arguments.assembly or synthesize_reported()
        deploy(arguments.engine, assembly, settings)
        finish(arguments.engine, arguments.edge, arguments.web)
        if arguments.providers and arguments.provider_clients:
            secrets = admin_client("secretsmanager", arguments.engine)
            tell_clients(secrets, arguments.providers, arguments.provider_clients)
    except FAILURES as error:
        failure(str(error))
        sys.exit(1)


def synthesize_reported() -> Path:
    """Synthesize, telling how long it took when it was necessary."""
    started = time.monotonic()
    assembly = synthesize()
    if assembly.made:
        step("Synthesized the template", time.monotonic() - started)
    return assembly.path


def deploy(engine_url: str, assembly: Path, settings: dict[str, str]) -> None:
    """Bring every stack of the assembly up to date."""
    s3 = admin_client("s3", engine_url)
    deployment = Deployment(
        cloudformation=admin_client("cloudformation", engine_url),
        ssm=admin_client("ssm", engine_url),
        s3=s3,
    )
    stacks = read_assembly(assembly)
    same = deployment.unchanged(stacks, settings)
    for stack in stacks:
        if stack.name in same:
            continue
        started = time.monotonic()
        publish_assets(s3, stack.assets)
        deployment.deploy(stack, settings)
        resources = len(stack.template.get("Resources", {}))
        step(f"Deployed {stack.name} ({resources} resources)", time.monotonic() - started)


def finish(engine_url: str, edge_file: Path, web: Path | None) -> None:
    """Copy the web client and write down the distribution."""
    export_distribution(admin_client("cloudfront", engine_url), edge_file)
    bucket = web_bucket(json.loads(edge_file.read_text()))
    if web is None or not (web / "index.html").exists():
        note("The web client is not built; the page answers 403 until `make web` has run.")
        return
    started = time.monotonic()
    sent, removed = copy_web_client(admin_client("s3", engine_url), bucket, web)
    if sent or removed:
        step(f"Copied the web client ({sent} files)", time.monotonic() - started)


if __name__ == "__main__":
    main()
