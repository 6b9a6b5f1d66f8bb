"""What the generated requests of `test_schemathesis` are about: a creator and what is theirs.

Things are made when a request is first about them, through the API and the handlers that follow
from it, in the account of the crash points with its stand-ins for IVS and its chat.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI

from socialflow.identity.models import User
from socialflow.platform.ids import same_ulid
from socialflow.platform.principal import SessionId, UserId
from tests.crash_points.cloud import START, UPLOADS
from tests.crash_points.plan import Person
from tests.crash_points.videos_replays import REPLAY, recorded
from tests.crash_points.world import World
from tests.unit.identity.requests import mailed_code
from tests.unit.in_process import InProcess

if TYPE_CHECKING:
    from tests.functional.promised_accounts import Accounts

ANN: Final = {
    "email": "ann@example.com",
    "password": "a long and quiet evening",
    "handle": "ann_creates",
    "display_name": "Ann",
}
BOB: Final = "bob_watches"
NEW_VIDEO: Final[dict[str, Any]] = {
    "title": "A quiet clip",
    "visibility": "public",
    "file": {"name": "clip.mp4", "size_bytes": 10, "content_type": "video/mp4"},
}
BROADCAST: Final = {"title": "Tonight", "visibility": "public"}
SCHEDULED: Final = {"scheduled_for": "2026-12-24T18:00:00Z"}
POLL: Final = {"question": "Tea?", "options": ["Yes", "No"], "seconds": 60}


class Creator:
    """A signed-in creator; each method makes what it answers unless it is there."""

    email, password, handle = ANN["email"], ANN["password"], ANN["handle"]

    def __init__(self, world: World, application: FastAPI) -> None:
        self._world = world
        self._api = InProcess(application)
        self._numbers = itertools.count()
        answer = self._register(ANN)
        self.headers = {"Authorization": f"Bearer {answer['access_token']}"}
        self.user_id = str(answer["user"]["id"])
        ann = User(
            id=UserId(self.user_id),
            email=ANN["email"],
            handle=ANN["handle"],
            display_name=ANN["display_name"],
            created_at=START,
        )
        self._person = Person(ann, SessionId("ses_of_a_test"))
        self.bob_id = str(world.person(BOB).user.id)
        self.statuses: Counter[int] = Counter()
        self.operation = ""
        self.accounts: Accounts
        self._video_id = ""
        self._channel_id = ""

    def video_id(self) -> str:
        """A video; a new one where the last was deleted."""
        path = f"/v1/videos/{self._video_id}/upload"
        if self._api.get(path, headers=self.headers).status_code != 200:
            self._video_id = self.post("/v1/videos", NEW_VIDEO)["video"]["id"]
        return self._video_id

    def refresh_token(self) -> str:
        """A token that is good, as of another sign-in."""
        return str(self._register(ANN | self.another_address())["refresh_token"])

    def registration(self) -> dict[str, str]:
        """One that waits for the code in its mail, with the code."""
        token = str(self.begin_registration()["registration_token"])
        return {"registration_token": token, "code": mailed_code(token)}

    def begin_registration(self) -> Any:
        return self.post("/v1/auth/register", ANN | self.another_address())

    def log_in(self) -> Any:
        """Another sign-in: its tokens, or what it asks for beside the password."""
        return self.post("/v1/auth/login", {"email": self.email, "password": self.password})

    def sign_in(self) -> None:
        """Goes on in a session of its own."""
        self.headers = {"Authorization": f"Bearer {self.log_in()['access_token']}"}

    def come_to(self, target: str) -> str:
        """Where a request leads on to."""
        answer = self._api.get(target)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def _register(self, account: dict[str, str]) -> Any:
        token = str(self.post("/v1/auth/register", account)["registration_token"])
        typed = {"registration_token": token, "code": mailed_code(token)}
        return self.post("/v1/auth/register/verify", typed)

    def another_address(self) -> dict[str, str]:
        number = next(self._numbers)
        return {"email": f"bob{number}@example.com", "handle": f"bob_{number}"}

    def sent_parts(self, video_id: str) -> list[dict[str, Any]]:
        """The only part of the video's upload, sent."""
        cloud = self._world.cloud
        (upload,) = [each for each in cloud.open_uploads() if video_id in each[0]]
        sent = cloud.s3.upload_part(
            Bucket=UPLOADS, Key=upload[0], UploadId=upload[1], PartNumber=1, Body=b"0123456789"
        )
        return [{"part_number": 1, "etag": sent["ETag"]}]

    def channel_id(self) -> str:
        """The channel with its stream key and its chat room."""
        if not self._channel_id:
            self.post("/v1/me/channel", None)
            self._world.settle()
            self._channel_id = same_ulid(self.user_id, "chn")
        return self._channel_id

    def broadcast_id(self, state: str) -> str:
        """A broadcast that is `scheduled`, `starting` or `live`."""
        self.channel_id()
        wanted = SCHEDULED if state == "scheduled" else {}
        made = self.get("/v1/me/channel")["current_broadcast"]
        if not made or wanted:
            made = self.post("/v1/broadcasts", BROADCAST | wanted)
        if state == "live" and made["state"] == "starting":
            self._world.around.ivs.start(self._channel_id)
            self._world.settle()
        return str(made["id"])

    def replay_id(self) -> str:
        """The replay of a broadcast that is over."""
        if self._api.get(f"/v1/videos/{REPLAY}", headers=self.headers).status_code != 200:
            self.channel_id()
            recorded(self._world, self._person, 1)
            self._world.settle()
        return REPLAY

    def viewer_token(self, broadcast_id: str) -> str:
        return str(self.post(f"/v1/broadcasts/{broadcast_id}/playback", None)["viewer_token"])

    def poll_id(self) -> str:
        """The poll that is open."""
        self.channel_id()
        path = f"/v1/channels/{ANN['handle']}/chat/polls"
        answer = self._api.get(f"{path}/current", headers=self.headers)
        return str(
            answer.json()["id"] if answer.status_code == 200 else self.post(path, POLL)["id"]
        )

    def saw(self, status: int) -> None:
        """Counts an answer; a limit that is spent begins anew, or nothing else would be tried."""
        self.statuses[status] += 1
        if status == 429:
            self._begin_limits_anew()

    def get(self, path: str) -> Any:
        answer = self._api.get(path, headers=self.headers)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        answer = self._api.request("PUT", path, json=dict(body), headers=self.headers)
        assert answer.status_code == 200, f"{path}: {answer.text}"

    def post(self, path: str, body: Mapping[str, Any] | None) -> Any:
        headers = getattr(self, "headers", {}) | {"Idempotency-Key": f"made-{next(self._numbers)}"}
        sent = None if body is None else dict(body)
        answer = self._api.post(path, json=sent, headers=headers)
        if answer.status_code == 429:
            self._begin_limits_anew()
            answer = self._api.post(path, json=sent, headers=headers)
        assert answer.status_code in (200, 201, 202), f"{path}: {answer.text}"
        return answer.json()

    def _begin_limits_anew(self) -> None:
        cloud = self._world.cloud
        for table in ("identity", "videos", "live", "chat", "social"):
            for item in cloud.items(table):
                if item["pk"].startswith(("RATE#", "THROTTLE#")):
                    key = {name: {"S": item[name]} for name in ("pk", "sk")}
                    cloud.dynamodb.delete_item(TableName=table, Key=key)
