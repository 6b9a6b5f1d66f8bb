"""The control API, as boto3 speaks it."""

from __future__ import annotations

from typing import Any, ClassVar

import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.service.model_requests import operations
from tests.unit.local_ivschat.clients import Refused, ivschat_client
from tests.unit.local_ivschat.conftest import Service

NOWHERE = "arn:aws:ivschat:us-east-1:000000000000:room/AbC123def456"
NO_LOGGING = "arn:aws:ivschat:us-east-1:000000000000:logging-configuration/AbC123def456"
# What botocore would refuse before it is sent.
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


class TestRefusing:
    def test_an_unsigned_request(self, service: Service) -> None:
        unsigned = ivschat_client(service.url, config=Config(signature_version=UNSIGNED))
        with pytest.raises(ClientError) as error:
            unsigned.list_rooms()
        assert code_of(error) == "MissingAuthenticationTokenException"

    def test_a_wrong_secret(self, service: Service) -> None:
        forger = ivschat_client(service.url, aws_secret_access_key="guessed")
        with pytest.raises(ClientError) as error:
            forger.create_room()
        assert code_of(error) == "InvalidSignatureException"

    def test_fields_against_the_model_by_their_names(self, service: Service) -> None:
        careless = ivschat_client(service.url, config=UNCHECKED)
        with pytest.raises(service.api.exceptions.ValidationException) as error:
            careless.create_chat_token(
                roomIdentifier="here", userId="a", sessionDurationInMinutes=181
            )
        answer: Any = error.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert answer["reason"] == "FIELD_VALIDATION_FAILED"
        names = [field["name"] for field in answer["fieldList"]]
        assert names == ["roomIdentifier", "sessionDurationInMinutes"]

    def test_more_attributes_than_a_kilobyte(self, service: Service) -> None:
        room = service.room()
        with pytest.raises(service.api.exceptions.ValidationException):
            service.token(room, attributes={"a": "é" * 512})
        service.token(room, attributes={"a": "x" * 1023})
        with pytest.raises(service.api.exceptions.ValidationException):
            service.api.send_event(roomIdentifier=room, eventName="e", attributes={"a": "x" * 1024})

    @pytest.mark.parametrize("body", [b"{", b"[]", b'{"name": "\\ud83d"}', b"[" * 50_000])
    def test_what_is_no_request(self, service: Service, body: bytes) -> None:
        answer = service.post("/CreateRoom", body)
        assert answer.status_code == 400
        assert answer.headers["x-amzn-errortype"] == "ValidationException"

    def test_an_oversized_request(self, service: Service) -> None:
        answer = service.post("/CreateRoom", b"x" * (64 * 1024 + 1))
        assert answer.status_code == 400
        assert "at most" in answer.json()["message"]

    def test_an_operation_there_is_not(self, service: Service) -> None:
        answer = httpx.post(f"{service.url}/SingSong", content=b"{}")
        assert answer.status_code == 404

    def test_rooms_there_are_not(self, service: Service) -> None:
        api = service.api
        for call in (
            lambda: api.get_room(identifier=NOWHERE),
            lambda: api.update_room(identifier=NOWHERE),
            lambda: api.delete_room(identifier=NOWHERE),
            lambda: api.create_chat_token(roomIdentifier=NOWHERE, userId="a"),
            lambda: api.send_event(roomIdentifier=NOWHERE, eventName="e"),
            lambda: api.delete_message(roomIdentifier=NOWHERE, id="a" * 12),
            lambda: api.disconnect_user(roomIdentifier=NOWHERE, userId="a"),
            lambda: api.list_tags_for_resource(resourceArn=NOWHERE),
            lambda: api.create_room(loggingConfigurationIdentifiers=[NO_LOGGING]),
            lambda: api.get_logging_configuration(identifier=NO_LOGGING),
            lambda: api.update_logging_configuration(identifier=NO_LOGGING),
            lambda: api.delete_logging_configuration(identifier=NO_LOGGING),
        ):
            with pytest.raises(api.exceptions.ResourceNotFoundException) as error:
                call()
            answer: Any = error.value.response
            assert answer["resourceId"] == "AbC123def456"

    def test_logging_to_what_is_not_here(self, service: Service) -> None:
        with pytest.raises(service.api.exceptions.ValidationException):
            service.api.create_logging_configuration(
                destinationConfiguration={"cloudWatchLogs": {"logGroupName": "chat"}}
            )


