"""What lies in the AWS account, seen by its administrator: what a video has and leaves behind."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from joserfc import jwt
from joserfc.jwk import ECKey

from infra.local.admin import REGION
from infra.local.supervisor import LocalTarget
from socialflow.identity.tokens.access_tokens import AUDIENCE, LIFETIME, TYPE
from socialflow.identity.tokens.issuing_keys import ALGORITHM
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.videos.paths import source_key
from socialflow.videos.playback import COOKIE_LIFE, CookieSigner
from socialflow.videos.uploads import PART_URL_TTL_SECONDS
from tests.functional.waiting import NeverHappened, wait_for


@dataclass(frozen=True)
class Traces:
    """Everything in the account that belongs to one video."""

    rows: list[str]
    sources: list[str]
    open_uploads: list[str]
    media: list[str]

    def __bool__(self) -> bool:
        return bool(self.rows or self.sources or self.open_uploads or self.media)


class AwsAccount:
    """The deployed stacks of a target."""

    def __init__(self, target: LocalTarget) -> None:
        self._target = target
        self.outputs = _outputs(target.admin_client("cloudformation"))

    def client(self, service: str) -> Any:
        return self._target.admin_client(service)

    def clients_of_function(self, function: str) -> Callable[[str], Any]:
        """Makes clients with the credentials of a function's role."""
        role = self.client("lambda").get_function_configuration(FunctionName=function)["Role"]
        assumed = self.client("sts").assume_role(RoleArn=role, RoleSessionName="tests")
        given = assumed["Credentials"]
        session = boto3.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION
        )
        make_client: Callable[..., Any] = session.client
        return lambda service: make_client(service, endpoint_url=self._target.engine_url)

    def unsigned_client(self, service: str) -> Any:
        """A client of somebody without credentials."""
        make_client: Callable[..., Any] = boto3.client
        return make_client(
            service,
            endpoint_url=self._target.engine_url,
            region_name=REGION,
            config=Config(signature_version=UNSIGNED),
        )

    @property
    def upload_bucket(self) -> str:
        return self.outputs["UploadBucketName"]

    @property
    def media_bucket(self) -> str:
        return self.outputs["MediaBucketName"]

    def traces_of(self, video_id: str) -> Traces:
        """What there is of a video now."""
        return Traces(
            rows=self._rows(video_id),
            sources=self._objects(self.upload_bucket, video_id),
            open_uploads=self._open_uploads(video_id),
            media=self._objects(self.media_bucket, video_id),
        )

    def wait_until_gone(self, video_id: str) -> None:
        """Until nothing of a deleted video is left anywhere."""
        self._wait_until_traces_are(Traces([], [], [], []), video_id)

    def wait_until_only_its_row(self, video_id: str) -> None:
        """Until a failed video has nothing but the row that tells its owner why."""
        self._wait_until_traces_are(Traces([f"VIDEO#{video_id} VIDEO"], [], [], []), video_id)

    def media_keys(self, video_id: str) -> list[str]:
        return self._objects(self.media_bucket, video_id)

    def _wait_until_traces_are(self, wanted: Traces, video_id: str) -> None:
        try:
            wait_for(lambda: self.traces_of(video_id) == wanted, f"cleaning up {video_id}")
        except NeverHappened as never:
            raise NeverHappened(f"{never}; there is {self.traces_of(video_id)}") from None

    def signed_cookies(self, resource: str, *, life_seconds: int) -> dict[str, str]:
        """Cookies signed with the stage's own key for a life of their own, by name."""
        secret = self.client("secretsmanager").get_secret_value(
            SecretId=self.outputs["MediaSigningSecretArn"]
        )
        signer = CookieSigner(
            key_pair_id=self.outputs["MediaKeyPairId"],
            private_key_pem=lambda: secret["SecretString"].encode(),
            clock=lambda: datetime.now(UTC) + timedelta(seconds=life_seconds) - COOKIE_LIFE,
        )
        return {cookie.name: cookie.value for cookie in signer.cookies(resource, "/")}

    def access_token(self, tokens: Mapping[str, Any], *, age_seconds: int) -> str:
        """A token signed with the stage's own key so long ago, for the session of these tokens."""
        user = tokens["user"]
        signed = json.loads(_decoded(tokens["access_token"].split(".")[1]))
        secret = KeySecret(
            lambda: self.client("secretsmanager"), self.outputs["SigningKeysSecretArn"]
        )
        key = secret.ring().current(datetime.now(UTC))
        issued_at = int(time.time()) - age_seconds
        claims = {
            "iss": "socialflow-local",
            "aud": AUDIENCE,
            "sub": user["id"],
            "sid": signed["sid"],
            "jti": "tok_of_a_test",
            "iat": issued_at,
            "exp": issued_at + int(LIFETIME.total_seconds()),
            "handle": user["handle"],
            "roles": user["roles"],
        }
        signer = ECKey.import_key(dict(key.private_jwk))
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": TYPE}
        return jwt.encode(header, claims, signer, algorithms=[ALGORITHM])

    def part_url(self, video_id: str, upload_id: str, number: int) -> str:
        """A URL for one part, good for an hour from what is now the present."""
        url = self.client("s3").generate_presigned_url(
            "upload_part",
            Params={
                "Bucket": self.upload_bucket,
                "Key": source_key(video_id),
                "UploadId": upload_id,
                "PartNumber": number,
            },
            ExpiresIn=PART_URL_TTL_SECONDS,
        )
        return str(url)

    def _rows(self, video_id: str) -> list[str]:
        pages = self.client("dynamodb").get_paginator("scan")
        return [
            f"{item['pk']['S']} {item['sk']['S']}"
            for page in pages.paginate(TableName=self.outputs["VideosTableName"])
            for item in page["Items"]
            if video_id in item["pk"]["S"]
        ]

    def _objects(self, bucket: str, video_id: str) -> list[str]:
        pages = self.client("s3").get_paginator("list_objects_v2")
        return [
            found["Key"]
            for page in pages.paginate(Bucket=bucket)
            for found in page.get("Contents", [])
            if video_id in found["Key"]
        ]

    def _open_uploads(self, video_id: str) -> list[str]:
        answer = self.client("s3").list_multipart_uploads(Bucket=self.upload_bucket)
        return [each["Key"] for each in answer.get("Uploads", []) if video_id in each["Key"]]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _outputs(cloudformation: Any) -> dict[str, str]:
    return {
        output["OutputKey"]: output["OutputValue"]
        for stack in cloudformation.describe_stacks()["Stacks"]
        for output in stack.get("Outputs", [])
    }
