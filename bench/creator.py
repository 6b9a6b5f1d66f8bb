"""A creator at the public API of a running target, who uploads as the web client does."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import urllib3

from infra.local.mailbox.reading import Mailbox
from infra.local.registration import register

PARALLEL_PARTS: Final = 4
"""As many as the web client sends at once on a quick line (`web/src/upload/pace.ts`)."""

URLS_AT_ONCE: Final = 100
POLL_SECONDS: Final = 0.1


class Refused(Exception):
    """The API or S3 answered something else than what was asked for."""


class NotInTime(Exception):
    """The video did not come to where it was expected."""


class Creator:
    """Somebody new, who has registered by mail. Safe to use from several threads."""

    def __init__(self, origin: str, mailbox_url: str) -> None:
        self._origin = origin
        self._http = urllib3.PoolManager(maxsize=16, timeout=urllib3.Timeout(60), retries=False)
        self._authorization: dict[str, str] = {}
        self.handle = "bench_" + secrets.token_hex(6)
        account = {
            "email": f"{self.handle}@example.com",
            "password": secrets.token_urlsafe(16),
            "handle": self.handle,
            "display_name": "Bench",
        }
        self._lock = threading.Lock()
        self._keep(register(self._post, Mailbox(mailbox_url), account))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's JSON (None for an empty one). Raises `Refused`."""
        used = self._authorization
        answer = self._request(method, path, body, headers | used)
        if answer.status == 401:
            # Access tokens live 15 minutes, a measurement may take longer.
            with self._lock:
                if used is self._authorization:
                    self._sign_in("/v1/auth/refresh", {"refresh_token": self._refresh_token})
            answer = self._request(method, path, body, headers | self._authorization)
        return _taken(answer, f"{method} {path}")

    def _sign_in(self, path: str, body: Any) -> None:
        self._keep(_taken(self._request("POST", path, body, {}), path))

    def _post(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        answer = self._request("POST", path, body, {})
        return answer.status, json.loads(answer.data)

    def _keep(self, tokens: Mapping[str, Any]) -> None:
        self._authorization = {"authorization": f"Bearer {tokens['access_token']}"}
        self._refresh_token = tokens["refresh_token"]

    def _request(
        self, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        sent = None if body is None else json.dumps(body)
        headers = {"content-type": "application/json", **headers}
        return self._http.request(method, self._origin + path, body=sent, headers=headers)

    def upload(self, file: Path, *, visibility: str = "unlisted") -> str:
        """Creates a video, sends every part and completes; returns its id."""
        size_bytes = file.stat().st_size
        described = {"name": file.name, "size_bytes": size_bytes, "content_type": "video/mp4"}
        body = {"title": file.stem, "visibility": visibility, "file": described}
        created = self.ask("POST", "/v1/videos", body)
        video_id: str = created["video"]["id"]
        plan = created["upload"]
        target = f"/v1/videos/{video_id}/upload"
        urls = {part["part_number"]: part["url"] for part in plan["parts"]}
        numbers = [n for n in range(1, plan["part_count"] + 1) if n not in urls]
        for start in range(0, len(numbers), URLS_AT_ONCE):
            wanted = {"part_numbers": numbers[start : start + URLS_AT_ONCE]}
            renewed = self.ask("POST", f"{target}/parts", wanted)["parts"]
            urls |= {part["part_number"]: part["url"] for part in renewed}

        def send(number: int) -> dict[str, Any]:
            with file.open("rb") as opened:
                opened.seek((number - 1) * plan["part_size_bytes"])
                content = opened.read(plan["part_size_bytes"])
            answer = self._http.request("PUT", urls[number], body=content)
            if answer.status != 200:
                raise Refused(f"part {number}: {answer.status} {answer.data[:500]!r}")
            return {"part_number": number, "etag": answer.headers["etag"]}

        with ThreadPoolExecutor(PARALLEL_PARTS) as pool:
            parts = list(pool.map(send, sorted(urls)))
        self.ask("POST", f"{target}/complete", {"parts": parts})
        return video_id

    def show(self, video_id: str) -> dict[str, Any]:
        """The video as its owner sees it."""
        found: dict[str, Any] = self.ask("GET", f"/v1/videos/{video_id}")
        return found

    def wait(
        self, video_id: str, holds: Callable[[dict[str, Any]], bool], *, seconds: float
    ) -> dict[str, Any]:
        """The video as soon as `holds` is true of it. Raises `NotInTime`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            video = self.show(video_id)
            if holds(video):
                return video
            time.sleep(POLL_SECONDS)
        raise NotInTime(f"{video_id} after {seconds} s: {json.dumps(video)[:600]}")

    def delete(self, video_id: str) -> None:
        """Takes the video away."""
        self.ask("DELETE", f"/v1/videos/{video_id}")


def _taken(answer: urllib3.BaseHTTPResponse, what: str) -> Any:
    if answer.status >= 300:
        raise Refused(f"{what}: {answer.status} {answer.data[:500]!r}")
    return json.loads(answer.data) if answer.data else None


def is_over(video: dict[str, Any]) -> bool:
    """Whether processing has ended, well or not."""
    return video["status"] in ("ready", "failed")
