"""What people entrust to the stage: private, encrypted, kept, and cleaned of remains."""

from __future__ import annotations

import json
import re
from typing import Any

from infra.stacks.data import INDEXES
from tests.infra.assembly import Assembly, Resource

KEPT = (
    "AWS::DynamoDB::GlobalTable",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
    "AWS::KMS::Key",
)


def refuses_plain_http(policy: dict[str, Any]) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false"
        for statement in policy["Statement"]
    )


def policies_for(assembly: Assembly, kind: str, resource: Resource, field: str) -> list[Any]:
    return [
        policy.properties["PolicyDocument"]
        for policy in assembly.resources(kind)
        if policy.stack == resource.stack and {"Ref": resource.logical_id} in _named(policy, field)
    ]


def _named(policy: Resource, field: str) -> list[Any]:
    value = policy.properties[field]
    return value if isinstance(value, list) else [value]


class TestBuckets:
    def test_none_is_public(self, assembly: Assembly) -> None:
        buckets = list(assembly.resources("AWS::S3::Bucket"))
        assert len(buckets) == (7 if assembly.stage.access_logs else 6)
        for bucket in buckets:
            assert set(bucket.properties["PublicAccessBlockConfiguration"].values()) == {True}
            for policy in policies_for(assembly, "AWS::S3::BucketPolicy", bucket, "Bucket"):
                for statement in policy["Statement"]:
                    assert statement["Effect"] == "Deny" or statement["Principal"] != {"AWS": "*"}

    def test_all_are_encrypted(self, assembly: Assembly) -> None:
        for bucket in assembly.resources("AWS::S3::Bucket"):
            assert "BucketEncryption" in bucket.properties

    def test_tls_is_enforced_where_the_stage_says(self, assembly: Assembly) -> None:
        for bucket in assembly.resources("AWS::S3::Bucket"):
            policies = policies_for(assembly, "AWS::S3::BucketPolicy", bucket, "Bucket")
            assert any(map(refuses_plain_http, policies)) is assembly.stage.enforce_ssl

    def test_unfinished_uploads_are_aborted(self, assembly: Assembly) -> None:
        for bucket in assembly.resources("AWS::S3::Bucket"):
            (rule,) = [
                rule
                for rule in bucket.properties["LifecycleConfiguration"]["Rules"]
                if "AbortIncompleteMultipartUpload" in rule
            ]
            assert rule["Status"] == "Enabled"
            assert 1 <= rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] <= 8
            assert "Prefix" not in rule

    def test_recordings_and_chat_logs_go_when_they_were_taken_over(
        self, assembly: Assembly
    ) -> None:
        kept_days = {
            bucket.logical_id.rstrip("0123456789ABCDEF"): rule["ExpirationInDays"]
            for bucket in assembly.resources("AWS::S3::Bucket")
            for rule in bucket.properties["LifecycleConfiguration"]["Rules"]
            if "ExpirationInDays" in rule
            and "Prefix" not in rule
            and not bucket.logical_id.startswith("Logs")
        }
        assert set(kept_days) == {"Recordings", "ChatLogs"}
        # Replays are made of recordings again for so long.
        assert kept_days["Recordings"] >= 14

    def test_exports_go_after_a_week_and_uploaded_pictures_after_a_day(
        self, assembly: Assembly
    ) -> None:
        kept_days = {
            rule["Prefix"]: rule["ExpirationInDays"]
            for bucket in assembly.resources("AWS::S3::Bucket")
            for rule in bucket.properties["LifecycleConfiguration"]["Rules"]
            if "Prefix" in rule
        }
        assert kept_days == {"thumbnails/": 1, "profiles/": 1, "exports/": 7, "erasures/": 400}

    def test_only_ivs_chats_log_delivery_of_this_account_writes_its_log(
        self, assembly: Assembly
    ) -> None:
        delivered = [
            statement
            for policy in assembly.resources("AWS::S3::BucketPolicy")
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        ]
        assert {statement["Action"] for statement in delivered} == {
            "s3:GetBucketAcl",
            "s3:PutObject",
        }
        for statement in delivered:
            condition = statement["Condition"]
            assert condition["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
            assert "aws:SourceArn" in condition["ArnLike"]

    def test_an_upload_lives_longer_in_s3_than_in_the_application(self, prod: Assembly) -> None:
        from socialflow.videos.repository import UPLOAD_KEPT

        (uploads,) = [b for b in prod.resources("AWS::S3::Bucket") if "Uploads" in b.logical_id]
        rule = uploads.properties["LifecycleConfiguration"]["Rules"][0]
        days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        assert days > UPLOAD_KEPT.days

    def test_uploads_show_their_etag_to_the_page(self, assembly: Assembly) -> None:
        (uploads,) = [b for b in assembly.resources("AWS::S3::Bucket") if "Uploads" in b.logical_id]
        (rule,) = uploads.properties["CorsConfiguration"]["CorsRules"]
        assert rule["AllowedMethods"] == ["PUT"]
        assert rule["ExposedHeaders"] == ["ETag"]

    def test_uploads_and_media_tell_eventbridge(self, assembly: Assembly) -> None:
        told = {
            bucket.logical_id.rstrip("0123456789ABCDEF")
            for bucket in assembly.resources("AWS::S3::Bucket")
            if bucket.properties.get("NotificationConfiguration")
            == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
        }
        assert told == {"Uploads", "Media", "Recordings", "ChatLogs", "Records"}

    def test_only_the_accounts_distributions_read_for_cloudfront(self, assembly: Assembly) -> None:
        readers = [
            statement
            for policy in assembly.resources("AWS::S3::BucketPolicy")
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        ]
        assert len(readers) == 2
        for statement in readers:
            assert statement["Action"] == "s3:GetObject"
            assert statement["Condition"]["StringEquals"] == {
                "aws:SourceAccount": {"Ref": "AWS::AccountId"}
            }
            assert "aws:SourceArn" in statement["Condition"]["ArnLike"]


class TestTables:
    def test_recover_to_any_point_and_bill_by_use(self, assembly: Assembly) -> None:
        tables = list(assembly.resources("AWS::DynamoDB::GlobalTable"))
        assert len(tables) == len(INDEXES)
        for table in tables:
            (replica,) = table.properties["Replicas"]
            recovery = replica["PointInTimeRecoverySpecification"]
            assert recovery["PointInTimeRecoveryEnabled"] is True
            assert table.properties["BillingMode"] == "PAY_PER_REQUEST"
            assert table.properties["StreamSpecification"] == {
                "StreamViewType": "NEW_AND_OLD_IMAGES"
            }
            assert table.properties["TimeToLiveSpecification"] == {
                "AttributeName": "expires_at",
                "Enabled": True,
            }

    def test_have_the_indexes_that_unit_tests_assume(self, assembly: Assembly) -> None:
        from tests.unit.conftest import TABLES

        found = {
            table.logical_id.partition("Table")[0].lower(): tuple(
                index["IndexName"] for index in table.properties["GlobalSecondaryIndexes"]
            )
            for table in assembly.resources("AWS::DynamoDB::GlobalTable")
        }
        assert found == TABLES

    def test_refuse_deletion_in_production(self, prod: Assembly) -> None:
        for table in prod.resources("AWS::DynamoDB::GlobalTable"):
            (replica,) = table.properties["Replicas"]
            assert replica["DeletionProtectionEnabled"] is True


class TestRetention:
    def test_production_keeps_all_data(self, prod: Assembly) -> None:
        kept = list(prod.resources(*KEPT))
        assert len(kept) == len(INDEXES) + 7 + 6 + 1
        for resource in kept:
            if resource.logical_id.startswith("OriginSecret"):
                continue  # made anew with the stack that both of its readers belong to
            assert resource.body["DeletionPolicy"] == "Retain", resource.path
            assert resource.body["UpdateReplacePolicy"] == "Retain", resource.path

    def test_one_machine_keeps_nothing_back(self, local: Assembly) -> None:
        for resource in local.resources(*KEPT):
            assert resource.body["DeletionPolicy"] == "Delete", resource.path


class TestSecrets:
    def test_have_no_value_in_the_template(self, assembly: Assembly) -> None:
        secrets = list(assembly.resources("AWS::SecretsManager::Secret"))
        assert len(secrets) == 6
        for secret in secrets:
            assert "SecretString" not in secret.properties
            generated = "GenerateSecretString" in secret.properties
            assert generated is secret.logical_id.startswith("OriginSecret"), secret.path

    def test_the_origins_secret_is_known_to_cloudfront_and_the_api_alone(
        self, assembly: Assembly
    ) -> None:
        reference = re.compile(r"\{\{resolve:secretsmanager:")
        found = {
            resource.body["Type"]
            for resource in assembly.resources()
            if reference.search(json.dumps(resource.body))
        }
        assert found == {"AWS::CloudFront::Distribution", "AWS::Lambda::Function"}

    def test_the_clients_of_other_providers_are_found_by_their_description(
        self, local: Assembly
    ) -> None:
        from infra.local.deploy.providers import DESCRIPTION

        described = [
            secret.logical_id
            for secret in local.resources("AWS::SecretsManager::Secret")
            if secret.properties.get("Description") == DESCRIPTION
        ]
        assert len(described) == 1
        assert described[0].startswith("OAuthClients")
