"""Acknowledging findings of cdk-nag and of CDK's own template validation."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(scope: IConstruct, reason: str, *rules: str) -> None:
    """Says why `rules` do not apply to `scope` and what is under it.

    A rule with several findings names one of them in brackets, as it is reported:
    `AwsSolutions-IAM5[Resource::*]`.
    """
    Validations.of(scope).acknowledge(*(Acknowledgment(id=rule, reason=reason) for rule in rules))
