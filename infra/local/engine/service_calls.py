"""Signed calls of the REST APIs of the AWS services beside the engine.

botocore signs; its clients would cost the engine 60 MB for three kinds of request.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from infra.local.admin import ADMIN_ACCESS_KEY, ADMIN_SECRET_KEY, REGION
from infra.local.engine.service_types import NotThere

TIMEOUT_SECONDS = 20
START_SECONDS = 20
"""A service may still be starting when the first of its resources is made."""
RETRY_SECONDS = 0.1


class ServiceRefused(Exception):
    """The service did not do what was asked; the message is its own."""


class ServiceApi:
    """POSTs JSON to one service as the administrator. Implements `service_types.Api`."""

    def __init__(self, service: str, url: str) -> None:
        self._service = service
        self._url = url

    def __call__(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's JSON. Raises `NotThere`, or `ServiceRefused` for anything else."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._call(path, json.dumps(body).encode())
            except ConnectionRefusedError as error:
                if time.monotonic() > deadline:
                    raise ServiceRefused(f"{self._service} at {self._url}: {error}") from error
                time.sleep(RETRY_SECONDS)

    def _call(self, path: str, payload: bytes) -> dict[str, Any]:
        url = self._url + path
        place = urlsplit(url)
        connection = http.client.HTTPConnection(place.netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", place.path, payload, self._signed(url, payload))
            answer = connection.getresponse()
            text = answer.read().decode()
        except ConnectionRefusedError:
            raise
        except (OSError, http.client.HTTPException) as error:
            raise ServiceRefused(f"{self._service} at {self._url}: {error}") from error
        finally:
            connection.close()
        if answer.status == http.HTTPStatus.NOT_FOUND:
            raise NotThere(text)
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise ServiceRefused(f"{self._service}{path} answered {answer.status}: {text[:500]}")
        return dict(json.loads(text)) if text else {}

    def _signed(self, url: str, payload: bytes) -> dict[str, str]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        headers = {"content-type": "application/json"}
        request = AWSRequest("POST", url, headers=headers, data=payload)
        credentials = Credentials(ADMIN_ACCESS_KEY, ADMIN_SECRET_KEY)
        SigV4Auth(credentials, self._service, REGION).add_auth(request)
        return dict(request.headers.items())