class TestLimits:
    SETTINGS: ClassVar = {"max_rooms": 1, "max_logging_configurations": 1, "events_per_second": 2}

    def test_of_what_an_account_may_have(self, service: Service) -> None:
        service.room()
        with pytest.raises(service.api.exceptions.ServiceQuotaExceededException) as error:
            service.room()
        answer: Any = error.value.response
        assert (answer["resourceType"], answer["limit"]) == ("ROOM", 1)
        destination: Any = {"s3": {"bucketName": "logs"}}
        service.api.create_logging_configuration(destinationConfiguration=destination)
        with pytest.raises(service.api.exceptions.ServiceQuotaExceededException):
            service.api.create_logging_configuration(destinationConfiguration=destination)

    def test_of_events_in_a_second(self, service: Service) -> None:
        room = service.room()
        refused = 0
        for _ in range(20):
            try:
                service.api.send_event(roomIdentifier=room, eventName="e")
            except service.api.exceptions.ThrottlingException:
                refused += 1
        assert refused > 0


class TestRooms:
    def test_have_the_defaults_of_the_service(self, service: Service) -> None:
        made = service.api.create_room()
        assert made["arn"] == f"arn:aws:ivschat:us-east-1:000000000000:room/{made['id']}"
        assert len(made["id"]) == 12
        assert made["name"] == ""
        assert made["maximumMessageRatePerSecond"] == 10
        assert made["maximumMessageLength"] == 500
        assert "messageReviewHandler" not in made
        found = service.api.get_room(identifier=made["arn"])
        assert {**made, "ResponseMetadata": 0} == {**found, "ResponseMetadata": 0}

    def test_are_changed_where_a_request_says_so_and_nowhere_else(self, service: Service) -> None:
        room = service.reviewed_room("DENY", name="chn_1", tags={"a": "1"})
        service.clock.move(1)
        changed = service.api.update_room(identifier=room, maximumMessageLength=100)
        assert changed["name"] == "chn_1"
        assert changed["maximumMessageLength"] == 100
        assert changed["messageReviewHandler"] == {
            "uri": service.function,
            "fallbackResult": "DENY",
        }
        assert changed["updateTime"] > changed["createTime"]
        changed = service.api.update_room(identifier=room, messageReviewHandler={"uri": ""})
        assert "messageReviewHandler" not in changed
        assert changed["maximumMessageLength"] == 100
        handler: Any = {"uri": service.function}
        changed = service.api.update_room(identifier=room, messageReviewHandler=handler)
        assert changed["messageReviewHandler"]["fallbackResult"] == "ALLOW"

    def test_are_gone_when_deleted(self, service: Service) -> None:
        room = service.room()
        service.api.delete_room(identifier=room)
        assert service.api.list_rooms()["rooms"] == []

    def test_are_listed_last_changed_first_in_pages_that_new_ones_do_not_shift(
        self, service: Service
    ) -> None:
        made = []
        for _ in range(5):
            made.append(service.room())
            service.clock.move(1)
        service.api.update_room(identifier=made[1], name="changed")
        order = [made[1], made[4], made[3], made[2], made[0]]
        page = service.api.list_rooms(maxResults=2)
        listed = page["rooms"]
        service.clock.move(1)
        service.room()
        while token := page.get("nextToken"):
            page = service.api.list_rooms(maxResults=2, nextToken=token)
            listed += page["rooms"]
        assert [room["arn"] for room in listed] == order
        with pytest.raises(service.api.exceptions.ValidationException):
            service.api.list_rooms(nextToken="guessed")

    def test_are_found_by_what_they_have(self, service: Service) -> None:
        destination: Any = {"s3": {"bucketName": "logs"}}
        logging = service.api.create_logging_configuration(destinationConfiguration=destination)
        service.room()
        named = service.room(name="chn_1")
        reviewed = service.reviewed_room()
        logged = service.room(loggingConfigurationIdentifiers=[logging["arn"]])

        def arns(**given: Any) -> list[str]:
            return [room["arn"] for room in service.api.list_rooms(**given)["rooms"]]

        assert arns(name="chn_1") == [named]
        assert arns(messageReviewHandlerUri=service.function) == [reviewed]
        assert arns(loggingConfigurationIdentifier=logging["arn"]) == [logged]
        assert arns(name="chn_1", messageReviewHandlerUri=service.function) == []
        with pytest.raises(service.api.exceptions.ResourceNotFoundException):
            arns(loggingConfigurationIdentifier=NO_LOGGING)


