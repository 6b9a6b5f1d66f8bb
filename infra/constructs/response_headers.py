"""The headers that CloudFront adds, by what is behind the path."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.stage import Stage

HSTS_SECONDS = 365 * 24 * 3600


def web_headers(
    scope: Construct, stage: Stage, *, connect: Sequence[str], play: Sequence[str]
) -> cloudfront.ResponseHeadersPolicy:
    """For pages. `connect` is where they may send requests beyond their own origin, `play` from
    where they may play."""
    return _policy(scope, "WebHeaders", stage, f"{stage.prefix}-web", page_policy(connect, play))


def api_headers(scope: Construct, stage: Stage) -> cloudfront.ResponseHeadersPolicy:
    """For answers, which are data and never a page."""
    return _policy(
        scope,
        "ApiHeaders",
        stage,
        f"{stage.prefix}-api",
        "default-src 'none'; frame-ancestors 'none'",
    )


def media_headers(scope: Construct, stage: Stage) -> cloudfront.ResponseHeadersPolicy:
    """For segments and pictures, which the client's own pages play."""
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "MediaHeaders",
        response_headers_policy_name=f"{stage.prefix}-media",
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            strict_transport_security=_hsts(),
        ),
    )


def page_policy(connect: Sequence[str], play: Sequence[str]) -> str:
    """The Content-Security-Policy of pages.

    hls.js plays through Media Source Extensions: it fetches segments itself, hands the video
    element a `blob:` URL and may start its worker from one. Safari plays the address itself.
    """
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:", *play],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *connect, *play],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in directives.items())


def _policy(
    scope: Construct, id: str, stage: Stage, name: str, content_policy: str
) -> cloudfront.ResponseHeadersPolicy:
    return cloudfront.ResponseHeadersPolicy(
        scope,
        id,
        response_headers_policy_name=name,
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=content_policy, override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=True
            ),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
                override=True,
            ),
            strict_transport_security=_hsts(),
        ),
    )


def _hsts() -> cloudfront.ResponseHeadersStrictTransportSecurity:
    return cloudfront.ResponseHeadersStrictTransportSecurity(
        access_control_max_age=Duration.seconds(HSTS_SECONDS),
        include_subdomains=True,
        override=True,
    )
