"""Wire JSON as boto3 hands it to the application."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.parsers import create_parser

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.type_defs import ProbeResponseTypeDef


def parsed_probe(result: dict[str, Any]) -> ProbeResponseTypeDef:
    """A ProbeResult as the server answers it, parsed by botocore with the service's own model."""
    service = botocore.session.get_session().get_service_model("mediaconvert")
    shape: Any = service.operation_model("Probe").output_shape
    response: Any = {
        "status_code": 200,
        "headers": {},
        "body": json.dumps({"probeResults": [result]}).encode(),
    }
    parsed: Any = create_parser("rest-json").parse(response, shape)
    answer: ProbeResponseTypeDef = parsed
    return answer