class TestTokens:
    def test_say_until_when_they_and_their_session_are_good(self, service: Service) -> None:
        room = service.room()
        made = service.api.create_chat_token(roomIdentifier=room, userId="a")
        session = made["sessionExpirationTime"] - made["tokenExpirationTime"]
        assert session.total_seconds() == 59 * 60
        made = service.api.create_chat_token(
            roomIdentifier=room, userId="a", sessionDurationInMinutes=180
        )
        session = made["sessionExpirationTime"] - made["tokenExpirationTime"]
        assert session.total_seconds() == 179 * 60

    def test_of_a_user_id_in_any_script(self, service: Service) -> None:
        viewer = service.connect(service.room(), "ユーザー", attributes={"名": "前"})
        viewer.say("hello")
        assert viewer.next()["Sender"] == {"UserId": "ユーザー", "Attributes": {"名": "前"}}

    def test_that_grant_nothing_let_in(self, service: Service) -> None:
        viewer = service.connect(service.room(), capabilities=[])
        viewer.say("hello")
        assert viewer.next()["ErrorCode"] == 403

    def test_are_not_those_of_another_server(self, service: Service) -> None:
        with pytest.raises(Refused):
            service.open("A" * 200)


class TestLoggingConfigurations:
    def test_live_from_creation_to_deletion(self, service: Service) -> None:
        api = service.api
        made = api.create_logging_configuration(
            name="chat", destinationConfiguration={"s3": {"bucketName": "logs"}}, tags={"a": "1"}
        )
        assert made["state"] == "ACTIVE"
        kind = "logging-configuration"
        assert made["arn"] == f"arn:aws:ivschat:us-east-1:000000000000:{kind}/{made['id']}"
        changed = api.update_logging_configuration(
            identifier=made["arn"], destinationConfiguration={"s3": {"bucketName": "others"}}
        )
        assert changed["name"] == "chat"
        found = api.get_logging_configuration(identifier=made["arn"])
        assert found["destinationConfiguration"] == {"s3": {"bucketName": "others"}}
        listed = api.list_logging_configurations()["loggingConfigurations"]
        assert [each["arn"] for each in listed] == [made["arn"]]
        api.delete_logging_configuration(identifier=made["arn"])
        assert api.list_logging_configurations()["loggingConfigurations"] == []


class TestTags:
    def test_of_rooms_and_logging_configurations(self, service: Service) -> None:
        destination: Any = {"s3": {"bucketName": "logs"}}
        logging = service.api.create_logging_configuration(destinationConfiguration=destination)
        for arn in (service.room(tags={"a": "1"}), logging["arn"]):
            service.api.tag_resource(resourceArn=arn, tags={"b c": "2", "d": "3"})
            service.api.untag_resource(resourceArn=arn, tagKeys=["a", "b c"])
            tags = service.api.list_tags_for_resource(resourceArn=arn)["tags"]
            assert tags == {"d": "3"}

    def test_are_fifty_at_most(self, service: Service) -> None:
        room = service.room(tags={str(number): "" for number in range(50)})
        with pytest.raises(service.api.exceptions.ValidationException):
            service.api.tag_resource(resourceArn=room, tags={"one more": ""})


class TestCompleteness:
    def test_every_operation_of_the_model_is_answered(self, service: Service) -> None:
        for name, (method, path) in operations("ivschat").items():
            answer = httpx.request(method, service.url + path.replace("{resourceArn}", NOWHERE))
            assert answer.status_code == 403, name
            assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
