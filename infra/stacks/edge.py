"""One origin for everything: CloudFront before the API, the media and the web client."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, Fn
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from api.edge import ORIGIN_HEADER
from infra.constructs.acknowledge import acknowledge
from infra.constructs.code import ROOT
from infra.constructs.response_headers import api_headers, media_headers, web_headers
from infra.constructs.settings import chat_messaging_url
from infra.constructs.stack import StageStack
from infra.constructs.web_files import deploy_web
from infra.stacks.api import ApiStack
from infra.stacks.media import MediaStack
from infra.stage import Stage

REWRITE = ROOT / "infra" / "constructs" / "web_rewrite.js"
DIRECTORY_TTL = Duration.seconds(10)


class EdgeStack(StageStack):
    """`/v1`, `/.well-known` → API · `/media` → media bucket · everything else → web client.

    What is live, and chat, clients get from IVS itself.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        media: MediaStack,
        api: ApiStack,
        web_acl_arn: str | None,
    ) -> None:
        super().__init__(scope, "edge", stage=stage)
        self._media = media
        self._to_api = origins.HttpOrigin(
            Fn.select(2, Fn.split("/", api.http_api.api_endpoint)),
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers={ORIGIN_HEADER: api.origin_header()},
        )
        self._to_media = self._bucket_origin("MediaOrigin", media.media)
        api_answers = api_headers(self, stage)
        media_answers = media_headers(self, stage)
        web = self._bucket_origin("WebOrigin", media.web)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=stage.prefix,
            domain_names=[stage.domain_name] if stage.domain_name else None,
            certificate=acm.Certificate.from_certificate_arn(
                self, "Certificate", stage.certificate_arn
            )
            if stage.certificate_arn
            else None,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass[stage.price_class],
            web_acl_id=web_acl_arn,
            enable_logging=media.logs is not None,
            log_bucket=media.logs,
            log_file_prefix="cloudfront/" if media.logs else None,
            default_root_object="index.html",
            default_behavior=self._web(web),
            additional_behaviors={
                # The first that matches decides.
                "/v1/live": self._directory(api_answers),
                "/v1/*": self._api(api_answers, cloudfront.CachePolicy.CACHING_DISABLED),
                "/.well-known/*": self._api(api_answers, self._briefly()),
                "/media/public/*": self._played(media_answers, ()),
                "/media/protected/*": self._played(media_answers, [media.key_group]),
            },
        )
        self._acknowledge()
        if stage.deploy_web:
            deploy_web(self, pages=media.pages, distribution=self.distribution)
        self.publish(
            DistributionId=self.distribution.distribution_id,
            DistributionDomainName=self.distribution.distribution_domain_name,
        )

    def _bucket_origin(self, id: str, bucket: s3.Bucket) -> cloudfront.IOrigin:
        """By name: CDK would otherwise write this distribution into the bucket's policy, and the
        media stack would need this one, which needs it. The policy is there already."""
        named = s3.Bucket.from_bucket_attributes(
            self,
            id,
            bucket_name=bucket.bucket_name,
            bucket_regional_domain_name=bucket.bucket_regional_domain_name,
        )
        acknowledge(
            named,
            "The media stack's bucket policy lets the account's distributions read.",
            "@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac",
        )
        return origins.S3BucketOrigin.with_origin_access_control(named)

    def _api(
        self, headers: cloudfront.ResponseHeadersPolicy, cache: cloudfront.ICachePolicy
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=self._to_api,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cache,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=headers,
        )

    def _directory(self, headers: cloudfront.ResponseHeadersPolicy) -> cloudfront.BehaviorOptions:
        """Who is live is the same for everybody: nobody's credentials reach the API here, so one
        answer may serve all for as long as the API says, seconds."""
        return cloudfront.BehaviorOptions(
            origin=self._to_api,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
            cache_policy=cloudfront.CachePolicy(
                self,
                "Directory",
                cache_policy_name=f"{self.stage_data.prefix}-directory",
                min_ttl=Duration.seconds(0),
                default_ttl=Duration.seconds(0),
                max_ttl=DIRECTORY_TTL,
                query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list(
                    "category", "cursor", "limit"
                ),
                enable_accept_encoding_brotli=True,
                enable_accept_encoding_gzip=True,
            ),
            response_headers_policy=headers,
        )

    def _played(
        self,
        headers: cloudfront.ResponseHeadersPolicy,
        key_groups: Sequence[cloudfront.IKeyGroup],
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=self._to_media,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=headers,
            trusted_key_groups=list(key_groups) or None,
        )

    def _web(self, origin: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        uploads = self._media.uploads.bucket_regional_domain_name
        chat = chat_messaging_url(self.stage_data)
        return cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=web_headers(
                self,
                self.stage_data,
                connect=[f"https://{uploads}", chat, *self.stage_data.connect_sources],
                play=self.stage_data.playback_sources,
            ),
            function_associations=[
                cloudfront.FunctionAssociation(
                    event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                    function=cloudfront.Function(
                        self,
                        "WebRewrite",
                        function_name=f"{self.stage_data.prefix}-web-rewrite",
                        runtime=cloudfront.FunctionRuntime.JS_2_0,
                        code=cloudfront.FunctionCode.from_inline(REWRITE.read_text()),
                    ),
                )
            ],
        )

    def _briefly(self) -> cloudfront.CachePolicy:
        """Public keys: as long as the API says, five minutes at most."""
        return cloudfront.CachePolicy(
            self,
            "Briefly",
            cache_policy_name=f"{self.stage_data.prefix}-briefly",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.minutes(1),
            max_ttl=Duration.minutes(5),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )

    def _acknowledge(self) -> None:
        acknowledge(
            self.distribution,
            "Social Flow is meant for every country.",
            "AwsSolutions-CFR1",
        )
        if not self.stage_data.domain_name:
            acknowledge(
                self.distribution,
                "CloudFront's own certificate takes no minimum; with a domain it is TLS 1.2.",
                "AwsSolutions-CFR4",
            )
