"""The edge's ASGI application: one viewer request from its behaviour to its origin and back."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from infra.local.edge.configuration import Behavior, Distribution, read_configuration
from infra.local.edge.forwarding import origin_headers, origin_query, viewer_headers
from infra.local.edge.signatures import AccessRefused, check_access
from infra.local.edge.upstream import (
    REPLAYABLE_BODY_BYTES,
    OriginRequest,
    OriginResponse,
    OriginTimedOut,
    OriginUnreachable,
    Upstream,
)
from infra.local.edge.viewer import Headers, Receive, Scope, Send, Viewer, answer, refuse
from infra.local.edge.viewer_functions import FunctionFailed, run_viewer_request

BODY_LIMIT_BYTES = 10 * 1024 * 1024
"""The payload quota of HTTP APIs; parts of uploads go straight to S3."""
_ERROR = [(b"x-cache", b"Error from cloudfront")]

logger = logging.getLogger("socialflow.edge")


class Edge:
    """Stands in for CloudFront in front of the engine at `engine_host:engine_port`."""

    def __init__(
        self, configuration: Path, *, engine_host: str, engine_port: int, token: str
    ) -> None:
        self._path = configuration
        self._read_at = 0
        self._distribution: Distribution
        self._engine_host = f"{engine_host}:{engine_port}".encode()
        self._token = token.encode()
        self._upstream = Upstream(engine_host, engine_port)
        self._reload_when_changed()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        started = _Started(send)
        try:
            await self._serve(Viewer.of(scope), receive, started)
        except AccessRefused as refused:
            await refuse(send, 403, refused.code, str(refused), _ERROR)
        except _Answered:
            pass
        except (OriginUnreachable, OriginTimedOut, FunctionFailed) as error:
            logger.warning("%s %s: %r", scope["method"], scope["path"], error)
            if started.answered:
                # The head is out: only a broken connection tells the viewer that the rest is not.
                raise
            status = {OriginUnreachable: 502, OriginTimedOut: 504}.get(type(error), 503)
            await refuse(send, status, "RequestCouldNotBeSatisfied", str(error), _ERROR)

    async def close(self) -> None:
        """Let go of the origin."""
        await self._upstream.close()

    async def _serve(self, viewer: Viewer, receive: Receive, send: Send) -> None:
        self._reload_when_changed()
        distribution = self._distribution
        behavior = distribution.behavior_for(viewer.path)
        if viewer.method not in behavior.methods:
            text = "This distribution is not configured to allow the HTTP request method."
            await refuse(send, 403, "MethodNotAllowed", text, _ERROR)
            return
        if behavior.key_groups:
            check_access(viewer.to_be_checked(), distribution.trusted_keys(behavior))
        viewer = _with_default_root(viewer, distribution)
        if behavior.viewer_request_code:
            changed = await run_viewer_request(behavior.viewer_request_code, viewer)
            if not isinstance(changed, Viewer):
                await _answer_of_function(send, changed)
                return
            viewer = changed
        response = await self._ask_origin(viewer, behavior, receive, send)
        page = distribution.error_pages.get(response.status)
        if page is None:
            outcome = b"Error" if response.status >= 400 else b"Miss"
            headers = viewer_headers(response.headers, behavior, viewer, outcome)
            await _stream(send, response.status, headers, response)
            return
        response.release()
        await self._serve_error_page(page.page, page.status, viewer, send)

    async def _serve_error_page(self, path: str, status: int, viewer: Viewer, send: Send) -> None:
        """The page goes through the behaviour that its own path matches."""
        behavior = self._distribution.behavior_for(path)
        request = OriginRequest(
            method="GET",
            target=self._object_target(behavior, path),
            headers=self._object_headers([(b"host", self._engine_host)]),
        )
        response = await self._upstream.send(request)
        final = status if response.status < 400 else response.status
        headers = viewer_headers(response.headers, behavior, viewer, b"Error")
        await _stream(send, final, headers, response)

    async def _ask_origin(
        self, viewer: Viewer, behavior: Behavior, receive: Receive, send: Send
    ) -> OriginResponse:
        headers = origin_headers(viewer, behavior, self._engine_host)
        query = origin_query(viewer, behavior)
        if behavior.origin.bucket:
            target = self._object_target(behavior, viewer.raw_path)
            request = OriginRequest(
                method="HEAD" if viewer.method == "HEAD" else "GET",
                target=target,
                headers=self._object_headers(headers),
            )
            return await self._upstream.send(request)
        path = f"/_aws/execute-api/{behavior.origin.api_id}"
        # The engine takes the stage from the path when it is named, and $default otherwise.
        path += behavior.origin.path or "/$default"
        path += viewer.raw_path + (f"?{query}" if query else "")
        body, stream = await _body(viewer, receive, send)
        if stream is None and (body or viewer.header(b"content-length")):
            headers = [entry for entry in headers if entry[0] != b"content-length"]
            headers.append((b"content-length", str(len(body)).encode()))
        request = OriginRequest(
            method=viewer.method,
            target=path.encode("latin-1"),
            headers=headers,
            body=body,
            stream=stream,
        )
        return await self._upstream.send(request)

    def _object_target(self, behavior: Behavior, raw_path: str) -> bytes:
        key = quote(unquote(behavior.origin.path + raw_path).lstrip("/"), safe="/")
        return f"/_socialflow/objects/{behavior.origin.bucket}/{key}".encode()

    def _object_headers(self, headers: Headers) -> Headers:
        return [
            *(entry for entry in headers if entry[0] not in (b"content-length", b"content-type")),
            (b"x-socialflow-token", self._token),
            (b"x-socialflow-source-arn", self._distribution.arn.encode()),
        ]

    def _reload_when_changed(self) -> None:
        """A deployment while the edge runs replaces the file."""
        written_at = self._path.stat().st_mtime_ns
        if written_at != self._read_at:
            self._distribution = read_configuration(self._path)
            self._read_at = written_at


class _Answered(Exception):
    """The request was answered before it reached the origin."""


class _Started:
    """A `send` that remembers whether the head of the answer is out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.answered = False

    async def __call__(self, message: Any) -> None:
        self.answered = True
        await self._send(message)


