"""Acknowledging findings of cdk-nag, with the reason."""

from __future__ import annotations

from aws_cdk import Validations
from constructs import IConstruct


def acknowledge(scope: IConstruct, reason: str, *rules: str) -> None:
    """Says why `rules` do not apply to `scope` and what is under it.

    A rule with several findings names one of them in brackets, as it is reported:
    `AwsSolutions-IAM5[Resource::*]`. Written to the construct's metadata, where
    `Validations.acknowledge` writes too, because that refuses an id with several `::`.
    """
    for rule in rules:
        scope.node.add_metadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, {rule: reason})
