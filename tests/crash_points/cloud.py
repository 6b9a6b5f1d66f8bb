"""The AWS account of a run: tables, buckets, secrets and keys over moto, made cheaply.

Resources are as the stacks make them. What the harness does itself passes through the call
recorder unseen.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from botocore.session import get_session
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from moto import mock_aws
from moto.core.model_instances import reset_model_data
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import FakeKey, s3_backends
from moto.secretsmanager.models import secretsmanager_backends

from socialflow.identity.keys import PUBLIC_KEYS
from socialflow.identity.sealing.keys import SealingKey, SealingRing
from socialflow.identity.sealing.keys import ring_to_text as sealing_ring_to_text
from socialflow.identity.tokens.issuing_keys import IssuingKey, KeyRing, make_key, ring_to_text
from socialflow.platform import aws as aws_clients
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import Item, Table, Write, decode_image

START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
REGION = "eu-west-1"
ACCOUNT = "123456789012"
UPLOADS, MEDIA, RECORDINGS = "sf-uploads", "sf-media", "sf-recordings"
CHAT_LOGS, RECORDS = "sf-chat-logs", "sf-records"
BUCKETS = (UPLOADS, MEDIA, RECORDINGS, CHAT_LOGS, RECORDS)
POLL_QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/polls"
AUDIENCE_QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/audience"
SIGNING_KEYS, PLAYBACK_KEY = "signing-keys", "playback-key"
SEALING_KEYS = "sealing-keys"
LIVE_KEY = "live-playback-key"
TABLES = {
    "chat": ("gsi1", "gsi2"),
    "identity": ("gsi1", "gsi2"),
    "live": ("gsi1", "gsi2", "gsi3"),
    "videos": ("gsi1", "gsi2", "gsi3"),
    "social": ("gsi1", "gsi2"),
}
DISTRIBUTION = "EDISTRIBUTION"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_SERVICE_NAME": "crash-points",
    "POWERTOOLS_METRICS_NAMESPACE": "SocialFlow",
    "SF_STAGE": "test",
    "SF_CONTEXT": "test",
    "SF_EVENT_BUS": "sf-bus",
    "SF_PUBLIC_ORIGIN": "https://example.test",
    "SF_CHAT_TABLE": "chat",
    "SF_CHAT_LOG_BUCKET": CHAT_LOGS,
    "SF_CHAT_LOGGING_CONFIGURATION": (
        "arn:aws:ivschat:eu-west-1:123456789012:logging-configuration/AbCdEfGhIjKl"
    ),
    "SF_CHAT_MESSAGING_URL": "wss://edge.ivschat.eu-west-1.amazonaws.com",
    "SF_CHAT_REVIEW_FUNCTION": "arn:aws:lambda:eu-west-1:123456789012:function:review",
    "SF_POLL_QUEUE": POLL_QUEUE,
    "SF_RECORDS_BUCKET": RECORDS,
    "SF_CONTEXTS": "chat,identity,live,social,videos",
    "SF_IDENTITY_TABLE": "identity",
    "SF_LIVE_TABLE": "live",
    "SF_RECORDING_BUCKET": RECORDINGS,
    "SF_RECORDING_CONFIGURATION": (
        "arn:aws:ivs:eu-west-1:123456789012:recording-configuration/AbCdEfGhIjKl"
    ),
    "SF_PLAYBACK_KEY_SECRET": LIVE_KEY,
    "SF_INGEST_URL": "rtmps://{endpoint}:443/app/",
    "SF_INSECURE_INGEST": "false",
    # Longer than any of the harness's own delays, which must not decide what is a reconnect.
    "SF_RECONNECT_WINDOW_SECONDS": "7200",
    "SF_AUDIENCE_QUEUE": AUDIENCE_QUEUE,
    "SF_VIDEOS_TABLE": "videos",
    "SF_SOCIAL_TABLE": "social",
    "SF_SIGNING_KEYS_SECRET": SIGNING_KEYS,
    "SF_SEALING_KEYS_SECRET": SEALING_KEYS,
    "SF_MAIL_FROM": "Social Flow <no-reply@example.test>",
    "SF_MAIL_CONFIGURATION_SET": "mails",
    "SF_UPLOAD_BUCKET": UPLOADS,
    "SF_MEDIA_BUCKET": MEDIA,
    "SF_MEDIA_SIGNING_SECRET": PLAYBACK_KEY,
    "SF_MEDIA_KEY_PAIR_ID": "K123",
    "SF_MEDIACONVERT_ROLE": "arn:aws:iam::123456789012:role/mediaconvert",
    "SF_MEDIACONVERT_QUEUE": "arn:aws:mediaconvert:eu-west-1:123456789012:queues/Default",
    "SF_DISTRIBUTION_ID": DISTRIBUTION,
}


class Cloud:
    """moto's account, filled once and emptied for every run.

    What the harness itself looks at or puts there goes to moto's stores directly: a tenth of the
    cost of a call, in thousands of runs.
    """

    def __init__(self) -> None:
        session: Any = get_session()
        self.dynamodb: Any = session.create_client("dynamodb")
        self.s3: Any = session.create_client("s3")
        self.secrets: Any = session.create_client("secretsmanager")
        self._s3: Any = s3_backends[ACCOUNT]["aws"]
        self._secrets: Any = secretsmanager_backends[ACCOUNT][REGION]
        for table, indexes in TABLES.items():
            self.dynamodb.create_table(**_table(table, indexes))
        where = {"LocationConstraint": REGION}
        for bucket in BUCKETS:
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)

    def empty(self) -> None:
        """A new account with everything that the stacks make, and nobody in it."""
        # moto would keep every item and object of every run: gigabytes by the last one.
        made: Any = FakeKey
        for key in made.instances_tracked:
            key.dispose()
        reset_model_data()
        for table in TABLES:
            kept = self._table(table)
            kept.items.clear()
            kept.stream_shard.items.clear()
        for bucket in BUCKETS:
            kept = self._s3.get_bucket(bucket)
            kept.keys.clear()
            kept.multiparts.clear()
        self._secrets.secrets.clear()
        for secret in (SIGNING_KEYS, SEALING_KEYS, PLAYBACK_KEY, LIVE_KEY):
            self.secrets.create_secret(Name=secret)

    def put_signing_keys(self) -> None:
        """The state after a deployment: keys to sign tokens and playback with, and to seal."""
        self.secrets.put_secret_value(SecretId=SEALING_KEYS, SecretString=sealing_keys())
        self.secrets.put_secret_value(SecretId=PLAYBACK_KEY, SecretString=playback_key())
        self.secrets.put_secret_value(SecretId=LIVE_KEY, SecretString=live_key())
        key = signing_key()
        text = ring_to_text(KeyRing((key,)))
        self.secrets.put_secret_value(SecretId=SIGNING_KEYS, SecretString=text)
        published = [{"jwk": key.public_jwk, "since": to_rfc3339(START)}]
        self.put_item("identity", PUBLIC_KEYS | {"keys": published, "version": 1})

    def put_item(self, table: str, item: Item) -> None:
        Table(lambda: self.dynamodb, table).write(Write(put=item))

    def put_object(self, bucket: str, key: str, body: bytes = b"media") -> None:
        self._s3.put_object(bucket, key, body, disable_notification=True)

    def forget_limits(self) -> None:
        """Nobody has asked for anything yet."""
        for table in TABLES:
            kept = self._table(table).items
            for key in [each for each in kept if str(each.value).startswith("RATE#")]:
                del kept[key]

    def items(self, table: str) -> list[Item]:
        """Every item of a table."""
        rows = self._table(table).items.values()
        return [decode_image(item.to_json()["Attributes"]) for row in rows for item in row.values()]

    def stream(self, table: str, position: int) -> list[dict[str, Any]]:
        """The records of a table's stream from a position on."""
        found = self._table(table).stream_shard.items[position:]
        return [record.to_json() for record in found]

    def objects(self, bucket: str) -> dict[str, str]:
        """Every object's key, and the ETag of what is in it."""
        found = self._s3.get_bucket(bucket).keys
        return {key: found[key].etag for key in found}

    def content(self, bucket: str, key: str) -> bytes:
        """What is in an object."""
        body: bytes = self._s3.get_bucket(bucket).keys[key].value
        return body

    def written_at(self, bucket: str, key: str) -> datetime:
        """When an object was written."""
        moment: datetime = self._s3.get_bucket(bucket).keys[key].last_modified
        return moment.replace(tzinfo=UTC)

    def size_of(self, bucket: str, key: str) -> int:
        size: int = self._s3.get_bucket(bucket).keys[key].size
        return size

    def open_uploads(self) -> list[tuple[str, str]]:
        """Key and id of every multipart upload that is open."""
        return [
            (upload.key_name, upload.id)
            for upload in self._s3.get_bucket(UPLOADS).multiparts.values()
        ]

    def secret(self, name: str) -> Any:
        """A secret's JSON or text, None where it has no value yet."""
        try:
            text = self.secrets.get_secret_value(SecretId=name)["SecretString"]
        except self.secrets.exceptions.ResourceNotFoundException:
            return None
        return json.loads(text) if text.startswith("{") else text

    @staticmethod
    def _table(name: str) -> Any:
        # A transaction that is rolled back leaves other table objects than it found.
        return dynamodb_backends[ACCOUNT][REGION].tables[name]


