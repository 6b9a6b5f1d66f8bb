"""Behaviours are matched in order; keys are those of the behaviour's own groups."""

import pytest

from infra.local.edge.configuration import Forwarding, parse_configuration
from tests.unit.local_edge.distribution import behavior, document
from tests.unit.local_edge.signing import KEY_ID


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/v1/health", "/v1/*"),
        ("/media/public/vid_1/a1/stream.m3u8", "/media/public/*"),
        ("/media/protected/vid_1/a1/stream.m3u8", "/media/protected/*"),
        ("/media/other", "*"),
        ("/v1", "*"),
        ("/", "*"),
    ],
)
def test_the_first_pattern_that_matches_counts(path: str, pattern: str) -> None:
    assert parse_configuration(document()).behavior_for(path).path_pattern == pattern


def test_a_leading_slash_of_a_pattern_is_optional() -> None:
    distribution = parse_configuration(document(behaviors=[behavior("a?c/*"), behavior("*")]))
    assert distribution.behavior_for("/abc/x").path_pattern == "a?c/*"
    assert distribution.behavior_for("/abbc/x").path_pattern == "*"


def test_only_keys_of_the_behaviours_groups_are_trusted() -> None:
    distribution = parse_configuration(
        document(
            "pem",
            key_groups={"group": [KEY_ID, "KGONE"], "other": ["KOTHER"]},
            public_keys={KEY_ID: "pem", "KOTHER": "other pem"},
        )
    )
    protected = distribution.behavior_for("/media/protected/x")
    assert distribution.trusted_keys(protected) == {KEY_ID: "pem"}


@pytest.mark.parametrize(
    ("forwarding", "passed", "blocked"),
    [
        (Forwarding(mode="none"), [], ["a"]),
        (Forwarding(mode="all"), ["a"], []),
        (Forwarding(mode="whitelist", names=frozenset({"a"})), ["a"], ["b"]),
        (Forwarding(mode="allExcept", names=frozenset({"a"})), ["b"], ["a"]),
    ],
)
def test_forwarding(forwarding: Forwarding, passed: list[str], blocked: list[str]) -> None:
    assert all(forwarding.passes(name) for name in passed)
    assert not any(forwarding.passes(name) for name in blocked)
