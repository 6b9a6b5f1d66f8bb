"""The calls of the public API that seeding needs, as any client makes them."""

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from infra.local.mailbox.reading import Mailbox
from infra.local.registration import register
from infra.local.seed.catalogue import Clip, Person

PASSWORD = "watch-me-stream-2026"  # noqa: S105 - printed on the terminal, for demos only
PAGE_LIMIT = 50


class ApiRefused(Exception):
    """The API answered with something else than what was asked for."""


class PublicApi:
    """A client of one origin, signed in as one person after `sign_in`."""

    def __init__(self, origin: str, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._http = httpx.Client(base_url=origin, timeout=60)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def sign_in(self, person: Person) -> bool:
        """Log in, or register first; returns whether the account is new.

        Raises RegistrationRefused.
        """
        credentials = {"email": person.email, "password": PASSWORD}
        answer = self._http.post("/v1/auth/login", json=credentials)
        is_new = answer.status_code != 200
        if is_new:
            names = {"handle": person.handle, "display_name": person.display_name}
            token = register(self._post, self._mailbox, credentials | names)["access_token"]
        else:
            token = answer.json()["access_token"]
        self._http.headers["authorization"] = f"Bearer {token}"
        return is_new

    def _post(self, path: str, document: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = self._http.post(path, json=dict(document))
        return answer.status_code, answer.json()

    def own_videos(self) -> Iterator[dict[str, Any]]:
        """Every video of the person, page by page."""
        query: dict[str, Any] = {"limit": PAGE_LIMIT}
        while True:
            page = self._taken(self._http.get("/v1/me/videos", params=query), 200)
            yield from page["items"]
            if not page.get("next_cursor"):
                return
            query["cursor"] = page["next_cursor"]

    def video(self, video_id: str) -> dict[str, Any]:
        """One video as its owner sees it."""
        return self._taken(self._http.get(f"/v1/videos/{video_id}"), 200)

    def upload(self, clip: Clip, path: Path) -> str:
        """Create the video, put its parts and complete it; returns its id."""
        size = path.stat().st_size
        body = {
            "title": clip.title,
            "description": clip.description,
            "tags": list(clip.tags),
            "visibility": clip.visibility,
            "file": {"name": path.name, "size_bytes": size, "content_type": "video/mp4"},
        }
        key = {"idempotency-key": str(uuid.uuid4())}
        created = self._taken(self._http.post("/v1/videos", json=body, headers=key), 201)
        video_id = str(created["video"]["id"])
        upload = created["upload"]
        urls = {part["part_number"]: part["url"] for part in upload["parts"]}
        numbers = range(1, upload["part_count"] + 1)
        missing = [number for number in numbers if number not in urls]
        if missing:
            answer = self._http.post(
                f"/v1/videos/{video_id}/upload/parts", json={"part_numbers": missing}
            )
            urls |= {p["part_number"]: p["url"] for p in self._taken(answer, 200)["parts"]}
        parts = self._put_parts(path, upload["part_size_bytes"], urls)
        answer = self._http.post(
            f"/v1/videos/{video_id}/upload/complete", json={"parts": parts}, headers=key
        )
        self._taken(answer, 200, 202)
        return video_id

    def _put_parts(
        self, path: Path, part_size_bytes: int, urls: dict[int, str]
    ) -> list[dict[str, Any]]:
        """The parts go straight to S3, without the API's token."""
        sent = []
        with path.open("rb") as file:
            for number in sorted(urls):
                answer = httpx.put(urls[number], content=file.read(part_size_bytes), timeout=120)
                if answer.status_code != 200:
                    raise ApiRefused(f"part {number}: {answer.status_code} {answer.text[:300]}")
                sent.append({"part_number": number, "etag": answer.headers["etag"]})
        return sent

    def _taken(self, answer: httpx.Response, *statuses: int) -> dict[str, Any]:
        if answer.status_code not in statuses:
            request = answer.request
            raise ApiRefused(
                f"{request.method} {request.url.path}: {answer.status_code} {answer.text[:400]}"
            )
        document: dict[str, Any] = answer.json()
        return document