def _with_default_root(viewer: Viewer, distribution: Distribution) -> Viewer:
    if viewer.path != "/" or not distribution.default_root_object:
        return viewer
    root = "/" + distribution.default_root_object
    return replace(viewer, path=root, raw_path=root)


async def _body(
    viewer: Viewer, receive: Receive, send: Send
) -> tuple[bytes, AsyncIterator[bytes] | None]:
    """The request's body: held when small, streamed when its length is known and large.

    Answers 413 and raises _Answered when it is over the limit, and 411 when a large body does not
    say how long it is.
    """
    declared = viewer.header(b"content-length")
    length = int(declared) if declared.isdigit() else None
    if length is not None and length > BODY_LIMIT_BYTES:
        await refuse(send, 413, "EntityTooLarge", "Your request is too large.", _ERROR)
        raise _Answered
    chunks: list[bytes] = []
    size = 0
    async for chunk in _chunks(receive):
        chunks.append(chunk)
        size += len(chunk)
        if size <= REPLAYABLE_BODY_BYTES:
            continue
        if length is None:
            await refuse(send, 411, "LengthRequired", "Content-Length is required.", _ERROR)
            raise _Answered
        return b"", _rest(b"".join(chunks), size, length, receive)
    return b"".join(chunks), None


async def _rest(first: bytes, size: int, length: int, receive: Receive) -> AsyncIterator[bytes]:
    yield first
    if size < length:
        async for chunk in _chunks(receive):
            yield chunk


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Answered
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def _answer_of_function(send: Send, response: dict[str, Any]) -> None:
    headers = [
        (name.lower().encode(), str(entry.get("value", "")).encode("latin-1"))
        for name, entry in response.get("headers", {}).items()
    ]
    body = response.get("body", "")
    text = body.get("data", "") if isinstance(body, dict) else body
    headers.append((b"x-cache", b"FunctionGeneratedResponse from cloudfront"))
    await answer(send, int(response["statusCode"]), headers, str(text).encode())


async def _stream(send: Send, status: int, headers: Headers, response: OriginResponse) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    async for chunk in response.chunks():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
