"""Going live as people do: a channel of one's own, ffmpeg as the encoder, a page that watches.

channel = Channel(register(origin, "ann"))
broadcast_id = channel.announce("Sea")
with channel.publish():
    channel.wait_until(broadcast_id, "live")
"""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import httpx

from tests import media
from tests.functional.people import Device, code_of
from tests.functional.waiting import wait_for

PICTURE = "testsrc2=size=320x180:rate=25"
ENCODE = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"),
    *("-g", "25", "-b:v", "300k", "-c:a", "aac", "-b:a", "64k", "-ar", "44100"),
)
PATIENCE_SECONDS = 60.0


class Encoder:
    """ffmpeg publishing a test picture and a tone, in real time, until it is stopped."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - ffmpeg itself, no shell
            [
                *(media.ffmpeg(), "-hide_banner", "-nostats", "-loglevel", "error"),
                *("-re", "-f", "lavfi", "-i", PICTURE),
                *("-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"),
                *ENCODE,
                *("-f", "flv", url),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """As when the machine at the other end loses its power."""
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        """As when "stop streaming" is pressed."""
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=20)

    def refusal(self) -> str:
        """What it printed when the server sent it away; it must end by itself."""
        _, printed = self._process.communicate(timeout=20)
        assert self._process.returncode != 0
        return str(printed)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.runs:
            self.kill()
        elif self._process.stderr:
            self._process.stderr.close()


class Channel:
    """A creator's channel, ready to be published to."""

    def __init__(self, owner: Device) -> None:
        self.owner = owner
        answer = owner.post("/v1/me/channel")
        assert answer.status_code in (200, 202), answer.text
        self.shown = wait_for(self._ready, "the channel", seconds=PATIENCE_SECONDS)

    @property
    def handle(self) -> str:
        return self.owner.handle

    def stream_key(self) -> str:
        answer = self.owner.get("/v1/me/channel/stream-key")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return str(answer.json()["stream_key"])

    def rotate_key(self) -> str:
        """The new key; returns when it is there."""
        answer = self.owner.post("/v1/me/channel/stream-key/rotations")
        assert answer.status_code == 202, answer.text
        wait_for(
            lambda: (self._ready() or {}).get("stream_key_state") == "ready", "another stream key"
        )
        return self.stream_key()

    def announce(self, title: str, **details: Any) -> str:
        """A new broadcast's id; what is published next belongs to it."""
        answer = self.owner.post(
            "/v1/broadcasts",
            json={"title": title, "visibility": "public", **details},
            headers={"Idempotency-Key": title.replace(" ", "-")},
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def publish(self, key: str | None = None) -> Encoder:
        return Encoder(f"{self.shown['ingest_url']}{key or self.stream_key()}")

    def broadcast(self, broadcast_id: str) -> dict[str, Any]:
        answer = self.owner.get(f"/v1/broadcasts/{broadcast_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def wait_until(self, broadcast_id: str, state: str) -> dict[str, Any]:
        """The broadcast when it is in that state."""

        def look() -> dict[str, Any] | None:
            found = self.broadcast(broadcast_id)
            return found if found["state"] == state else None

        return wait_for(look, f"{broadcast_id} {state}", seconds=PATIENCE_SECONDS)

    def sessions(self, broadcast_id: str) -> list[dict[str, Any]]:
        """The encoder's sessions, as the creator sees them; none while IVS does not answer."""
        answer = self.owner.get(f"/v1/broadcasts/{broadcast_id}/analytics")
        if answer.status_code == 503:
            assert code_of(answer) == "live_unavailable"
            return []
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["sessions"]
        return found

    def wait_for_sessions(self, broadcast_id: str, *, live: int, over: int) -> None:
        """Until so many are on and so many have ended."""

        def look() -> bool:
            ends = [each["ended_at"] for each in self.sessions(broadcast_id)]
            return (ends.count(None), len(ends) - ends.count(None)) == (live, over)

        wait_for(look, f"{live} sessions on, {over} over", seconds=PATIENCE_SECONDS)

    def end(self, broadcast_id: str) -> None:
        answer = self.owner.post(f"/v1/broadcasts/{broadcast_id}/end")
        assert answer.status_code in (200, 202), answer.text

    def replay(self, broadcast_id: str, *, chapters: int = 1) -> dict[str, Any]:
        """The replay when it plays, with a chapter for each session."""

        def look() -> dict[str, Any] | None:
            answer = self.owner.get(f"/v1/videos/{replay_of(broadcast_id)}")
            found: dict[str, Any] = answer.json()
            plays = answer.status_code == 200 and found["status"] == "ready"
            return found if plays and len(found["chapters"]) == chapters else None

        return wait_for(look, f"the replay of {broadcast_id}", seconds=PATIENCE_SECONDS)

    def _ready(self) -> dict[str, Any] | None:
        answer = self.owner.get("/v1/me/channel")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found if found["state"] == "ready" else None


def replay_of(broadcast_id: str) -> str:
    """A replay has the ULID of its broadcast."""
    return f"vid_{broadcast_id.removeprefix('brd_')}"


def ticket_for(viewer: Device, broadcast_id: str) -> dict[str, Any]:
    """What a player is given."""
    answer = viewer.post(f"/v1/broadcasts/{broadcast_id}/playback")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def playlist_at(url: str) -> str:
    """A live playlist once it is there; the first comes seconds after the stream."""

    def look() -> str | None:
        answer = httpx.get(url, timeout=30)
        return answer.text if answer.status_code == 200 else None

    return wait_for(look, "a playlist")


def newest_segment(url: str) -> bytes:
    """The last segment of the first rendition of a live master playlist, whole."""
    rendition = urljoin(url, _first_address(playlist_at(url)))
    text = playlist_at(rendition)
    initial = re.search(r'#EXT-X-MAP:URI="([^"]+)"', text)
    names = [initial[1]] if initial else []
    names.append([line for line in text.splitlines() if line and not line.startswith("#")][-1])
    parts = [httpx.get(urljoin(rendition, name), timeout=30) for name in names]
    assert [part.status_code for part in parts] == [200] * len(parts)
    return b"".join(part.content for part in parts)


def play_replay(video: Mapping[str, Any], cookies: Mapping[str, str]) -> list[str]:
    """The tags of the replay's best rendition, after every segment of it was fetched."""
    master = video["playback"]["hls_url"]
    rendition = urljoin(master, _first_address(_fetched(master, cookies).text))
    lines = _fetched(rendition, cookies).text.splitlines()
    for name in (line for line in lines if line and not line.startswith("#")):
        assert _fetched(urljoin(rendition, name), cookies).content
    return [line for line in lines if line.startswith("#")]


def _fetched(url: str, cookies: Mapping[str, str]) -> httpx.Response:
    header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    answer = httpx.get(url, headers=header if cookies else {}, timeout=30)
    assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.text[:300]}"
    return answer


def _first_address(playlist: str) -> str:
    return next(line for line in playlist.splitlines() if line and not line.startswith("#"))
