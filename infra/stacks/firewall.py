"""The web ACL before CloudFront; it has to be in us-east-1, wherever the rest is."""

from __future__ import annotations

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.constructs.stack import StageStack
from infra.stage import Stage

REGION = "us-east-1"
COMMON = "AWSManagedRulesCommonRuleSet"
MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    COMMON,
    "AWSManagedRulesKnownBadInputsRuleSet",
)
COUNTED = {
    COMMON: (
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
    )
}
"""Rules that only count. Completing an upload of 10,000 parts sends more than their 8 KB; and
bodies hold what people write, passwords among it: `<b onclick=…`, `../` and addresses are words
there, which no function puts into a page, opens as a file or fetches."""

CALLBACKS = "^/v1/auth/providers/[a-z]+/callback$"
"""Where other providers send people back, with a query of the provider's own making: the scopes
that Google tells are addresses (`scope=https://www.googleapis.com/auth/userinfo.profile`), which
GenericRFI_QUERYARGUMENTS refuses. Matched as it stands, so that no path written otherwise is let
by."""


class FirewallStack(StageStack):
    """AWS's managed rules, and limits for each address: for all it sends, and for signing in."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, "firewall", stage=stage, region=REGION)
        acl = waf.CfnWebACL(
            self,
            "WebAcl",
            name=stage.prefix,
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible(stage.prefix),
            rules=[
                _rate("rate-by-address", 0, stage.firewall_requests_per_5_minutes),
                _rate(
                    "sign-ins-by-address",
                    1,
                    stage.firewall_sign_in_requests_per_5_minutes,
                    below="/v1/auth/",
                ),
                *(_managed(place, name) for place, name in enumerate(MANAGED, 2)),
            ],
        )
        self.web_acl_arn = acl.attr_arn


def _rate(name: str, priority: int, limit: int, *, below: str = "") -> waf.CfnWebACL.RuleProperty:
    """So many requests of one address in five minutes; of those to paths that begin with `below`
    where that is given."""
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP",
                limit=limit,
                scope_down_statement=_path_begins_with(below) if below else None,
            )
        ),
        visibility_config=_visible(name),
    )


def _path_begins_with(path: str) -> waf.CfnWebACL.StatementProperty:
    """Decoded and in order first: `/v1/./%61uth/` is the same path to the API."""
    return waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH",
            search_string=path,
            text_transformations=[
                waf.CfnWebACL.TextTransformationProperty(priority=0, type="URL_DECODE"),
                waf.CfnWebACL.TextTransformationProperty(priority=1, type="NORMALIZE_PATH"),
            ],
        )
    )


def _anything_but(path: str) -> waf.CfnWebACL.StatementProperty:
    return waf.CfnWebACL.StatementProperty(
        not_statement=waf.CfnWebACL.NotStatementProperty(
            statement=waf.CfnWebACL.StatementProperty(
                regex_match_statement=waf.CfnWebACL.RegexMatchStatementProperty(
                    field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
                    regex_string=path,
                    text_transformations=[
                        waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")
                    ],
                )
            )
        )
    )


def _managed(priority: int, name: str) -> waf.CfnWebACL.RuleProperty:
    """A rule group of AWS's; the common rules are not asked about what providers send back."""
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                scope_down_statement=_anything_but(CALLBACKS) if name == COMMON else None,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(
                        name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                    )
                    for rule in COUNTED.get(name, ())
                ]
                or None,
            )
        ),
        visibility_config=_visible(name),
    )


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
