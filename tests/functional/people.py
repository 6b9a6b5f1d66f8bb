"""People at their devices: they sign in, upload in parts and watch, through the public API alone.
Only their mail is read in the target's mailbox, as theirs is read elsewhere.

ann = register(origin)
video = ann.upload(media.landscape(), title="Waves")
ann.wait_until_ready(video)
"""

from __future__ import annotations

import itertools
import mimetypes
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from infra.local.mailbox.reading import Mailbox
from infra.local.registration import register as confirm
from infra.local.supervisor import LocalTarget
from tests.functional.waiting import wait_for

PASSWORD = "a long and quiet evening"
TIMEOUT_SECONDS = 60.0
READY_SECONDS = 120.0
_numbers = itertools.count(1)
_mailboxes: dict[str, Mailbox] = {}
_TYPES = {".mkv": "video/x-matroska", ".ts": "video/mp2t", ".m4a": "video/mp4"}


@dataclass
class OpenUpload:
    """A file on its way: what is cut where, and what S3 has acknowledged."""

    video_id: str
    data: bytes
    part_size_bytes: int
    part_count: int
    urls: dict[int, str]
    etags: dict[int, str] = field(default_factory=dict)

    def part(self, number: int) -> bytes:
        """The bytes of part `number`, from 1."""
        return self.data[(number - 1) * self.part_size_bytes : number * self.part_size_bytes]

    def acknowledged(self) -> list[dict[str, Any]]:
        """The body of `complete`: the parts that were sent."""
        return [{"part_number": number, "etag": tag} for number, tag in sorted(self.etags.items())]


class Device:
    """Somebody signed in on one device, or nobody.

    Each comes from an address of its own, as people do, so that none spends another's limits.
    """

    def __init__(self, origin: str, account: Mapping[str, Any] | None = None) -> None:
        self.origin = origin
        self.address = "127." + ".".join(str(1 + secrets.randbelow(254)) for _ in range(3))
        self.account = dict(account or {})
        self.use_tokens({})

    def use_tokens(self, tokens: Mapping[str, Any]) -> None:
        """Goes on with these tokens; the empty mapping signs out."""
        self.tokens = dict(tokens)

    @property
    def handle(self) -> str:
        return str(self.account["handle"])

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request; a `headers` option is added to the authorization."""
        headers = dict(options.pop("headers", {}))
        if "access_token" in self.tokens:
            headers = {"Authorization": f"Bearer {self.tokens['access_token']}", **headers}
        transport = httpx.HTTPTransport(local_address=self.address, verify=False)
        with httpx.Client(transport=transport, timeout=TIMEOUT_SECONDS) as client:
            return client.request(method, self.origin + path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)

    # Uploading

    def create(self, source: Path | bytes, **details: Any) -> OpenUpload:
        """Opens an upload of a file or of bytes; `file` overrides what is declared of it."""
        data = source if isinstance(source, bytes) else source.read_bytes()
        answer = self.post("/v1/videos", json=video_body(source, data, details))
        assert answer.status_code == 201, answer.text
        body = answer.json()
        plan = body["upload"]
        return OpenUpload(
            video_id=body["video"]["id"],
            data=data,
            part_size_bytes=plan["part_size_bytes"],
            part_count=plan["part_count"],
            urls={part["part_number"]: part["url"] for part in plan["parts"]},
        )

    def send(self, upload: OpenUpload, numbers: Iterable[int]) -> None:
        """PUTs the parts in the order given."""
        for number in numbers:
            answer = httpx.put(
                upload.urls[number], content=upload.part(number), timeout=TIMEOUT_SECONDS
            )
            assert answer.status_code == 200, answer.text
            upload.etags[number] = answer.headers["etag"]

    def complete(self, upload: OpenUpload) -> httpx.Response:
        return self.post(
            f"/v1/videos/{upload.video_id}/upload/complete", json={"parts": upload.acknowledged()}
        )

    def upload(self, source: Path | bytes, **details: Any) -> str:
        """The whole upload; returns the video's id."""
        upload = self.create(source, **details)
        self.send(upload, range(1, upload.part_count + 1))
        answer = self.complete(upload)
        assert answer.status_code == 200, answer.text
        return upload.video_id

    # Watching

    def video(self, video_id: str) -> dict[str, Any]:
        """The video as this person sees it now."""
        answer = self.get(f"/v1/videos/{video_id}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def wait_until(
        self,
        video_id: str,
        holds: Callable[[dict[str, Any]], bool],
        what: str,
        *,
        seconds: float = READY_SECONDS,
    ) -> dict[str, Any]:
        """The video once `holds` is true of it."""

        def look() -> dict[str, Any] | None:
            found = self.video(video_id)
            return found if holds(found) else None

        return wait_for(look, f"{video_id}: {what}", seconds=seconds)

    def wait_until_over(self, video_id: str, *, seconds: float = READY_SECONDS) -> dict[str, Any]:
        """The video when it is `ready` or `failed`."""
        return self.wait_until(
            video_id,
            lambda video: video["status"] in ("ready", "failed"),
            "ready or failed",
            seconds=seconds,
        )

    def wait_until_ready(self, video_id: str, *, seconds: float = READY_SECONDS) -> dict[str, Any]:
        """The video when it is `ready`; a failure ends the wait at once."""
        video = self.wait_until_over(video_id, seconds=seconds)
        assert video["status"] == "ready", video
        return video

    def media_cookies(self, video_id: str) -> dict[str, str]:
        """CloudFront's cookies that come with the answer, by name."""
        answer = self.get(f"/v1/videos/{video_id}")
        assert answer.status_code == 200, answer.text
        pairs = (each.partition(";")[0] for each in answer.headers.get_list("set-cookie"))
        return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def nobody(origin: str) -> Device:
    """Somebody who is not signed in."""
    return Device(origin)


