"""Where bytes live: sources as they were uploaded, media as it is played, the web client; what
IVS records of broadcasts, and what is said in chats; what people are given of their data.

And the key pairs with which playback is signed: the private halves in Secrets Manager, the public
ones with CloudFront (videos that are not public) and with IVS (whatever is live).
"""

from __future__ import annotations

from dataclasses import replace

from aws_cdk import Aws, CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ivs as ivs
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
CHAT_LOG_DAYS = 30
"""The application reads what IVS Chat writes within minutes, and keeps it in its own table."""

PICTURES = "thumbnails/"
"""What creators upload as the picture of a broadcast; looked at, it is moved to the media."""

PROFILE_PICTURES = "profiles/"
"""What people upload as their picture; looked at and drawn anew, it goes to the media."""

EXPORTS = "exports/"
ERASURES = "erasures/"
EXPORT_DAYS = 7
"""How long what somebody asked to have of their data can be fetched."""

ERASURE_DAYS = 400
"""How long the receipts of erasures are kept, which hold nothing of whom they were about."""

CLOUDFRONT_PAIR = "RSA_2048"
IVS_PAIR = "EC_P384"
"""What each takes; algorithms of `functions.platform.on_key_pair_requested`."""


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
            expire_prefixes={PICTURES: 1, PROFILE_PICTURES: 1},
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
        self.recordings = private_bucket(
            self,
            "Recordings",
            stage=stage,
            logs=self.logs,
            stale_upload_days=2,
            events=True,
            expire_days=stage.recording_days,
        )
        self.chat_logs = private_bucket(
            self,
            "ChatLogs",
            stage=stage,
            logs=self.logs,
            stale_upload_days=2,
            events=True,
            expire_days=CHAT_LOG_DAYS,
        )
        self.records = private_bucket(
            self,
            "Records",
            stage=stage,
            logs=self.logs,
            stale_upload_days=2,
            events=True,
            expire_prefixes={EXPORTS: EXPORT_DAYS, ERASURES: ERASURE_DAYS},
        )
        self.sources = stored_objects(self.uploads, stage, "uploads/")
        self.sets = stored_objects(self.media, stage, "media/")
        self.pages = stored_objects(self.web, stage, "")
        self.pictures = replace(self.sources, prefix=PICTURES)
        self.live_pictures = replace(self.sets, prefix="media/public/live/")
        self.profile_pictures = replace(self.sources, prefix=PROFILE_PICTURES)
        self.shown_pictures = replace(self.sets, prefix="media/public/people/")
        self.exports = stored_objects(self.records, stage, EXPORTS)
        self.erasures = replace(self.exports, prefix=ERASURES)
        self.recorded = stored_objects(self.recordings, stage, "ivs/")
        self.captured = replace(self.recorded, prefix="ivs/*/media/latest_thumbnail/")
        self.logged = stored_objects(self.chat_logs, stage, "AWSLogs/")
        for bucket in (self.media, self.web):
            self._let_distributions_read(bucket)
        self._let_chat_log()
        self.signing_secret = EmptySecret(
            self,
            "SigningSecret",
            stage=stage,
            key=data.key,
            description="The private key that signs playback of what is not public (PEM).",
        )
        self.live_secret = EmptySecret(
            self,
            "LiveSigningSecret",
            stage=stage,
            key=data.key,
            description="The private key that signs playback of what is live (PEM).",
        )
        maker = self._key_pair_maker()
        self.public_key = cloudfront.PublicKey(
            self,
            "PublicKey",
            encoded_key=_public_half(self, "KeyPair", maker, self.signing_secret, CLOUDFRONT_PAIR),
            comment=f"Signed playback, {stage.name}",
        )
        self.key_group = cloudfront.KeyGroup(self, "KeyGroup", items=[self.public_key])
        self.live_key_pair = ivs.CfnPlaybackKeyPair(
            self,
            "LiveKeyPair",
            name=stage.prefix,
            public_key_material=_public_half(self, "LivePair", maker, self.live_secret, IVS_PAIR),
        )
        self.publish(
            UploadBucketName=self.uploads.bucket_name,
            MediaBucketName=self.media.bucket_name,
            WebBucketName=self.web.bucket_name,
            RecordingBucketName=self.recordings.bucket_name,
            ChatLogBucketName=self.chat_logs.bucket_name,
            RecordsBucketName=self.records.bucket_name,
            MediaSigningSecretArn=self.signing_secret.arn,
            MediaKeyPairId=self.public_key.public_key_id,
            MediaKeyGroupId=self.key_group.key_group_id,
            LiveSigningSecretArn=self.live_secret.arn,
            LiveKeyPairArn=self.live_key_pair.attr_arn,
        )

    def _key_pair_maker(self) -> Function:
        secrets = (self.signing_secret, self.live_secret)
        return Function(
            self,
            "KeyPairMaker",
            stage=self.stage_data,
            spec=FunctionSpec(
                context="platform",
                name="on_key_pair_requested",
                may=[
                    grant
                    for secret in secrets
                    for grant in (read_secret(secret), write_secret(secret))
                ],
                timeout_seconds=60,
            ),
        )

    def _let_chat_log(self) -> None:
        """IVS Chat's logs are delivered by the log delivery service, as "Logs sent to Amazon S3"
        (CloudWatch Logs User Guide) has it."""
        ours = {
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {
                "aws:SourceArn": f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"
            },
        }
        delivery = iam.ServicePrincipal("delivery.logs.amazonaws.com")
        self.chat_logs.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AWSLogDeliveryAclCheck",
                principals=[delivery],
                actions=["s3:GetBucketAcl"],
                resources=[self.chat_logs.bucket_arn],
                conditions=ours,
            )
        )
        owned = {"s3:x-amz-acl": "bucket-owner-full-control"}
        self.chat_logs.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AWSLogDeliveryWrite",
                principals=[delivery],
                actions=["s3:PutObject"],
                resources=[self.chat_logs.arn_for_objects(f"AWSLogs/{Aws.ACCOUNT_ID}/*")],
                conditions=ours | {"StringEquals": ours["StringEquals"] | owned},
            )
        )

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


def _public_half(
    scope: Construct, id: str, maker: Function, secret: EmptySecret, algorithm: str
) -> str:
    """The public key (PEM) of the pair whose private half the secret holds."""
    pair = CustomResource(
        scope,
        id,
        resource_type="Custom::KeyPair",
        service_token=maker.function.function_arn,
        service_timeout=Duration.minutes(5),
        properties={"SecretArn": secret.arn, "Algorithm": algorithm},
    )
    pair.node.add_dependency(maker.role)
    return pair.get_att_string("PublicKeyPem")
