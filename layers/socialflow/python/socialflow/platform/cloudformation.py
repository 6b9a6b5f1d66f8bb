"""Answering CloudFormation: custom resources made by a function of ours at deployment.

CloudFormation invokes the function with a request and then waits, up to an hour, for the answer
to be PUT to a presigned URL. So a failure must be answered too, and only an answer that could
not be delivered may raise: Lambda then runs the request again, which `work` has to bear.

Format: "Custom resource request and response objects", AWS CloudFormation User Guide.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from socialflow.platform.observability import logger

MAX_REASON_CHARACTERS = 1024
TIMEOUT_SECONDS = 10


class AnswerNotDelivered(Exception):
    """CloudFormation's URL did not take the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What was made. `physical_id` must stay the same on updates, or the old one is deleted.

    `data` is what templates read by `Fn::GetAtt`; the whole answer is 4 KB at most.
    """

    physical_id: str
    data: Mapping[str, str] = field(default_factory=dict)


def is_request(event: Mapping[str, Any]) -> bool:
    """Whether an event is a custom resource request (and not, say, a schedule's)."""
    return "RequestType" in event and "ResponseURL" in event


def answer(event: Mapping[str, Any], work: Callable[[str, Mapping[str, Any]], Resource]) -> None:
    """Runs `work(request_type, properties)` and tells CloudFormation how it went.

    `request_type` is `Create`, `Update` or `Delete`. An exception of `work` becomes a FAILED
    answer with its text. Raises `AnswerNotDelivered`.
    """
    try:
        resource = work(event["RequestType"], event.get("ResourceProperties", {}))
        outcome: dict[str, Any] = {
            "Status": "SUCCESS",
            "PhysicalResourceId": resource.physical_id,
            "Data": dict(resource.data),
        }
    except Exception as error:
        # Whatever it was, CloudFormation must hear of it, or the deployment hangs for an hour.
        logger().exception("custom resource failed")
        outcome = {
            "Status": "FAILED",
            "Reason": f"{type(error).__name__}: {error}"[:MAX_REASON_CHARACTERS],
            "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
        }
    echoed = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    _put(event["ResponseURL"], json.dumps(outcome | echoed).encode())


def _put(url: str, body: bytes) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        # The URL is signed for an empty content type.
        connection.request(
            "PUT", f"{parts.path}?{parts.query}", body=body, headers={"Content-Type": ""}
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise AnswerNotDelivered(f"{parts.netloc}: {error}") from error
    finally:
        connection.close()
    if status >= http.HTTPStatus.BAD_REQUEST:
        raise AnswerNotDelivered(f"{parts.netloc} answered {status}")