def register(origin: str, name: str = "ann", *, display_name: str | None = None) -> Device:
    """A new account under a handle of its own, signed in."""
    handle = f"{name}_{next(_numbers)}_{secrets.token_hex(4)}"
    account = {
        "email": f"{handle}@example.com",
        "password": PASSWORD,
        "handle": handle,
        "display_name": display_name or f"{name.title()} Example",
    }
    return register_as(origin, account)


def register_as(origin: str, account: Mapping[str, str]) -> Device:
    """The same with the account's own names: asked for, and confirmed by the code in the mail."""
    device = Device(origin, account)

    def post(path: str, document: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        answer = device.post(path, json=dict(document))
        return answer.status_code, answer.json()

    device.use_tokens(confirm(post, mailbox_of(origin), account))
    return device


def reads_mail_of(target: LocalTarget) -> None:
    """People who register at the target's origin find their mail in its mailbox."""
    _mailboxes[target.origin] = Mailbox(target.mailbox_url)


def mailbox_of(origin: str) -> Mailbox:
    """Where mail of the target at `origin` is read."""
    return _mailboxes[origin]


def log_in(origin: str, account: Mapping[str, Any]) -> Device:
    """The same person on another device."""
    device = Device(origin, account)
    answer = device.post(
        "/v1/auth/login", json={key: account[key] for key in ("email", "password")}
    )
    assert answer.status_code == 200, answer.text
    device.use_tokens(answer.json())
    return device


def video_body(source: Path | bytes, data: bytes, details: Mapping[str, Any]) -> dict[str, Any]:
    """The body of `POST /v1/videos` for a file; `details` override the defaults."""
    name = "clip.mp4" if isinstance(source, bytes) else source.name
    extension = Path(name).suffix
    declared = {
        "name": name,
        "size_bytes": len(data),
        "content_type": _TYPES.get(extension) or mimetypes.guess_type(name)[0] or "video/mp4",
    }
    declared |= details.get("file", {})
    return {"title": "A quiet clip", "visibility": "public", **details, "file": declared}


def code_of(answer: httpx.Response) -> str:
    """The stable code of a refusal; the answer must be a problem as the API promises them."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["x-request-id"]
    return str(body["code"])
