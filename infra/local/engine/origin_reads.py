"""`GET|HEAD /_socialflow/objects/<bucket>/<key>`: how CloudFront reads a bucket through its OAC.

The edge names the distribution in `x-socialflow-source-arn`; the bucket's own policy decides, as
on AWS, whether CloudFront may read. Answers as S3 does (ETag, conditions, one byte range, 403 for
a key that is missing), but streams from disk: ministack reads the whole object for every range.
"""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from infra.local.engine import ministack
from infra.local.engine.requests import Receive, Scope, Send, answer_json, has_token, header

OBJECTS_PATH = "/_socialflow/objects/"
CHUNK_BYTES = 256 * 1024
_ACCESS_DENIED = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
)
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
_CONDITIONS = (b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since")


@dataclass(frozen=True, kw_only=True)
class ByteRange:
    """A satisfiable range; `end` is included, as in HTTP."""

    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start + 1


async def read_object(scope: Scope, receive: Receive, send: Send, token: str) -> None:
    """Serve one object to the edge."""
    if not has_token(scope, token):
        await answer_json(send, 403, {"message": "The engine's token is required."})
        return
    raw = scope.get("raw_path") or scope["path"].encode()
    bucket, _, key = unquote(raw.decode("ascii")[len(OBJECTS_PATH) :]).partition("/")
    conditions = {name.decode(): header(scope, name).decode("latin-1") for name in _CONDITIONS}
    status, headers, body, path = await asyncio.to_thread(
        _head, bucket, key, conditions, header(scope, b"x-socialflow-source-arn").decode()
    )
    if status != 200 or path is None:
        content = body if isinstance(body, bytes) else body.encode()
        await _start(send, status, {**headers, "Content-Length": str(len(content))})
        await send({"type": "http.response.body", "body": content})
        return
    size = path.stat().st_size
    wanted = header(scope, b"range").decode("latin-1")
    chosen = parse_range(wanted, size) if wanted else None
    if chosen == "unsatisfiable":
        await _start(send, 416, {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
        await send({"type": "http.response.body", "body": b""})
        return
    span = chosen if isinstance(chosen, ByteRange) else ByteRange(start=0, end=size - 1)
    headers["Content-Length"] = str(span.size)
    if isinstance(chosen, ByteRange):
        headers["Content-Range"] = f"bytes {span.start}-{span.end}/{size}"
    await _start(send, 206 if isinstance(chosen, ByteRange) else 200, headers)
    await _stream(send, path, span if scope["method"] == "GET" else ByteRange(start=0, end=-1))


def parse_range(value: str, size: int) -> "ByteRange | str | None":
    """The one range asked for (RFC 9110, 14.1.2); None means the whole object.

    `"unsatisfiable"` when it lies outside. S3 ignores what it does not understand, several ranges
    included.
    """
    match = _RANGE.match(value.strip())
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if first == "":
        length = min(int(last), size)
        start, end = size - length, size - 1
    else:
        start = int(first)
        end = min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start >= size or end < start:
        return "unsatisfiable"
    return ByteRange(start=start, end=end)


def _head(
    bucket: str, key: str, conditions: dict[str, str], source_arn: str
) -> tuple[int, dict[str, str], Any, Path | None]:
    s3 = ministack.module("services.s3")
    if not _cloudfront_may_read(bucket, key, source_arn):
        return 403, {"Content-Type": "application/xml"}, _ACCESS_DENIED, None
    status, headers, body = s3._head_object(bucket, key, {k: v for k, v in conditions.items() if v})
    if status == 404:
        # Without s3:ListBucket, S3 does not tell what is missing from what is forbidden.
        return 403, {"Content-Type": "application/xml"}, _ACCESS_DENIED, None
    location = s3._object_disk_path(bucket, key) if status == 200 else None
    path = Path(location) if location else None
    if path is not None and not path.exists():
        return 404, {}, b"", None
    return status, dict(headers), body, path


def _cloudfront_may_read(bucket: str, key: str, source_arn: str) -> bool:
    """What the bucket's policy says of cloudfront.amazonaws.com for this distribution.

    ministack's own check knows `aws:SourceArn` only, and refuses a policy that also names the
    account.
    """
    s3 = ministack.module("services.s3")
    owner = s3._bucket_owner_account(bucket)
    policy = s3._bucket_policies.get_scoped(owner, None, bucket) if owner else None
    if not policy:
        return False
    evaluator = ministack.module("core.iam_evaluator")
    context = evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="s3:GetObject",
        resource_arn=f"arn:aws:s3:::{bucket}/{key}",
        region="us-east-1",
        service_context={
            "aws:sourcearn": source_arn,
            "aws:sourceaccount": source_arn.split(":")[4] if source_arn.count(":") > 4 else "",
        },
    )
    answer = evaluator.evaluate_resource_policy(policy, context, service="cloudfront.amazonaws.com")
    return bool(answer.decision == "Allow")


async def _start(send: Send, status: int, headers: dict[str, str]) -> None:
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def _stream(send: Send, path: Path, span: ByteRange) -> None:
    remaining = span.size
    with path.open("rb") as file:
        file.seek(span.start)
        while remaining > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK_BYTES, remaining))
            if not chunk:
                # The object was replaced under us; ending short makes the reader notice.
                raise OSError(f"{path} ended early")
            remaining -= len(chunk)
            message = {"type": "http.response.body", "body": chunk, "more_body": remaining > 0}
            await send(message)
    if span.size <= 0:
        await send({"type": "http.response.body", "body": b""})
