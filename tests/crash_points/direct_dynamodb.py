"""DynamoDB calls handed to moto's own action handlers, without HTTP in between.

moto's serialising of a response costs ten times the action itself, and this harness makes a
hundred thousand calls. Requests are held to botocore's service model; errors come back as the
client would raise them. `test_direct_roads` holds this road and the long one to each other.
"""

from __future__ import annotations

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
    handler.body = handler.params = json.loads(json.dumps(parameters))
    try:
        result = getattr(handler, camelcase_to_underscores(operation.name))()
    except JsonRESTError as refused:
        raise _client_error(json.loads(refused.description), operation.name) from refused
    assert isinstance(result, ActionResult), operation.name
    # Through text, so that nothing of moto's store is shared.
    answer = json.loads(json.dumps(result.result, default=str))
    return {name: answer[name] for name in operation.output_shape.members if name in answer}


def _client_error(body: dict[str, Any], operation: str) -> ClientError:
    code = str(body.pop("__type")).rpartition("#")[2]
    message = str(body.pop("message", body.pop("Message", "")))
    response: Any = {"Error": {"Code": code, "Message": message}, **body}
    return ClientError(response, operation)
