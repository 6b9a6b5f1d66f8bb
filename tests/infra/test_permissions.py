"""Least privilege: what each function may do, exactly, and on what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.allowed import ALLOWED, KNOW_NO_RESOURCES, LOGS, TRACES
from tests.infra.assembly import Assembly, listed

PREFIXES = (
    "/uploads/*",
    "/media/*",
    "/ivs/*",
    "/ivs/*/media/latest_thumbnail/*",
    "/thumbnails/*",
    "/profiles/*",
    "/exports/*",
    "/erasures/*",
    "/media/public/people/*",
    "/media/public/live/*",
    "/AWSLogs/*",
    ":jobs/*",
    ":room/*",
    ":channel/*",
    ":stream-key/*",
    ":identity/*",
)


class TestActions:
    def test_each_function_may_do_this_and_nothing_else(self, assembly: Assembly) -> None:
        traces = TRACES if assembly.stage.tracing else set()
        found = {
            assembly.short(name): {
                action
                for statement in assembly.statements_of(assembly.role_of(function))
                if statement["Effect"] == "Allow"
                for action in listed(statement["Action"])
            }
            for name, function in assembly.functions().items()
        }
        mail = set() if assembly.stage.mail_from else {"ses:SendEmail"}
        assert found == {
            name: (actions - mail) | LOGS | traces for name, actions in ALLOWED.items()
        }

    def test_mediaconvert_reads_sources_and_writes_media(self, assembly: Assembly) -> None:
        (role,) = [
            role
            for role in assembly.resources("AWS::IAM::Role")
            if "mediaconvert.amazonaws.com" in str(role.properties["AssumeRolePolicyDocument"])
        ]
        found = {
            (action, text_of(resource).rsplit("-arn", 1)[-1])
            for statement in assembly.statements_of(role)
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
        assert found == {("s3:GetObject", "/uploads/*"), ("s3:PutObject", "/media/*")}
        (trust,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        }


class TestResources:
    def test_no_role_of_ours_has_a_wildcard_action(self, assembly: Assembly) -> None:
        for function in assembly.functions().values():
            for statement in assembly.statements_of(assembly.role_of(function)):
                assert not [action for action in listed(statement["Action"]) if "*" in action]

    def test_wildcard_resources_are_prefixes_or_cannot_be_narrower(
        self, assembly: Assembly
    ) -> None:
        for name, function in assembly.functions().items():
            for statement in assembly.statements_of(assembly.role_of(function)):
                for resource in map(text_of, listed(statement["Resource"])):
                    if resource == "*":
                        assert set(listed(statement["Action"])) <= KNOW_NO_RESOURCES, name
                    else:
                        assert "*" not in resource or resource.endswith(PREFIXES), name

    def test_roles_of_ours_have_no_managed_policies(self, assembly: Assembly) -> None:
        for function in assembly.functions().values():
            role = assembly.role_of(function)
            assert "ManagedPolicyArns" not in role.properties
            assert "Policies" not in role.properties

    def test_only_identity_reads_logins(self, assembly: Assembly) -> None:
        function = assembly.functions()[f"{assembly.stage.prefix}-videos-api"]
        (statement,) = [
            statement
            for statement in assembly.statements_of(assembly.role_of(function))
            if "IdentityTable" in str(statement["Resource"])
        ]
        assert set(listed(statement["Action"])) == {"dynamodb:GetItem", "dynamodb:BatchGetItem"}
        assert statement["Condition"] == {
            "ForAllValues:StringLike": {
                "dynamodb:LeadingKeys": ["USER#*", "HANDLE#*", "PUBLIC_KEYS"]
            }
        }

    def test_audit_entries_are_added_and_never_changed(self, assembly: Assembly) -> None:
        """But by the erasure, which puts an anonymous id in place of whoever is gone."""
        changing = {"dynamodb:UpdateItem", "dynamodb:DeleteItem"}
        for name, function in assembly.functions().items():
            statements = [
                statement
                for statement in assembly.statements_of(assembly.role_of(function))
                if "IdentityTable" in str(statement["Resource"])
                and changing & set(listed(statement["Action"]))
            ]
            if not statements or name.endswith("-on_account_deleted"):
                continue
            denied = [each for each in statements if each["Effect"] == "Deny"]
            touched = [
                pattern
                for each in statements
                if each["Effect"] == "Allow"
                for pattern in leading_keys(each)
            ]
            if denied:
                (statement,) = denied
                assert set(listed(statement["Action"])) == changing
                assert statement["Condition"] == {
                    "ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["AUDIT#*"]}
                }
            else:
                assert touched, name
                assert not [each for each in touched if each.startswith(("A", "*"))], name

    def test_mail_is_sent_by_one_function_in_one_name(self, local: Assembly) -> None:
        (statement,) = [
            statement
            for policy in local.resources("AWS::IAM::Policy")
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if "ses:SendEmail" in listed(statement["Action"])
        ]
        assert statement["Condition"] == {
            "StringEquals": {"ses:FromAddress": "no-reply@socialflow.test"}
        }
        assert {text_of(each).rpartition(":")[2] for each in statement["Resource"]} == {
            # The recipient's too, in the sandbox.
            "identity/*",
            "configuration-set/socialflow-local",
        }

    def test_jobs_are_given_one_role_and_only_to_mediaconvert(self, prod: Assembly) -> None:
        passed = [
            statement
            for policy in prod.resources("AWS::IAM::Policy")
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if "iam:PassRole" in listed(statement["Action"])
        ]
        assert len(passed) == 3
        for statement in passed:
            assert "JobRole" in str(statement["Resource"])
            assert statement["Condition"] == {
                "StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}
            }


class TestReviewOfMessages:
    def test_is_called_by_rooms_of_this_account_alone(self, assembly: Assembly) -> None:
        (permission,) = [
            each.properties
            for each in assembly.resources("AWS::Lambda::Permission")
            if each.properties["Principal"] == "ivschat.amazonaws.com"
        ]
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
        assert text_of(permission["SourceArn"]).endswith("AWS::AccountId:room/*")

    def test_is_kept_started_where_the_stage_says(self, assembly: Assembly) -> None:
        kept = {
            alias.logical_id: alias.properties["ProvisionedConcurrencyConfig"]
            for alias in assembly.resources("AWS::Lambda::Alias")
            if "ProvisionedConcurrencyConfig" in alias.properties
        }
        if not assembly.stage.review_environments:
            assert kept == {}
            return
        ((name, environments),) = kept.items()
        assert name.startswith("Review")
        assert environments == {
            "ProvisionedConcurrentExecutions": assembly.stage.review_environments
        }


class TestKey:
    def test_encrypts_tables_and_secrets_of_production(self, prod: Assembly) -> None:
        for table in prod.resources("AWS::DynamoDB::GlobalTable"):
            assert table.properties["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
            assert "KMSMasterKeyId" in str(table.properties["Replicas"])
        for secret in prod.resources("AWS::SecretsManager::Secret"):
            assert "KmsKeyId" in secret.properties

    def test_is_used_only_through_the_services(self, prod: Assembly) -> None:
        (key,) = prod.resources("AWS::KMS::Key")
        assert key.properties["EnableKeyRotation"] is True
        by_sid = {
            statement.get("Sid", "root"): statement
            for statement in key.properties["KeyPolicy"]["Statement"]
        }
        anyone = [
            statement
            for statement in by_sid.values()
            if statement["Principal"] in ("*", {"AWS": "*"})
        ]
        assert len(anyone) == 1
        assert anyone[0]["Condition"]["StringEquals"] == {
            "kms:CallerAccount": {"Ref": "AWS::AccountId"},
            "kms:ViaService": [
                "dynamodb.us-east-1.amazonaws.com",
                "secretsmanager.us-east-1.amazonaws.com",
            ],
        }


def leading_keys(statement: dict[str, Any]) -> list[str]:
    """The partitions that a statement is about; all of them where it names none."""
    condition = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
    return listed(condition.get("dynamodb:LeadingKeys", ["*"]))


def text_of(value: Any) -> str:
    """An ARN of a template as text: references by their names."""
    if isinstance(value, dict):
        ((function, argument),) = value.items()
        if function == "Fn::Join":
            return str(argument[0]).join(text_of(part) for part in argument[1])
        return text_of(argument) if isinstance(argument, str) else ".".join(argument)
    return str(value)


class TestTextOf:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("*", "*"),
            ({"Fn::ImportValue": "a-arn"}, "a-arn"),
            ({"Fn::Join": ["", [{"Fn::GetAtt": ["A", "Arn"]}, "/uploads/*"]]}, "A.Arn/uploads/*"),
        ],
    )
    def test_keeps_what_is_compared(self, value: Any, text: str) -> None:
        assert text_of(value) == text
