"""Requests held against botocore's models."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.service.model_requests import operations, request_faults

ROOM = "arn:aws:ivschat:us-east-1:000000000000:room/AbC123def456"
LOGGING = "arn:aws:ivschat:us-east-1:000000000000:logging-configuration/AbC123def456"


class TestFaults:
    @pytest.mark.parametrize(
        ("operation", "members", "faulty"),
        [
            ("CreateChatToken", {"roomIdentifier": ROOM}, "userId"),
            ("CreateChatToken", {"roomIdentifier": ROOM, "userId": None}, "userId"),
            ("CreateChatToken", {"roomIdentifier": "room", "userId": "a"}, "roomIdentifier"),
            ("CreateChatToken", {"roomIdentifier": ROOM, "userId": "a" * 129}, "userId"),
            ("CreateChatToken", {"roomIdentifier": ROOM, "userId": 5}, "userId"),
            (
                "CreateChatToken",
                {"roomIdentifier": ROOM, "userId": "a", "capabilities": ["SEND_MESSAGE", "SING"]},
                "capabilities/1",
            ),
            (
                "CreateChatToken",
                {"roomIdentifier": ROOM, "userId": "a", "attributes": {"a": 1}},
                "attributes/a",
            ),
            (
                "CreateChatToken",
                {"roomIdentifier": ROOM, "userId": "a", "attributes": []},
                "attributes",
            ),
            (
                "CreateChatToken",
                {"roomIdentifier": ROOM, "userId": "a", "sessionDurationInMinutes": 181},
                "sessionDurationInMinutes",
            ),
            (
                "CreateChatToken",
                {"roomIdentifier": ROOM, "userId": "a", "sessionDurationInMinutes": True},
                "sessionDurationInMinutes",
            ),
            ("CreateRoom", {"name": "with space"}, "name"),
            ("CreateRoom", {"maximumMessageLength": 501}, "maximumMessageLength"),
            ("CreateRoom", {"messageReviewHandler": "arn"}, "messageReviewHandler"),
            (
                "CreateRoom",
                {"messageReviewHandler": {"fallbackResult": "MAYBE"}},
                "messageReviewHandler/fallbackResult",
            ),
            (
                "CreateRoom",
                {"loggingConfigurationIdentifiers": [LOGGING] * 4},
                "loggingConfigurationIdentifiers",
            ),
            (
                "CreateRoom",
                {"loggingConfigurationIdentifiers": LOGGING},
                "loggingConfigurationIdentifiers",
            ),
            (
                "CreateLoggingConfiguration",
                {"destinationConfiguration": {}},
                "destinationConfiguration",
            ),
            (
                "CreateLoggingConfiguration",
                {"destinationConfiguration": {"s3": {}}},
                "destinationConfiguration/s3/bucketName",
            ),
        ],
    )
    def test_are_named(self, operation: str, members: dict[str, Any], faulty: str) -> None:
        assert list(request_faults("ivschat", operation, members)) == [faulty]

    def test_all_of_them_at_once(self) -> None:
        faults = request_faults("ivschat", "CreateChatToken", {"roomIdentifier": 1, "userId": ""})
        assert set(faults) == {"roomIdentifier", "userId"}

    def test_fields_that_the_model_does_not_know(self) -> None:
        members = {"name": "a", "colour": "red"}
        assert request_faults("ivschat", "CreateRoom", members) == {}
        faults = request_faults("ivschat", "CreateRoom", members, knows_all=True)
        assert faults == {"colour": "is not known"}

    def test_true_and_false(self) -> None:
        assert request_faults("ivs", "CreateChannel", {"authorized": True}) == {}
        faults = request_faults("ivs", "CreateChannel", {"authorized": 1})
        assert faults == {"authorized": "is not true or false"}

    def test_patterns_written_for_java(self) -> None:
        arn = "arn:aws:ivs:us-east-1:000000000000:channel/AbC123def456"
        tags = {"resourceArn": arn, "tags": {"socialflow:properties": "a b é"}}
        assert request_faults("ivs", "TagResource", tags) == {}

    def test_arns_of_any_resource_whose_published_pattern_matches_none(self) -> None:
        assert request_faults("ivschat", "ListTagsForResource", {"resourceArn": ROOM}) == {}


class TestOperations:
    def test_have_their_method_and_path(self) -> None:
        known = operations("ivschat")
        assert known["CreateRoom"] == ("POST", "/CreateRoom")
        assert known["UntagResource"] == ("DELETE", "/tags/{resourceArn}")
