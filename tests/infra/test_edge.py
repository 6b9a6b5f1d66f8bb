"""CloudFront: what is behind which path, who may see it, and what pages may do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from infra.stacks.edge import REWRITE
from socialflow.identity.federation.providers import PROVIDERS
from tests.infra.assembly import Assembly

MANAGED_NO_CACHE = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def config_of(assembly: Assembly) -> dict[str, Any]:
    (distribution,) = assembly.resources("AWS::CloudFront::Distribution")
    found: dict[str, Any] = distribution.properties["DistributionConfig"]
    return found


def behaviours(assembly: Assembly) -> dict[str, dict[str, Any]]:
    config = config_of(assembly)
    return {each["PathPattern"]: each for each in config["CacheBehaviors"]} | {
        "*": config["DefaultCacheBehavior"]
    }


class TestBehaviours:
    def test_one_for_each_kind_of_path(self, assembly: Assembly) -> None:
        assert set(behaviours(assembly)) == {
            "/v1/live",
            "/v1/*",
            "/.well-known/*",
            "/media/public/*",
            "/media/protected/*",
            "*",
        }

    def test_only_protected_media_asks_for_a_signature(self, assembly: Assembly) -> None:
        signed = {
            path for path, each in behaviours(assembly).items() if each.get("TrustedKeyGroups")
        }
        assert signed == {"/media/protected/*"}

    def test_the_key_group_holds_the_pair_of_the_secret(self, assembly: Assembly) -> None:
        (group,) = assembly.resources("AWS::CloudFront::KeyGroup")
        (key,) = assembly.resources("AWS::CloudFront::PublicKey")
        (pair,) = [
            each
            for each in assembly.resources("Custom::KeyPair")
            if each.properties["Algorithm"] == "RSA_2048"
        ]
        assert group.properties["KeyGroupConfig"]["Items"] == [{"Ref": key.logical_id}]
        assert key.properties["PublicKeyConfig"]["EncodedKey"] == {
            "Fn::GetAtt": [pair.logical_id, "PublicKeyPem"]
        }

    def test_ivs_has_the_pair_that_signs_what_is_live(self, assembly: Assembly) -> None:
        (key,) = assembly.resources("AWS::IVS::PlaybackKeyPair")
        (pair,) = [
            each
            for each in assembly.resources("Custom::KeyPair")
            if each.properties["Algorithm"] == "EC_P384"
        ]
        assert key.properties["PublicKeyMaterial"] == {
            "Fn::GetAtt": [pair.logical_id, "PublicKeyPem"]
        }
        assert "LiveSigningSecret" in str(pair.properties["SecretArn"])

    def test_the_api_is_never_cached_but_for_who_is_live(self, assembly: Assembly) -> None:
        found = behaviours(assembly)
        assert found["/v1/*"]["CachePolicyId"] == MANAGED_NO_CACHE
        order = list(found)
        assert order.index("/v1/live") < order.index("/v1/*")
        (policy,) = [
            each.properties["CachePolicyConfig"]
            for each in assembly.resources("AWS::CloudFront::CachePolicy")
            if each.properties["CachePolicyConfig"]["Name"].endswith("-directory")
        ]
        assert policy["MaxTTL"] <= 10
        assert policy["DefaultTTL"] == policy["MinTTL"] == 0

    def test_what_is_cached_for_all_is_asked_for_by_nobody(self, assembly: Assembly) -> None:
        """Neither credentials nor cookies reach the API where one answer serves everybody."""
        behaviour = behaviours(assembly)["/v1/live"]
        assert "OriginRequestPolicyId" not in behaviour
        assert not {"POST", "PUT", "PATCH", "DELETE"} & set(behaviour["AllowedMethods"])
        cached = [
            each.properties["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
            for each in assembly.resources("AWS::CloudFront::CachePolicy")
        ]
        for parameters in cached:
            assert parameters["CookiesConfig"] == {"CookieBehavior": "none"}
            assert parameters["HeadersConfig"] == {"HeaderBehavior": "none"}

    def test_nothing_is_served_without_tls(self, assembly: Assembly) -> None:
        for each in behaviours(assembly).values():
            assert each["ViewerProtocolPolicy"] in ("https-only", "redirect-to-https")

    def test_buckets_are_read_with_origin_access_control(self, assembly: Assembly) -> None:
        for origin in config_of(assembly)["Origins"]:
            assert ("S3OriginConfig" in origin) is ("OriginAccessControlId" in origin)

    def test_every_behaviour_has_a_policy_of_headers(self, assembly: Assembly) -> None:
        for each in behaviours(assembly).values():
            assert "ResponseHeadersPolicyId" in each


class TestFirewall:
    def test_stands_before_the_distribution_where_the_stage_says(self, assembly: Assembly) -> None:
        assert ("WebACLId" in config_of(assembly)) is assembly.stage.firewall

    def test_limits_addresses_and_uses_managed_rules(self, prod: Assembly) -> None:
        (acl,) = prod.resources("AWS::WAFv2::WebACL")
        assert acl.properties["Scope"] == "CLOUDFRONT"
        rate, sign_ins, *managed = acl.properties["Rules"]
        for rule, limit in ((rate, 20_000), (sign_ins, 1_000)):
            assert rule["Action"] == {"Block": {}}
            assert rule["Statement"]["RateBasedStatement"]["Limit"] == limit
        assert len(managed) == 3
        assert [rule["Priority"] for rule in acl.properties["Rules"]] == [0, 1, 2, 3, 4]

    def test_limits_signing_in_apart_however_the_path_is_written(self, prod: Assembly) -> None:
        (acl,) = prod.resources("AWS::WAFv2::WebACL")
        limited = acl.properties["Rules"][1]["Statement"]["RateBasedStatement"]
        assert limited["AggregateKeyType"] == "IP"
        match = limited["ScopeDownStatement"]["ByteMatchStatement"]
        assert match["FieldToMatch"] == {"UriPath": {}}
        assert (match["PositionalConstraint"], match["SearchString"]) == (
            "STARTS_WITH",
            "/v1/auth/",
        )
        assert [each["Type"] for each in match["TextTransformations"]] == [
            "URL_DECODE",
            "NORMALIZE_PATH",
        ]

    def test_lets_providers_send_people_back_with_a_query_of_their_own(
        self, prod: Assembly
    ) -> None:
        """Google's holds addresses, which the common rules take for an attack."""
        scope = common_rules(prod)["ScopeDownStatement"]["NotStatement"]["Statement"]
        match = scope["RegexMatchStatement"]
        assert match["FieldToMatch"] == {"UriPath": {}}
        assert [each["Type"] for each in match["TextTransformations"]] == ["NONE"]
        for provider in PROVIDERS:
            assert re.search(match["RegexString"], f"/v1/auth/providers/{provider}/callback")
        for path in (
            "/v1/auth/providers/google/start",
            "/v1/auth/providers/../login/callback",
            "/v1/auth/providers/google/callback/../../../../users",
            "/v1/users/v1/auth/providers/google/callback",
        ):
            assert not re.search(match["RegexString"], path)

    def test_takes_what_people_write_for_words(self, prod: Assembly) -> None:
        """Passwords and bios may hold anything; what is counted is answered by the API."""
        counted = {
            each["Name"]
            for each in common_rules(prod)["RuleActionOverrides"]
            if each["ActionToUse"] == {"Count": {}}
        }
        assert counted == {
            "SizeRestrictions_BODY",
            "CrossSiteScripting_BODY",
            "EC2MetaDataSSRF_BODY",
            "GenericLFI_BODY",
            "GenericRFI_BODY",
        }


