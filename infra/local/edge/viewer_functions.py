"""CloudFront Functions on viewer requests, run by ministack's own runner in a Node process.

The event is that of the Developer Guide, "CloudFront Functions event structure".
"""

import asyncio
import importlib
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from infra.local.edge.viewer import Viewer


class FunctionFailed(Exception):
    """The function threw, took too long or returned what CloudFront does not take."""


async def run_viewer_request(code: str, viewer: Viewer) -> "Viewer | dict[str, Any]":
    """The request as the function leaves it, or the response that it makes instead.

    Raises FunctionFailed.
    """
    runner = importlib.import_module("ministack.core.cloudfront_js")
    event = _event(viewer)
    try:
        result = await asyncio.to_thread(runner.evaluate, code.encode(), event)
    except runner.CloudFrontFunctionError as error:
        raise FunctionFailed(str(error)) from error
    if not isinstance(result, dict):
        raise FunctionFailed("The function returned no object.")
    if "statusCode" in result:
        return result
    uri = str(result.get("uri", viewer.raw_path))
    if not uri.startswith("/"):
        raise FunctionFailed(f"The function returned the URI {uri!r}.")
    query = result.get("querystring", event["request"]["querystring"])
    return replace(
        viewer,
        path=unquote(uri),
        raw_path=quote(uri, safe="/%:@!$&'()*+,;=~-._"),
        query=viewer.query if query == event["request"]["querystring"] else _query_text(query),
    )


def _event(viewer: Viewer) -> dict[str, Any]:
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": viewer.address},
        "request": {
            "method": viewer.method,
            "uri": viewer.raw_path,
            "querystring": {
                name: {"value": value}
                for name, value in parse_qsl(viewer.query, keep_blank_values=True)
            },
            "headers": {
                name.decode("latin-1"): {"value": value.decode("latin-1")}
                for name, value in viewer.headers
                if name != b"cookie"
            },
            "cookies": {name: {"value": value} for name, value in viewer.cookies.items()},
        },
    }


def _query_text(query: Any) -> str:
    if isinstance(query, str):
        return query
    return urlencode([(name, entry.get("value", "")) for name, entry in query.items()])
