"""Every template passes cfn-lint, CDK's own validation and cdk-nag; and those do find things."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks

from infra.app import FLAGS, WARNING, build
from infra.constructs.code import ROOT
from infra.constructs.grants import Grant, allow
from infra.stage import PROD, UnknownStage
from tests.infra.assembly import Assembly, variables

IGNORED = [
    # CDK makes a function depend on its role although it refers to it.
    "W3005",
]


def lint(templates: list[Path]) -> str:
    """What cfn-lint says of the templates; one process, because it reads its rules but once."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "parseable"]
    finished = subprocess.run(  # noqa: S603 - our own tool, no shell
        [
            *command,
            "--ignore-checks",
            *IGNORED,
            "--regions",
            "us-east-1",
            "--",
            *map(str, templates),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return finished.stdout + finished.stderr


class TestChecks:
    def test_cfn_lint_finds_nothing_but_a_mistake_made_on_purpose(
        self, prod: Assembly, dev: Assembly, local: Assembly, tmp_path: Path
    ) -> None:
        wrong = tmp_path / "wrong.template.json"
        wrong.write_text(json.dumps({"Resources": {"A": {"Type": "AWS::S3::Buckett"}}}))
        templates = [
            template
            for assembly in (prod, dev, local)
            for template in sorted(assembly.directory.glob("*.template.json"))
        ]
        assert len(templates) > 20
        (finding,) = lint([*templates, wrong]).splitlines()
        assert finding.startswith(str(wrong))
        assert "E3006" in finding

    def test_nag_and_validation_left_no_finding(self, prod: Assembly, dev: Assembly) -> None:
        for assembly in (prod, dev):
            report = json.loads((assembly.directory / "validation-report.json").read_text())
            assert [plugin["violations"] for plugin in report["pluginReports"]] in ([], [[]])

    def test_a_stage_with_domain_and_mail_passes_as_well(
        self, built_inputs: dict[str, str], tmp_path: Path
    ) -> None:
        """What `prod` becomes once its operator has filled it in."""
        whole = dataclasses.replace(
            PROD,
            domain_name="socialflow.example",
            certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/"
            "12345678-1234-1234-1234-123456789012",
            mail_from="Social Flow <no-reply@socialflow.example>",
            alarm_email="operator@socialflow.example",
        )
        app = build(whole, outdir=tmp_path, context=built_inputs)
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        app.synth()
        assert lint(sorted(tmp_path.glob("*.template.json"))) == ""
        found = Assembly.read(whole, tmp_path)
        assert warnings_of(found) == []
        (identity,) = found.resources("AWS::SES::EmailIdentity")
        assert identity.properties["EmailIdentity"] == "socialflow.example"
        origins = {
            variables(function)["SF_PUBLIC_ORIGIN"] for function in found.functions().values()
        }
        assert origins == {"https://socialflow.example"}

    def test_nag_refuses_a_wildcard_without_a_reason(self, tmp_path: Path) -> None:
        app = App(outdir=str(tmp_path), builtin_cloud_formation_validation=False)
        role = iam.Role(
            Stack(app, "Wrong"), "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        allow(role, Grant(actions=["s3:GetObject"], resources=["arn:aws:s3:::b/*"]))
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        with pytest.raises(RuntimeError, match="ValidationFailed"):
            app.synth()

    def test_validation_refuses_a_queue_faster_than_its_function(self, tmp_path: Path) -> None:
        app = App(outdir=str(tmp_path), context=dict(FLAGS))
        stack = Stack(app, "Wrong")
        lambda_.CfnEventSourceMapping(
            stack, "Mapping", function_name="", event_source_arn="no arn", batch_size=-1
        )
        sqs.CfnQueue(stack, "Queue", visibility_timeout=10**9)
        with pytest.raises(RuntimeError, match="ValidationFailed"):
            app.synth()


def warnings_of(assembly: Assembly) -> list[str]:
    """Our own, as the CDK CLI shows them."""
    metadata = json.loads((assembly.directory / "Identity.metadata.json").read_text())
    return [
        entry["data"]
        for entries in metadata.values()
        for entry in entries
        if entry["type"] == "aws:cdk:warning" and WARNING in entry["data"]
    ]


class TestWarnings:
    def test_a_stage_without_domain_and_sender_says_what_is_off(
        self, prod: Assembly, local: Assembly
    ) -> None:
        domain, sender = warnings_of(prod)
        assert "prod has no domain_name: " in domain
        assert "prod has no mail_from: " in sender
        assert warnings_of(local) == []


class TestCommandLine:
    def test_synthesizes_without_the_cdk_cli_or_credentials(self, tmp_path: Path) -> None:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "CDK_", "PYTHON"))
        }
        finished = subprocess.run(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "infra.app", "-c", "stage=local", "-o", str(tmp_path / "out")],
            cwd=ROOT,
            env=environment | {"CDK_VALIDATION": "false", "AWS_EC2_METADATA_DISABLED": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
        assert {"Data", "Media", "Identity", "Api", "Edge", "Processing"} <= set(
            manifest["artifacts"]
        )

    def test_an_unknown_stage_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnknownStage, match="'staging' is no stage"):
            build(outdir=tmp_path, context={"stage": "staging"})
