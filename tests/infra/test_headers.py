"""What CloudFront tells browsers of pages, answers and media: what they may do with them."""

from __future__ import annotations

from typing import Any

from tests.infra.assembly import Assembly


class TestHeaders:
    def test_pages_may_play_and_upload_and_little_else(self, prod: Assembly) -> None:
        policy = content_policy(prod, "WebHeaders")
        assert policy["default-src"] == ["'self'"]
        assert policy["script-src"] == ["'self'"]
        assert policy["media-src"] == ["'self'", "blob:", "https://*.live-video.net"]
        assert policy["worker-src"] == ["'self'", "blob:"]
        assert policy["frame-ancestors"] == ["'none'"]
        assert policy["object-src"] == ["'none'"]
        own, uploads, *live = policy["connect-src"]
        assert own == "'self'"
        assert live == ["wss://edge.ivschat.us-east-1.amazonaws.com", "https://*.live-video.net"]
        assert uploads.startswith("https://")
        assert "Uploads" in uploads

    def test_one_machine_may_upload_watch_and_chat_on_it(self, local: Assembly) -> None:
        policy = content_policy(local, "WebHeaders")
        assert {"http://localhost:*", "ws://localhost:*"} <= set(policy["connect-src"])
        assert "http://localhost:*" in policy["media-src"]

    def test_answers_of_the_api_are_no_pages(self, assembly: Assembly) -> None:
        assert content_policy(assembly, "ApiHeaders")["default-src"] == ["'none'"]

    def test_signing_in_stays_on_the_page_and_may_use_passkeys(self, assembly: Assembly) -> None:
        assert content_policy(assembly, "WebHeaders")["form-action"] == ["'self'"]
        allowed = custom_headers(assembly, "WebHeaders")["Permissions-Policy"].split(", ")
        assert {"publickey-credentials-get=(self)", "publickey-credentials-create=(self)"} <= set(
            allowed
        )
        assert {"camera=()", "microphone=()", "geolocation=()", "payment=()"} <= set(allowed)

    def test_other_sites_get_nothing_of_ours(self, assembly: Assembly) -> None:
        own = "same-origin"
        for name in ("WebHeaders", "ApiHeaders", "MediaHeaders"):
            assert custom_headers(assembly, name)["Cross-Origin-Resource-Policy"] == own
        assert custom_headers(assembly, "WebHeaders")["Cross-Origin-Opener-Policy"] == own
        for policy in assembly.resources("AWS::CloudFront::ResponseHeadersPolicy"):
            assert "CorsConfig" not in policy.properties["ResponseHeadersPolicyConfig"]
        for api in assembly.resources("AWS::ApiGatewayV2::Api"):
            assert "CorsConfiguration" not in api.properties

    def test_plain_http_is_forgotten_as_preload_lists_want_it(self, assembly: Assembly) -> None:
        for name in ("WebHeaders", "ApiHeaders", "MediaHeaders"):
            headers = header_policy(assembly, name)["SecurityHeadersConfig"]
            transport = headers["StrictTransportSecurity"]
            assert transport["AccessControlMaxAgeSec"] >= 365 * 24 * 3600
            assert transport["IncludeSubdomains"] is transport["Preload"] is True


def header_policy(assembly: Assembly, name: str) -> dict[str, Any]:
    """The response headers policy whose id begins so."""
    (policy,) = [
        each.properties["ResponseHeadersPolicyConfig"]
        for each in assembly.resources("AWS::CloudFront::ResponseHeadersPolicy")
        if each.logical_id.startswith(name)
    ]
    found: dict[str, Any] = policy
    return found


def custom_headers(assembly: Assembly, name: str) -> dict[str, str]:
    """The headers that the policy sets whatever the origin says."""
    items = header_policy(assembly, name)["CustomHeadersConfig"]["Items"]
    assert all(item["Override"] is True for item in items)
    return {item["Header"]: item["Value"] for item in items}


def content_policy(assembly: Assembly, name: str) -> dict[str, list[str]]:
    """The Content-Security-Policy of a response headers policy, by directive."""
    headers = header_policy(assembly, name)["SecurityHeadersConfig"]
    written = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    if isinstance(written, dict):
        written = "".join(
            part if isinstance(part, str) else part["Fn::ImportValue"]
            for part in written["Fn::Join"][1]
        )
    directives = (directive.split(" ") for directive in written.split("; "))
    return {name: values for name, *values in directives}
