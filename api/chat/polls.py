"""Polls: opened and closed by moderators, one vote a person."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Response

from api.chat import limits
from api.chat.poll_schemas import CastVote, OpenPoll, PollBody, PollIdPath
from api.idempotent import OnceRequest, once
from api.limits import by_caller, limited
from api.people import HandlePath
from api.routing import context_router
from api.security import Caller, Viewer
from socialflow.chat import wiring

POLLS_PATH: Final = "/v1/channels/{handle}/chat/polls"
router = context_router("chat")
Once = Annotated[OnceRequest, Depends(once(wiring.idempotency))]
POLLS = limited(limits.POLLS, wiring.rate_limiter, by=by_caller)
VOTES = limited(limits.VOTES, wiring.rate_limiter, by=by_caller)


@router.post(POLLS_PATH, status_code=201, response_model=PollBody, dependencies=[POLLS])
async def open_chat_poll(
    handle: HandlePath, body: OpenPoll, caller: Caller, once: Once
) -> Response:
    """Opens a poll; a room has one at a time. For the owner and moderators.

    Everybody in the room gets the event `socialflow:poll`, with the poll as JSON in the attribute
    `poll`: now, when counts change (at most every two seconds) and when it closes.
    """

    def work(seed: str) -> PollBody:
        return PollBody.of(wiring.polls().open(caller, handle, body.to_domain(), seed=seed))

    return once.answer(201, work)


@router.get(f"{POLLS_PATH}/current")
async def show_current_chat_poll(handle: HandlePath, viewer: Viewer) -> PollBody:
    """The poll that is open now; `poll_not_found` where none is."""
    return PollBody.of(wiring.polls().current(viewer, handle))


@router.get(f"{POLLS_PATH}/{{poll_id}}")
async def show_chat_poll(handle: HandlePath, poll_id: PollIdPath, viewer: Viewer) -> PollBody:
    """A poll and its counts."""
    return PollBody.of(wiring.polls().show(viewer, handle, poll_id))


@router.put(f"{POLLS_PATH}/{{poll_id}}/vote", dependencies=[VOTES])
async def cast_chat_vote(
    handle: HandlePath, poll_id: PollIdPath, body: CastVote, caller: Caller
) -> PollBody:
    """Votes, once a person: the same again is fine, another option is `already_voted`."""
    return PollBody.of(wiring.polls().vote(caller, handle, poll_id, body.option))


@router.post(f"{POLLS_PATH}/{{poll_id}}/close", dependencies=[POLLS])
async def close_chat_poll(handle: HandlePath, poll_id: PollIdPath, caller: Caller) -> PollBody:
    """Ends the voting now; again changes nothing. For the owner and moderators."""
    return PollBody.of(wiring.polls().close(caller, handle, poll_id))
