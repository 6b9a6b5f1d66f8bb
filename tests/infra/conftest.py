"""The app of every stage, synthesized once for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from aws_cdk import Validations
from cdk_nag import AwsSolutionsChecks

from infra.app import build
from infra.stage import stage_named
from tests.infra.assembly import Assembly


@pytest.fixture(scope="session")
def built_inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Stand-ins for the web client and the vendor layer, which other tests build for real."""
    web = tmp_path_factory.mktemp("web")
    (web / "assets").mkdir()
    (web / "index.html").write_text("<!doctype html>")
    (web / "assets" / "app-1.js").write_text("export {}")
    vendor = tmp_path_factory.mktemp("vendor")
    (vendor / "python").mkdir()
    (vendor / "python" / "vendored.py").write_text("")
    return {"web_dist": str(web), "vendor_layer": str(vendor)}


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory, built_inputs: dict[str, str]) -> Assembly:
    """Production, past CDK's own validation (findings are errors) and cdk-nag."""
    return _synthesized("prod", tmp_path_factory.mktemp("prod"), built_inputs, checked=True)


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory, built_inputs: dict[str, str]) -> Assembly:
    """The development stage, past cdk-nag."""
    return _synthesized("dev", tmp_path_factory.mktemp("dev"), built_inputs, checked=True)


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory, built_inputs: dict[str, str]) -> Assembly:
    """The stage of one machine."""
    return _synthesized("local", tmp_path_factory.mktemp("local"), built_inputs, checked=False)


@pytest.fixture(params=["prod", "dev", "local"])
def assembly(request: pytest.FixtureRequest) -> Assembly:
    """Each stage in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Assembly)
    return found


def _synthesized(name: str, out: Path, inputs: dict[str, str], *, checked: bool) -> Assembly:
    silenced = os.environ.pop("CDK_VALIDATION", None)
    if not checked:
        os.environ["CDK_VALIDATION"] = "false"
    try:
        app = build(stage_named(name), outdir=out, context=inputs)
        if checked:
            Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        # Raises where a check has a finding.
        app.synth()
    finally:
        os.environ.pop("CDK_VALIDATION", None)
        if silenced is not None:
            os.environ["CDK_VALIDATION"] = silenced
    return Assembly.read(stage_named(name), out)
