"""The headers that CloudFront adds, by what is behind the path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.stage import Stage

HSTS_SECONDS = 2 * 365 * 24 * 3600
"""Browsers' preload lists take a domain that says at least a year, with its subdomains."""

PERMISSIONS = {
    "accelerometer": "()",
    "autoplay": "(self)",
    "camera": "()",
    "display-capture": "()",
    "encrypted-media": "(self)",
    "fullscreen": "(self)",
    "geolocation": "()",
    "gyroscope": "()",
    "magnetometer": "()",
    "microphone": "()",
    "midi": "()",
    "payment": "()",
    "picture-in-picture": "(self)",
    "publickey-credentials-create": "(self)",
    "publickey-credentials-get": "(self)",
    "usb": "()",
    "xr-spatial-tracking": "()",
}
"""What pages may use of the device (Permissions Policy): they play, and sign in with passkeys."""

OWN_ORIGIN = {"Cross-Origin-Resource-Policy": "same-origin"}
PAGE = OWN_ORIGIN | {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}={who}" for name, who in PERMISSIONS.items()),
}


def web_headers(
    scope: Construct, stage: Stage, *, connect: Sequence[str], play: Sequence[str]
) -> cloudfront.ResponseHeadersPolicy:
    """For pages. `connect` is where they may send requests beyond their own origin, `play` from
    where they may play."""
    return _policy(
        scope, "WebHeaders", f"{stage.prefix}-web", page_policy(connect, play), custom=PAGE
    )


def api_headers(scope: Construct, stage: Stage) -> cloudfront.ResponseHeadersPolicy:
    """For answers, which are data and never a page."""
    return _policy(
        scope,
        "ApiHeaders",
        f"{stage.prefix}-api",
        "default-src 'none'; frame-ancestors 'none'",
        custom=OWN_ORIGIN,
    )


def media_headers(scope: Construct, stage: Stage) -> cloudfront.ResponseHeadersPolicy:
    """For segments and pictures, which the client's own pages play."""
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "MediaHeaders",
        response_headers_policy_name=f"{stage.prefix}-media",
        custom_headers_behavior=_custom(OWN_ORIGIN),
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
    scope: Construct, id: str, name: str, content_policy: str, *, custom: Mapping[str, str]
) -> cloudfront.ResponseHeadersPolicy:
    return cloudfront.ResponseHeadersPolicy(
        scope,
        id,
        response_headers_policy_name=name,
        custom_headers_behavior=_custom(custom),
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


def _custom(headers: Mapping[str, str]) -> cloudfront.ResponseCustomHeadersBehavior:
    return cloudfront.ResponseCustomHeadersBehavior(
        custom_headers=[
            cloudfront.ResponseCustomHeader(header=name, value=value, override=True)
            for name, value in headers.items()
        ]
    )


def _hsts() -> cloudfront.ResponseHeadersStrictTransportSecurity:
    return cloudfront.ResponseHeadersStrictTransportSecurity(
        access_control_max_age=Duration.seconds(HSTS_SECONDS),
        include_subdomains=True,
        preload=True,
        override=True,
    )