@functools.cache
def signing_key() -> IssuingKey:
    """One key for all runs: making one costs more than a run."""
    return make_key(created_at=START, signs_from=START)


@functools.cache
def sealing_keys() -> str:
    """One ring for all runs, so that codes are the same in each."""
    key = SealingKey(id="0a1b2c3d", secret=bytes(range(32)), seals_from=START)
    return sealing_ring_to_text(SealingRing((key,)))


@functools.cache
def playback_key() -> str:
    """One RSA key for all runs, as PEM."""
    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return pem.decode()


@functools.cache
def live_key() -> str:
    """One P-384 key for all runs, as PEM."""
    pem = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return pem.decode()


@contextmanager
def account() -> Iterator[Cloud]:
    """moto and the environment of functions, for as long as it lasts."""
    with patch.dict("os.environ", ENVIRONMENT), mock_aws():
        aws_clients.forget_clients()
        try:
            yield Cloud()
        finally:
            aws_clients.forget_clients()


def _table(name: str, indexes: tuple[str, ...]) -> dict[str, Any]:
    def schema(partition: str, sort: str) -> Any:
        return [
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": sort, "KeyType": "RANGE"},
        ]

    attributes = ["pk", "sk", *(f"{index}{part}" for index in indexes for part in ("pk", "sk"))]
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": each, "AttributeType": "S"} for each in attributes
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index,
                "KeySchema": schema(f"{index}pk", f"{index}sk"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in indexes
        ],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }
