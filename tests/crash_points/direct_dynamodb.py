"""DynamoDB calls handed to moto's own action handlers, without HTTP in between.

moto's serialising of a response costs ten times the action itself, and this harness makes a
hundred thousand calls. Requests are held to botocore's service model; errors come back as the
client would raise them. `test_direct_roads` holds this road and the long one to each other.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.responses import DynamoHandler

from tests.crash_points.cloud import ACCOUNT, REGION


def call(operation: Any, parameters: dict[str, Any]) -> Any:
    """Answers a call as the client would; raises `ClientError`."""
    errors = ParamValidator().validate(parameters, operation.input_shape)
    if errors.has_errors():
        raise AssertionError(f"{operation.name}: {errors.generate_report()}")
    handler: Any = DynamoHandler()
    handler.current_account, handler.region = ACCOUNT, REGION
    handler.response_headers = {}
    handler.body = handler.params = json.loads(json.dumps(parameters, default=_encoded))
    try:
        result = getattr(handler, camelcase_to_underscores(operation.name))()
    except JsonRESTError as refused:
        raise _client_error(json.loads(refused.description), operation.name) from refused
    assert isinstance(result, ActionResult), operation.name
    # Through text, so that nothing of moto's store is shared.
    text = json.dumps(result.result, default=_as_text)
    answer = json.loads(text, object_hook=_decoded)
    return {name: answer[name] for name in operation.output_shape.members if name in answer}


def _encoded(value: Any) -> str:
    """Bytes as they go over the wire."""
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} is no parameter of DynamoDB's")
    return base64.b64encode(value).decode()


def _as_text(value: Any) -> str:
    return _encoded(value) if isinstance(value, bytes) else str(value)


def _decoded(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute value of bytes as the client gives it."""
    if value.keys() == {"B"} and isinstance(value["B"], str):
        return {"B": base64.b64decode(value["B"])}
    return value


def _client_error(body: dict[str, Any], operation: str) -> ClientError:
    code = str(body.pop("__type")).rpartition("#")[2]
    message = str(body.pop("message", body.pop("Message", "")))
    response: Any = {"Error": {"Code": code, "Message": message}, **body}
    return ClientError(response, operation)
