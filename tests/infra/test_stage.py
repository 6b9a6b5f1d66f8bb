"""Stage data: all that differs, each with a word on what it is."""

from __future__ import annotations

import ast
import dataclasses
import itertools
from pathlib import Path

import pytest

from infra import stage as stage_module
from infra.stage import LOCAL, PROD, STAGES, Stage, UnknownStage, stage_named


class TestStage:
    def test_every_field_is_documented(self) -> None:
        tree = ast.parse(Path(stage_module.__file__).read_text())
        (body,) = [
            node.body
            for node in tree.body
            if isinstance(node, ast.ClassDef) and node.name == "Stage"
        ]
        documented = {
            statement.target.id
            for statement, following in itertools.pairwise(body)
            if isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        }
        assert documented == {field.name for field in dataclasses.fields(Stage)}

    def test_names_are_unique_prefixes(self) -> None:
        assert {stage.prefix for stage in STAGES.values()} == {
            "socialflow-local",
            "socialflow-dev",
            "socialflow-prod",
        }

    def test_an_unknown_name_is_refused_with_those_there_are(self) -> None:
        with pytest.raises(UnknownStage, match="local, dev, prod"):
            stage_named("staging")

    def test_a_domain_needs_its_certificate(self) -> None:
        with pytest.raises(ValueError, match="go together"):
            dataclasses.replace(PROD, domain_name="socialflow.example")

    def test_snapshots_need_versions(self) -> None:
        with pytest.raises(ValueError, match="needs versions"):
            dataclasses.replace(LOCAL, snap_start=True)

    def test_mail_comes_from_an_address(self) -> None:
        named = dataclasses.replace(PROD, mail_from="Social Flow <hello@socialflow.example>")
        assert named.mail_domain == "socialflow.example"
        assert (PROD.mail_domain, LOCAL.mail_domain) == ("", "socialflow.test")
        with pytest.raises(ValueError, match="no address"):
            dataclasses.replace(PROD, mail_from="Social Flow")

    def test_says_what_is_off_without_a_domain_or_a_sender(self) -> None:
        assert LOCAL.what_is_off == []
        assert [each.partition(":")[0] for each in PROD.what_is_off] == ["domain_name", "mail_from"]
        whole = dataclasses.replace(
            PROD,
            domain_name="socialflow.example",
            certificate_arn="arn:aws:acm:x",
            mail_from="hello@socialflow.example",
        )
        assert whole.what_is_off == []

    def test_the_origin_is_the_domain_or_relative(self) -> None:
        named = dataclasses.replace(
            PROD, domain_name="socialflow.example", certificate_arn="arn:aws:acm:x"
        )
        assert named.public_origin == "https://socialflow.example"
        assert PROD.public_origin == ""

    def test_production_is_the_careful_one(self) -> None:
        assert PROD.retain_data
        assert PROD.enforce_ssl
        assert PROD.firewall
        assert PROD.customer_key
        assert PROD.monitoring
        assert not PROD.deploy_time_settings