class TestRewrite:
    @pytest.mark.parametrize(
        ("asked", "served"),
        [
            ("/", "/index.html"),
            ("/watch/vid_01", "/index.html"),
            ("/watch/", "/index.html"),
            ("/u/anna.b/", "/index.html"),
            ("/docs", "/docs/index.html"),
            ("/docs/", "/docs/index.html"),
            ("/docs/index.html", "/docs/index.html"),
            ("/openapi.json", "/openapi.json"),
            ("/assets/app-1.js", "/assets/app-1.js"),
        ],
    )
    def test_pages_are_the_client_and_files_themselves(self, asked: str, served: str) -> None:
        node = shutil.which("node")
        assert node is not None, "Node is needed, as it is to build the web client"
        event = json.dumps({"request": {"uri": asked}})
        finished = subprocess.run(  # noqa: S603 - our own code, no shell
            [node, "-e", f"{REWRITE.read_text()}\nconsole.log(handler({event}).uri)"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert finished.stdout.strip() == served

    def test_is_what_is_deployed(self, assembly: Assembly) -> None:
        (function,) = assembly.resources("AWS::CloudFront::Function")
        assert function.properties["FunctionCode"] == REWRITE.read_text()


class TestWeb:
    def test_is_copied_by_the_deployment_where_the_stage_says(self, assembly: Assembly) -> None:
        copies = list(assembly.resources("Custom::CDKBucketDeployment"))
        assert len(copies) == (2 if assembly.stage.deploy_web else 0)


def common_rules(assembly: Assembly) -> dict[str, Any]:
    """The statement of the web ACL's common rule set."""
    (acl,) = assembly.resources("AWS::WAFv2::WebACL")
    (found,) = [
        rule["Statement"]["ManagedRuleGroupStatement"]
        for rule in acl.properties["Rules"]
        if rule["Name"] == "AWSManagedRulesCommonRuleSet"
    ]
    statement: dict[str, Any] = found
    return statement
