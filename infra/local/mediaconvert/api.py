"""The REST-JSON API of MediaConvert, version 2017-08-29.

Bodies and answers are the wire's camelCase JSON; errors are `{"message": …}` with the exception
name in `x-amzn-ErrorType`, which is where SDKs look for it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.mediaconvert.accepted import CREATE_JOB, CREATE_QUEUE, PROBE, UPDATE_QUEUE
from infra.local.mediaconvert.config import Config
from infra.local.mediaconvert.jobs import Job, JobStatus
from infra.local.mediaconvert.objects import ObjectInfo, ObjectMissing, ObjectStore, StorageFailed
from infra.local.mediaconvert.plan import S3Location
from infra.local.mediaconvert.prober import MediaUnreadable
from infra.local.mediaconvert.queues import Queue
from infra.local.mediaconvert.scheduler import Scheduler
from infra.local.mediaconvert.sources import Sources
from infra.local.mediaconvert.vocabulary import Shape
from infra.local.service.errors import BadRequest, Forbidden, NotFound, ServiceError, Unprocessable
from infra.local.service.signatures import check_signature

__all__ = ["create_api"]

_LOG = logging.getLogger(__name__)
_VERSION = "/2017-08-29"
_PAGE = 20


class _Api:
    def __init__(
        self, config: Config, scheduler: Scheduler, sources: Sources, store: ObjectStore
    ) -> None:
        self._config = config
        self._scheduler = scheduler
        self._sources = sources
        self._store = store
        self._probes = asyncio.Semaphore(config.max_parallel_probes)

    async def create_job(self, request: Request) -> Response:
        body = await self._body(request, CREATE_JOB)
        job = await run_in_threadpool(self._scheduler.submit, body)
        return JSONResponse({"job": self._wire(job)}, status_code=201)

    async def get_job(self, request: Request) -> Response:
        await self._signed(request)
        return JSONResponse({"job": self._wire(self._scheduler.get(request.path_params["id"]))})

    async def list_jobs(self, request: Request) -> Response:
        await self._signed(request)
        query = request.query_params
        status, order = query.get("status"), query.get("order", "DESCENDING")
        if status is not None and status not in list(JobStatus):
            raise BadRequest(f"/status: {status!r} is not a job status")
        if order not in ("ASCENDING", "DESCENDING"):
            raise BadRequest(f"/order: {order!r} is not an order")
        jobs = self._scheduler.find(query.get("queue"), status)
        if order == "DESCENDING":
            jobs.reverse()
        start = _whole(query.get("nextToken", "0"), "nextToken", 0, len(jobs))
        end = start + _whole(query.get("maxResults", str(_PAGE)), "maxResults", 1, _PAGE)
        answer: dict[str, Any] = {"jobs": [self._wire(job) for job in jobs[start:end]]}
        if end < len(jobs):
            answer["nextToken"] = str(end)
        return JSONResponse(answer)

    async def cancel_job(self, request: Request) -> Response:
        await self._signed(request)
        await run_in_threadpool(self._scheduler.cancel, request.path_params["id"])
        return JSONResponse({}, status_code=202)

    async def probe(self, request: Request) -> Response:
        body = await self._body(request, PROBE)
        async with self._probes:
            result = await run_in_threadpool(self._probe, body["inputFiles"][0]["fileUrl"])
        return JSONResponse({"probeResults": [result]})

    async def create_queue(self, request: Request) -> Response:
        body = await self._body(request, CREATE_QUEUE)
        queue = await self._change(lambda queues: queues.create(body))
        return JSONResponse({"queue": self._queue_wire(queue)}, status_code=201)

    async def update_queue(self, request: Request) -> Response:
        body = await self._body(request, UPDATE_QUEUE)
        queue = await self._change(lambda queues: queues.update(request.path_params["name"], body))
        return JSONResponse({"queue": self._queue_wire(queue)})

    async def get_queue(self, request: Request) -> Response:
        await self._signed(request)
        queue = self._scheduler.queues.resolve(request.path_params["name"])
        return JSONResponse({"queue": self._queue_wire(queue)})

    async def list_queues(self, request: Request) -> Response:
        await self._signed(request)
        queues = [self._queue_wire(queue) for queue in self._scheduler.queues.all()]
        return JSONResponse({"queues": queues})

    async def delete_queue(self, request: Request) -> Response:
        await self._signed(request)
        await self._change(lambda queues: queues.delete(request.path_params["name"]))
        return JSONResponse({}, status_code=202)

    async def endpoints(self, request: Request) -> Response:
        await self._signed(request)
        return JSONResponse({"endpoints": [{"url": str(request.base_url).rstrip("/")}]})

    async def unknown(self, request: Request) -> Response:
        raise NotFound(f"{request.method} {request.url.path} is not supported.")

    def _probe(self, url: str) -> dict[str, Any]:
        location = S3Location.parse(url)
        try:
            with self._sources.open(location, self._store) as source:
                probed = self._sources.probe(source)
                return {**probed.result, "metadata": _metadata(source.info)}
        except MediaUnreadable as unreadable:
            raise Unprocessable(f"{url}: {unreadable}") from unreadable
        except ObjectMissing as missing:
            raise NotFound(str(missing)) from missing
        except StorageFailed as failed:
            if failed.denied:
                raise Forbidden(str(failed)) from failed
            raise ServiceError(str(failed)) from failed

    async def _change(self, change: Callable[[Any], Any]) -> Any:
        return await run_in_threadpool(self._scheduler.change_queues, change)

    async def _signed(self, request: Request) -> bytes:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._config.max_request_bytes:
                raise BadRequest(f"A request has at most {self._config.max_request_bytes} bytes.")
        check_signature(
            request.method,
            str(request.url),
            dict(request.headers),
            body,
            service="mediaconvert",
            secret_of={self._config.access_key: self._config.secret_key}.get,
            now=dt.datetime.now(dt.UTC),
        )
        return body

    async def _body(self, request: Request, shape: Shape) -> dict[str, Any]:
        try:
            body = json.loads(await self._signed(request) or b"{}")
        except ValueError as malformed:
            raise BadRequest(f"The body is not JSON: {malformed}") from malformed
        shape.check(body, "")
        checked: dict[str, Any] = body
        return checked

    def _wire(self, job: Job) -> dict[str, Any]:
        return job.to_wire(self._config.arn_prefix)

    def _queue_wire(self, queue: Queue) -> dict[str, Any]:
        jobs = self._scheduler.find(queue.name, None)
        waiting = sum(job.status is JobStatus.SUBMITTED for job in jobs)
        running = sum(job.status is JobStatus.PROGRESSING for job in jobs)
        return self._scheduler.queues.to_wire(queue, waiting, running)


def create_api(
    config: Config, scheduler: Scheduler, sources: Sources, store: ObjectStore
) -> Starlette:
    """The ASGI application. `store` reads on behalf of Probe's callers."""
    api = _Api(config, scheduler, sources, store)
    routes: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
        ("POST", "/jobs", api.create_job),
        ("GET", "/jobs", api.list_jobs),
        ("GET", "/jobs/{id}", api.get_job),
        ("DELETE", "/jobs/{id}", api.cancel_job),
        ("POST", "/probe", api.probe),
        ("POST", "/queues", api.create_queue),
        ("GET", "/queues", api.list_queues),
        ("GET", "/queues/{name}", api.get_queue),
        ("PUT", "/queues/{name}", api.update_queue),
        ("DELETE", "/queues/{name}", api.delete_queue),
        ("POST", "/endpoints", api.endpoints),
    ]
    every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            *(Route(_VERSION + path, handler, methods=[verb]) for verb, path, handler in routes),
            Route("/{rest:path}", api.unknown, methods=every),
        ],
        exception_handlers={ServiceError: _refuse, Exception: _fault},
    )


async def _refuse(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ServiceError):
        raise error
    return JSONResponse(
        {"message": error.message},
        status_code=error.status,
        headers={"x-amzn-ErrorType": error.name},
    )


async def _fault(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return await _refuse(request, ServiceError("Internal error."))


def _metadata(info: ObjectInfo) -> dict[str, Any]:
    return {
        "eTag": info.etag,
        "fileSize": info.size_bytes,
        "lastModified": info.modified_at,
        "mimeType": info.content_type,
    }


def _whole(value: str, name: str, low: int, high: int) -> int:
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise BadRequest(f"/{name}: {value!r} is not a number from {low} to {high}")
    return int(value)
