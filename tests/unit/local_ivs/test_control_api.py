"""The control API through boto3's own client, refusals first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.local.ivs.errors import Throttled
from infra.local.ivs.throttle import Throttle
from tests.unit.local_ivs.running import Running, ivs_client, running

if TYPE_CHECKING:
    from mypy_boto3_ivs import IVSClient

MISSING = "arn:aws:ivs:us-east-1:000000000000:channel/AbCdEf12GhIj"


@pytest.fixture
def client(server: Running) -> IVSClient:
    return server.client


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def public_key(curve: ec.EllipticCurve) -> str:
    key = ec.generate_private_key(curve).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class TestRefusing:
    def test_an_unsigned_request(self, server: Running) -> None:
        unsigned = ivs_client(server.ivs.url, config=ClientConfig(signature_version=UNSIGNED))
        with pytest.raises(ClientError) as error:
            unsigned.list_channels()
        assert code_of(error) == "MissingAuthenticationTokenException"

    def test_a_wrong_secret(self, server: Running) -> None:
        forger = ivs_client(server.ivs.url, aws_secret_access_key="guessed")
        with pytest.raises(ClientError) as error:
            forger.create_channel()
        assert code_of(error) == "InvalidSignatureException"

    def test_a_path_of_no_operation(self, server: Running) -> None:
        answer = httpx.post(f"{server.ivs.url}/MakeCoffee", json={})
        assert answer.status_code == 404

    def test_a_value_that_the_model_does_not_allow(self, client: IVSClient) -> None:
        with pytest.raises(client.exceptions.ValidationException, match="/name"):
            client.create_channel(name="with spaces")
        with pytest.raises(client.exceptions.ValidationException, match="/latencyMode"):
            client.create_channel(latencyMode="SLOW")  # type: ignore[arg-type]

    def test_a_setting_without_effect_here_by_its_name(self, client: IVSClient) -> None:
        with pytest.raises(client.exceptions.ValidationException, match="/type"):
            client.create_channel(type="BASIC")
        with pytest.raises(client.exceptions.ValidationException, match="multitrack"):
            client.create_channel(multitrackInputConfiguration={"enabled": True})
        with pytest.raises(client.exceptions.ValidationException, match="ReconnectWindow"):
            client.create_recording_configuration(
                destinationConfiguration={"s3": {"bucketName": "recordings"}},
                recordingReconnectWindowSeconds=30,
            )

    def test_an_operation_that_is_not_there(self, client: IVSClient) -> None:
        with pytest.raises(client.exceptions.ValidationException, match="PutMetadata"):
            client.put_metadata(channelArn=MISSING, metadata="x")

    def test_an_oversized_request(self, client: IVSClient) -> None:
        with pytest.raises(client.exceptions.ValidationException, match="has at most"):
            client.batch_get_channel(arns=["x" * 300_000])

    def test_what_is_not_there(self, client: IVSClient) -> None:
        missing = client.exceptions.ResourceNotFoundException
        with pytest.raises(missing, match=MISSING):
            client.get_channel(arn=MISSING)
        with pytest.raises(missing):
            client.create_stream_key(channelArn=MISSING)
        with pytest.raises(missing):
            client.get_stream(channelArn=MISSING)
        with pytest.raises(missing):
            client.create_channel(
                recordingConfigurationArn=MISSING.replace("channel", "recording-configuration")
            )

    def test_the_sixth_call_of_a_second(self, tmp_path: Path) -> None:
        with running(tmp_path, calls_per_second=5) as limited:
            outcomes = []
            for _ in range(7):
                try:
                    limited.client.list_channels()
                    outcomes.append("taken")
                except limited.client.exceptions.ThrottlingException:
                    outcomes.append("throttled")
            assert outcomes[:5] == ["taken"] * 5
            assert "throttled" in outcomes
            # Another operation has a quota of its own.
            limited.client.list_streams()


class TestThrottle:
    def test_calls_come_back_with_time(self) -> None:
        now = [0.0]
        throttle = Throttle(2, lambda: now[0])
        throttle.take("a")
        throttle.take("a")
        with pytest.raises(Throttled):
            throttle.take("a")
        now[0] = 0.5
        throttle.take("a")
        with pytest.raises(Throttled):
            throttle.take("a")


class TestChannels:
    def test_come_with_a_stream_key_and_addresses(self, server: Running, client: IVSClient) -> None:
        made = client.create_channel(name="ann", authorized=True, tags={"stage": "local"})
        channel, key = made["channel"], made["streamKey"]
        assert (channel["type"], channel["latencyMode"]) == ("STANDARD", "LOW")
        assert (channel["authorized"], channel["insecureIngest"]) == (True, False)
        port = server.ivs.url.rpartition(":")[2]
        channel_id = channel["arn"].rpartition("/")[2]
        assert channel["playbackUrl"] == (
            f"http://localhost:{port}/playback/{channel_id}/master.m3u8"
        )
        assert key["value"].startswith("sk_us-east-1_")
        assert client.get_channel(arn=channel["arn"])["channel"] == channel
        client.delete_channel(arn=channel["arn"])
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_stream_key(arn=key["arn"])

    def test_are_found_by_name_and_in_batches(self, client: IVSClient) -> None:
        one = client.create_channel(name="bob")["channel"]
        two = client.create_channel(name="bob")["channel"]
        client.create_channel(name="bobby")
        first = client.list_channels(filterByName="bob", maxResults=1)
        second = client.list_channels(
            filterByName="bob", maxResults=1, nextToken=first["nextToken"]
        )
        assert [first["channels"][0]["arn"], second["channels"][0]["arn"]] == [
            one["arn"],
            two["arn"],
        ]
        assert "nextToken" not in second
        batch = client.batch_get_channel(arns=[two["arn"], MISSING])
        assert [channel["arn"] for channel in batch["channels"]] == [two["arn"]]
        assert [error["arn"] for error in batch["errors"]] == [MISSING]

    def test_change_what_is_named_alone(self, client: IVSClient) -> None:
        arn = client.create_channel(name="cid", authorized=True)["channel"]["arn"]
        changed = client.update_channel(arn=arn, insecureIngest=True)["channel"]
        assert (changed["name"], changed["authorized"], changed["insecureIngest"]) == (
            "cid",
            True,
            True,
        )

    def test_not_live_there_is_no_stream(self, client: IVSClient) -> None:
        arn = client.create_channel()["channel"]["arn"]
        with pytest.raises(client.exceptions.ChannelNotBroadcasting):
            client.get_stream(channelArn=arn)
        with pytest.raises(client.exceptions.ChannelNotBroadcasting):
            client.stop_stream(channelArn=arn)
        assert client.list_streams(filterBy={"health": "HEALTHY"})["streams"] == []
        assert client.list_stream_sessions(channelArn=arn)["streamSessions"] == []


class TestStreamKeys:
    def test_a_channel_has_one(self, client: IVSClient) -> None:
        made = client.create_channel()
        arn = made["channel"]["arn"]
        with pytest.raises(client.exceptions.ServiceQuotaExceededException):
            client.create_stream_key(channelArn=arn)
        client.delete_stream_key(arn=made["streamKey"]["arn"])
        new = client.create_stream_key(channelArn=arn)["streamKey"]
        assert new["value"] != made["streamKey"]["value"]
        listed = client.list_stream_keys(channelArn=arn)["streamKeys"]
        assert [key["arn"] for key in listed] == [new["arn"]]
        assert "value" not in listed[0]
        assert client.get_stream_key(arn=new["arn"])["streamKey"]["value"] == new["value"]


class TestRecordingConfigurations:
    def test_come_and_go(self, client: IVSClient) -> None:
        made = client.create_recording_configuration(
            name="all",
            destinationConfiguration={"s3": {"bucketName": "recordings"}},
            thumbnailConfiguration={
                "recordingMode": "INTERVAL",
                "targetIntervalSeconds": 5,
                "storage": ["SEQUENTIAL", "LATEST"],
            },
        )["recordingConfiguration"]
        assert made["state"] == "ACTIVE"
        arn = made["arn"]
        assert client.get_recording_configuration(arn=arn)["recordingConfiguration"] == made
        channel = client.create_channel(recordingConfigurationArn=arn)["channel"]
        with pytest.raises(client.exceptions.ConflictException):
            client.delete_recording_configuration(arn=arn)
        client.update_channel(arn=channel["arn"], recordingConfigurationArn="")
        client.delete_recording_configuration(arn=arn)
        listed = client.list_recording_configurations()["recordingConfigurations"]
        assert arn not in [one["arn"] for one in listed]


class TestPlaybackKeys:
    def test_only_p384_keys_are_taken_and_once(self, client: IVSClient) -> None:
        with pytest.raises(client.exceptions.ValidationException, match="P-384"):
            client.import_playback_key_pair(publicKeyMaterial=public_key(ec.SECP256R1()))
        with pytest.raises(client.exceptions.ValidationException, match="PEM"):
            client.import_playback_key_pair(publicKeyMaterial="none")
        pem = public_key(ec.SECP384R1())
        pair = client.import_playback_key_pair(publicKeyMaterial=pem, name="k")["keyPair"]
        assert len(pair["fingerprint"].split(":")) == 16
        with pytest.raises(client.exceptions.ConflictException):
            client.import_playback_key_pair(publicKeyMaterial=pem)
        assert client.get_playback_key_pair(arn=pair["arn"])["keyPair"] == pair
        client.delete_playback_key_pair(arn=pair["arn"])
        assert client.list_playback_key_pairs()["keyPairs"] == []


class TestTags:
    def test_are_set_and_removed(self, client: IVSClient) -> None:
        arn = client.create_channel(tags={"a": "1"})["channel"]["arn"]
        kept = {"socialflow:stage name": "Straße 7 / b@c"}
        client.tag_resource(resourceArn=arn, tags={**kept, "c": "3"})
        client.untag_resource(resourceArn=arn, tagKeys=["a", "c"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == kept
        assert client.get_channel(arn=arn)["channel"]["tags"] == kept


def test_records_survive_a_restart(tmp_path: Path) -> None:
    pem = public_key(ec.SECP384R1())
    with running(tmp_path) as first:
        channel, key = first.recorded_channel()
        pair = first.client.import_playback_key_pair(publicKeyMaterial=pem)["keyPair"]
    with running(tmp_path) as second:
        found = second.client.get_channel(arn=channel["arn"])["channel"]
        assert found["recordingConfigurationArn"] == channel["recordingConfigurationArn"]
        # The port is another one, and so is the address.
        assert found["playbackUrl"].startswith("http://localhost:")
        assert second.client.get_stream_key(arn=key["arn"])["streamKey"] == key
        assert second.client.get_playback_key_pair(arn=pair["arn"])["keyPair"] == pair
