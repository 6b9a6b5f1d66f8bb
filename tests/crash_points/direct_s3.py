"""The S3 calls that handlers make most, answered from moto's store without HTTP and XML.

Anything else, or a request with members that are not looked at here, takes the long road:
`NotImplemented` says so. `test_direct_roads` holds both roads to each other.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from moto.s3.models import s3_backends

from tests.crash_points.cloud import ACCOUNT

UNDERSTOOD = {
    "ListObjectsV2": {"Bucket", "Prefix"},
    "CopyObject": {"Bucket", "Key", "CopySource"},
    "DeleteObjects": {"Bucket", "Delete"},
    "DeleteObject": {"Bucket", "Key"},
    "HeadObject": {"Bucket", "Key"},
}


def call(operation: Any, parameters: dict[str, Any]) -> Any:
    """Answers as far as this project reads; raises `ClientError` as the client does."""
    if not set(parameters) <= UNDERSTOOD.get(operation.name, set()):
        return NotImplemented
    store: Any = s3_backends[ACCOUNT]["aws"]
    bucket = parameters["Bucket"]
    found = store.get_bucket(bucket).keys
    match operation.name:
        case "ListObjectsV2":
            prefix = parameters.get("Prefix", "")
            keys = sorted(key for key in found if key.startswith(prefix))
            return {"IsTruncated": False} | (
                {"Contents": [{"Key": k} for k in keys]} if keys else {}
            )
        case "CopyObject":
            source = parameters["CopySource"]
            original = store.get_object(source["Bucket"], source["Key"])
            if original is None:
                raise _error("NoSuchKey", operation.name)
            store.copy_object(original, bucket, parameters["Key"])
            return {}
        case "DeleteObjects":
            for each in parameters["Delete"]["Objects"]:
                store.delete_object(bucket, each["Key"])
            return {}
        case "DeleteObject":
            store.delete_object(bucket, parameters["Key"])
            return {}
        case _:
            if parameters["Key"] not in found:
                raise _error("404", operation.name)
            return {"ContentLength": found[parameters["Key"]].size}


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
