"""Everything that the committed API description promises, tried with what it describes and not.

Cases are generated from `api/openapi.json` and sent to the whole application over moto: no answer
may be a 5xx, undocumented, or other than its schema says. What is generated is the same in every
run. Requests come from a signed-in creator, and well-formed ids are replaced by those of things
that are there, so that the routes get beyond "not found".
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from api.app import create_app
from socialflow.identity import wiring as identity_wiring
from tests.crash_points.cloud import PLAYBACK_KEY, UPLOADS, Cloud, account, playback_key
from tests.crash_points.process import forget_process
from tests.unit.in_process import InProcess

EXAMPLES = 15
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]
OPENAPI = Path(__file__).parents[2] / "api" / "openapi.json"
ANN = {
    "email": "ann@example.com",
    "password": "a long and quiet evening",
    "handle": "ann_creates",
    "display_name": "Ann",
}
NEW_VIDEO: Final[dict[str, Any]] = {
    "title": "A quiet clip",
    "visibility": "public",
    "file": {"name": "clip.mp4", "size_bytes": 10, "content_type": "video/mp4"},
}

application = create_app()
schema = schemathesis.openapi.from_path(OPENAPI, config=SchemathesisConfig(seed=1))
schema.app = application


class Creator:
    """A signed-in creator with a video whose upload is open."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._api = InProcess(application)
        self._numbers = itertools.count()
        answer = self._api.post("/v1/auth/register", json=ANN)
        assert answer.status_code == 201, answer.text
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        self.statuses: Counter[int] = Counter()
        self._video_id = ""

    def video_id(self) -> str:
        """The video; a new one where the last was deleted."""
        path = f"/v1/videos/{self._video_id}/upload"
        if self._api.get(path, headers=self.headers).status_code != 200:
            answer = self._api.post("/v1/videos", json=NEW_VIDEO, headers=self.headers)
            if answer.status_code == 429:
                self._begin_limits_anew()
                return self.video_id()
            assert answer.status_code == 201, answer.text
            self._video_id = answer.json()["video"]["id"]
        return self._video_id

    def refresh_token(self) -> str:
        """A token that is good, as of another sign-in."""
        answer = self._api.post("/v1/auth/register", json=ANN | self.another_address())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["refresh_token"])

    def another_address(self) -> dict[str, str]:
        number = next(self._numbers)
        return {"email": f"bob{number}@example.com", "handle": f"bob_{number}"}

    def sent_parts(self, video_id: str) -> list[dict[str, Any]]:
        """The only part of the video's upload, sent."""
        (upload,) = [each for each in self._cloud.open_uploads() if video_id in each[0]]
        sent = self._cloud.s3.upload_part(
            Bucket=UPLOADS, Key=upload[0], UploadId=upload[1], PartNumber=1, Body=b"0123456789"
        )
        return [{"part_number": 1, "etag": sent["ETag"]}]

    def saw(self, status: int) -> None:
        """Counts an answer; a limit that is spent begins anew, or nothing else would be tried."""
        self.statuses[status] += 1
        if status == 429:
            self._begin_limits_anew()

    def _begin_limits_anew(self) -> None:
        for table in ("identity", "videos"):
            for item in self._cloud.items(table):
                if item["pk"].startswith("RATE#"):
                    key = {name: {"S": item[name]} for name in ("pk", "sk")}
                    self._cloud.dynamodb.delete_item(TableName=table, Key=key)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with account() as cloud:
        yield cloud
        forget_process()


@pytest.fixture
def creator(cloud: Cloud) -> Iterator[Creator]:
    """In an account as after its deployment: one route's cases spend no limit of another's."""
    forget_process()
    cloud.empty()
    cloud.secrets.put_secret_value(SecretId=PLAYBACK_KEY, SecretString=playback_key())
    identity_wiring.key_rotation().run()
    creator = Creator(cloud)
    yield creator
    # Otherwise the cases have only ever tried refusals.
    assert creator.statuses[200] + creator.statuses[201] + creator.statuses[204], creator.statuses


def _meant(case: Case[Any], creator: Creator) -> None:
    """Puts things that are there in place of well-formed inventions."""
    given = case.path_parameters
    if re.fullmatch(r"vid_[0-9A-HJKMNP-TV-Z]{26}", str(given.get("video_id", ""))):
        given["video_id"] = creator.video_id()
    if re.fullmatch(r"[A-Za-z0-9_]{3,30}", str(given.get("handle", ""))):
        given["handle"] = ANN["handle"]
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    body: dict[str, Any] = case.body if isinstance(case.body, dict) else {}
    match case.operation.definition.raw["operationId"]:
        case "register":
            body |= creator.another_address() | {"display_name": "Bob", "password": ANN["password"]}
        case "log_in":
            body |= {name: ANN[name] for name in ("email", "password")}
        case "refresh_session":
            body["refresh_token"] = creator.refresh_token()
        case "create_video":
            body["file"] = NEW_VIDEO["file"]
            body["title"] = NEW_VIDEO["title"]
        case "complete_upload":
            body["parts"] = creator.sent_parts(given["video_id"])
        case "edit_video":
            case.headers["If-Match"] = "*"


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_description_promises(
    case: Case[Any], creator: Creator
) -> None:
    _meant(case, creator)
    answer = case.call_and_validate(headers=creator.headers, checks=CHECKS)
    creator.saw(answer.status_code)
