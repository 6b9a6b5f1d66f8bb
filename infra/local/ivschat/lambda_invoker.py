"""Calls functions through the engine's Lambda API, as the service itself does on AWS."""

from __future__ import annotations

from urllib.parse import quote

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.ivschat.reviews import InvocationFailed

__all__ = ["LambdaInvoker"]

_CONNECT_SECONDS = 5
_CALL_SECONDS = 60


class LambdaInvoker:
    """One pool of connections; to be made and closed in the loop that calls."""

    def __init__(
        self, engine_url: str, *, access_key: str, secret_key: str, region: str, max_parallel: int
    ) -> None:
        self._engine_url = engine_url.rstrip("/")
        self._signer = SigV4Auth(Credentials(access_key, secret_key), "lambda", region)
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(_CALL_SECONDS, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=max_parallel * 2),
            trust_env=False,
        )

    async def __call__(self, function_arn: str, payload: bytes) -> bytes:
        """RequestResponse; what the function returned. Raises `InvocationFailed`."""
        url = f"{self._engine_url}/2015-03-31/functions/{quote(function_arn, safe='')}/invocations"
        request = AWSRequest(
            "POST",
            url,
            data=payload,
            headers={
                "content-type": "application/json",
                "x-amz-invocation-type": "RequestResponse",
            },
        )
        self._signer.add_auth(request)
        try:
            answer = await self._client.post(url, content=payload, headers=dict(request.headers))
        except httpx.HTTPError as failed:
            raise InvocationFailed(f"the engine cannot be reached: {failed!r}") from failed
        if answer.status_code != httpx.codes.OK:
            raise InvocationFailed(f"the engine answered {answer.status_code}: {answer.text[:300]}")
        if error := answer.headers.get("x-amz-function-error"):
            raise InvocationFailed(f"{error}: {answer.text[:300]}")
        return answer.content

    async def close(self) -> None:
        await self._client.aclose()
