"""Somebody with pictures to send, and the functions that they wake."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from PIL import Image

from functions.identity import on_picture_uploaded
from socialflow.identity.events import events_of
from socialflow.identity.records import user_item
from socialflow.platform.aws import client
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb_values import encode_map
from tests.unit.identity.members import Member

UPLOADS, MEDIA = "uploads", "media"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
PNG = {"content_type": "image/png", "size_bytes": 1000}


def png(colour: str = "red") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(written, "PNG")
    return written.getvalue()


def keys_in(bucket: str) -> list[str]:
    found = client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return [each["Key"] for each in found]


def envelopes(*bodies: dict[str, Any]) -> dict[str, Any]:
    """The batch of SQS records that brings events."""
    return {
        "Records": [
            {"messageId": str(number), "body": json.dumps(body)}
            for number, body in enumerate(bodies)
        ]
    }


def arrived(key: str) -> dict[str, Any]:
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": UPLOADS}, "object": {"key": key}},
    }


@dataclass(frozen=True)
class Studio:
    """Ann, her uploads, and the functions that they wake."""

    ann: Member

    def ask(self, kind: str = "avatar") -> str:
        """The id of an upload that was asked for."""
        answer = self.ann.call("POST", f"/v1/me/{kind}", PNG)
        assert answer.status_code == 200, answer.text
        upload_id: str = answer.json()["upload_id"]
        return upload_id

    def put(self, upload_id: str, content: bytes, kind: str = "avatar") -> str:
        key = f"profiles/{self.ann.user.id}/{kind}/{upload_id}"
        client("s3").put_object(Bucket=UPLOADS, Key=key, Body=content)
        return key

    def tell(self, key: str) -> None:
        assert on_picture_uploaded.handler(envelopes(arrived(key)), None) == {
            "batchItemFailures": []
        }

    def send(self, content: bytes, kind: str = "avatar") -> str:
        upload_id = self.ask(kind)
        self.tell(self.put(upload_id, content, kind))
        return upload_id

    def state(self, kind: str = "avatar") -> Any:
        return self.ann.call("GET", f"/v1/me/{kind}").json()

    def shown(self, kind: str = "avatar") -> str | None:
        url: str | None = self.state(kind)["url"]
        return url


def replaced(old: Any, new: Any) -> list[dict[str, Any]]:
    """What the stream makes of a change of an account."""
    change: dict[str, Any] = {"ApproximateCreationDateTime": 1_795_000_000}
    change["OldImage"] = encode_map(user_item(old))
    if new is not None:
        change["NewImage"] = encode_map(user_item(new))
    found = events_of({"eventID": "e1", "dynamodb": change})
    return [
        {
            "source": event.source,
            "detail-type": event.name,
            "detail": {
                "id": event.id,
                "occurred_at": to_rfc3339(event.occurred_at),
                "correlation_id": event.correlation_id,
                "data": dict(event.data),
            },
        }
        for event in found
    ]
