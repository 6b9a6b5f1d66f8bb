"""Where bytes live: sources as they were uploaded, media as it is played, the web client.

And the key pair with which playback of what is not public is signed: the private half in
Secrets Manager, the public half with CloudFront.
"""

from __future__ import annotations

from aws_cdk import Aws, CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.bucket import private_bucket, stored_objects
from infra.constructs.function import Function, FunctionSpec
from infra.constructs.grants import read_secret, write_secret
from infra.constructs.secret import EmptySecret
from infra.constructs.stack import StageStack
from infra.stacks.data import DataStack
from infra.stage import Stage

UPLOAD_DAYS = 8
"""A day more than the application keeps an upload open, so that it always speaks first."""

LOG_DAYS = 90


class MediaStack(StageStack):
    """The buckets, and what signs access to one of them."""

    def __init__(self, scope: Construct, *, stage: Stage, data: DataStack) -> None:
        super().__init__(scope, "media", stage=stage)
        self.logs = self._logs() if stage.access_logs else None
        self.uploads = private_bucket(
            self,
            "Uploads",
            stage=stage,
            logs=self.logs,
            stale_upload_days=UPLOAD_DAYS,
            events=True,
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.PUT],
                    allowed_origins=list(stage.upload_origins),
                    allowed_headers=["content-type", "content-md5"],
                    # The page needs each part's ETag to complete the upload.
                    exposed_headers=["ETag"],
                    max_age=3600,
                )
            ],
        )
        self.media = private_bucket(
            self, "Media", stage=stage, logs=self.logs, stale_upload_days=2, events=True
        )
        self.web = private_bucket(self, "Web", stage=stage, logs=self.logs, stale_upload_days=2)
        self.sources = stored_objects(self.uploads, stage, "uploads/")
        self.sets = stored_objects(self.media, stage, "media/")
        self.pages = stored_objects(self.web, stage, "")
        for bucket in (self.media, self.web):
            self._let_distributions_read(bucket)
        self.signing_secret = EmptySecret(
            self,
            "SigningSecret",
            stage=stage,
            key=data.key,
            description="The private key that signs playback of what is not public (PEM).",
        )
        self.public_key = cloudfront.PublicKey(
            self,
            "PublicKey",
            encoded_key=self._key_pair().get_att_string("PublicKeyPem"),
            comment=f"Signed playback, {stage.name}",
        )
        self.key_group = cloudfront.KeyGroup(self, "KeyGroup", items=[self.public_key])
        self.publish(
            UploadBucketName=self.uploads.bucket_name,
            MediaBucketName=self.media.bucket_name,
            WebBucketName=self.web.bucket_name,
            MediaSigningSecretArn=self.signing_secret.arn,
            MediaKeyPairId=self.public_key.public_key_id,
            MediaKeyGroupId=self.key_group.key_group_id,
        )

    def _key_pair(self) -> CustomResource:
        maker = Function(
            self,
            "KeyPairMaker",
            stage=self.stage_data,
            spec=FunctionSpec(
                context="platform",
                name="on_key_pair_requested",
                may=[read_secret(self.signing_secret), write_secret(self.signing_secret)],
                timeout_seconds=60,
            ),
        )
        pair = CustomResource(
            self,
            "KeyPair",
            resource_type="Custom::KeyPair",
            service_token=maker.function.function_arn,
            service_timeout=Duration.minutes(5),
            properties={"SecretArn": self.signing_secret.arn},
        )
        pair.node.add_dependency(maker.role)
        return pair

    def _let_distributions_read(self, bucket: s3.Bucket) -> None:
        """Origin access control, for the account's distributions.

        To name the distribution would make this stack need the one that needs it.
        """
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="DistributionsRead",
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject"],
                resources=[bucket.arn_for_objects("*")],
                conditions={
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}"
                        ":distribution/*"
                    },
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                },
            )
        )

    def _logs(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Logs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # CloudFront delivers its standard logs by ACL.
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="expire",
                    expiration=Duration.days(LOG_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(2),
                )
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )
        acknowledge(
            bucket, "This is the bucket that logs go to; it would log itself.", "AwsSolutions-S1"
        )
        return bucket
