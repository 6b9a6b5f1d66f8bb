"""Everything that the committed API description promises, tried with what it describes and not.

Cases are generated from `api/openapi.json` and sent to the whole application over moto: no answer
may be a 5xx, undocumented, or other than its schema says. What is generated is the same in every
run. Requests come from a signed-in creator, and well-formed ids are replaced by those of things
that are there, so that the routes get beyond "not found".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, settings
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
from tests.crash_points.cloud import Cloud, account
from tests.crash_points.identity_providers import providers
from tests.crash_points.plan import Plan
from tests.crash_points.process import forget_process
from tests.crash_points.world import running
from tests.functional.promised import ANN, BOB, BROADCAST, NEW_VIDEO, POLL, SCHEDULED, Creator
from tests.functional.promised_accounts import Accounts

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
HANDLE = ANN["handle"]
OPENAPI = Path(__file__).parents[2] / "api" / "openapi.json"
application = create_app()
schema = schemathesis.openapi.from_path(OPENAPI, config=SchemathesisConfig(seed=1))
schema.app = application


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with account() as cloud:
        yield cloud
        forget_process()


@pytest.fixture
def creator(cloud: Cloud) -> Iterator[Creator]:
    """In an account as after its deployment: one route's cases spend no limit of another's."""
    with running(cloud, Plan()) as world:
        cloud.put_signing_keys()
        with providers(world) as known:
            creator = Creator(world, application)
            creator.accounts = Accounts(creator, world, known)
            yield creator
        # Otherwise the cases have only ever tried refusals.
        succeeded = {200, 201, 202, 204, 303} & set(creator.statuses)
        assert succeeded, f"{creator.operation}: {creator.statuses}"


SHADOWED = {"begin_passkey"}
"""Operations whose path is one of another with a parameter: a method that is not theirs is the
other's, which refuses the parameter."""

EDITS = {
    "edit_broadcast",
    "edit_channel",
    "edit_chat_settings",
    "edit_me",
    "edit_video",
    "rename_passkey",
}
FITTING: Mapping[str, Mapping[str, Any]] = {
    "create_broadcast": BROADCAST | SCHEDULED,
    "edit_broadcast": {"scheduled_for": None},
    "upload_broadcast_thumbnail": {"content_type": "image/png", "size_bytes": 10},
    "cast_chat_vote": {"option": 0},
    "open_chat_poll": POLL,
}
STATES = {
    "delete_broadcast": "scheduled",
    "start_broadcast": "scheduled",
    "start_playback": "live",
    "send_heartbeat": "live",
}
"""What a broadcast has to be for a request to succeed; starting for all others."""


def _is_id(prefix: str, text: Any) -> bool:
    return re.fullmatch(rf"{prefix}_[0-9A-HJKMNP-TV-Z]{{26}}", str(text)) is not None


def _meant(case: Case[Any], creator: Creator) -> None:
    """Puts things that are there in place of well-formed inventions."""
    raw = case.operation.definition.raw
    operation, given = raw["operationId"], case.path_parameters
    creator.operation = operation
    if _is_id("vid", given.get("video_id")):
        given["video_id"] = creator.video_id()
    if _is_id("brd", given.get("broadcast_id")):
        given["broadcast_id"] = creator.broadcast_id(STATES.get(operation, "starting"))
    if _is_id("usr", given.get("user_id")):
        given["user_id"] = creator.bob_id
    if _is_id("pol", given.get("poll_id")):
        given["poll_id"] = creator.poll_id()
    if re.fullmatch(r"[A-Za-z0-9_]{3,30}", str(given.get("handle", ""))):
        given["handle"] = BOB if operation.endswith("_follow") or "follow_" in operation else HANDLE
    if re.fullmatch(r"[A-Za-z0-9_]{3,30}", str(given.get("moderator", ""))):
        given["moderator"] = BOB
    if "/chat" in case.operation.path or "/me/channel/" in case.operation.path:
        creator.channel_id()
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        # What no route reads is ignored, as everywhere on the web.
        read = {each["name"] for each in raw.get("parameters", ()) if each["in"] == "query"}
        assume(set(case.query or ()) <= read)
        return
    _well_meant(operation, case, creator)


def _well_meant(operation: str, case: Case[Any], creator: Creator) -> None:
    """Makes a well-formed request one that can succeed."""
    if operation in EDITS:
        case.headers["If-Match"] = "*"
    if operation in ("edit_channel", "show_channel", "create_broadcast"):
        creator.channel_id()
    if operation == "show_current_chat_poll":
        creator.poll_id()
    if operation == "list_replay_chat":
        case.path_parameters["video_id"] = creator.replay_id()
    if operation == "show_chat_activity":
        case.query = {"from": "2026-11-21T00:00:00Z", "to": "2026-11-21T01:00:00Z"}
    if (body := creator.accounts.fit(operation, case.path_parameters)) is not None:
        case.query = {}
        if isinstance(case.body, dict):
            case.body = dict(body)
    elif isinstance(case.body, dict):
        case.body |= _fitting(operation, case.path_parameters, creator)


def _fitting(operation: str, given: Mapping[str, Any], creator: Creator) -> Mapping[str, Any]:
    """What a body has to hold to fit to what is there."""
    match operation:
        case "register":
            return creator.another_address() | {
                "display_name": "Bob",
                "password": ANN["password"],
            }
        case "log_in":
            return {name: ANN[name] for name in ("email", "password")}
        case "refresh_session":
            return {"refresh_token": creator.refresh_token()}
        case "create_video":
            return {name: NEW_VIDEO[name] for name in ("file", "title")}
        case "complete_upload":
            return {"parts": creator.sent_parts(given["video_id"])}
        case "send_heartbeat":
            return {"viewer_token": creator.viewer_token(given["broadcast_id"])}
    return FITTING.get(operation, {})


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_description_promises(
    case: Case[Any], creator: Creator
) -> None:
    _meant(case, creator)
    shadowed = case.operation.definition.raw["operationId"] in SHADOWED
    checks = [check for check in CHECKS if not (shadowed and check is unsupported_method)]
    answer = case.call_and_validate(headers=creator.headers, checks=checks)
    creator.saw(answer.status_code)
