"""Bodies of the poll routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from api.chat.schemas import Input
from api.text import one_line
from socialflow.chat.poll import (
    MAX_OPTION_CHARACTERS,
    MAX_QUESTION_CHARACTERS,
    POLL_ID_PREFIX,
    PollState,
)
from socialflow.chat.polls import NewPoll, PollView
from socialflow.platform.ids import id_pattern

MAX_OPTIONS = 6
PollIdPath = Annotated[str, StringConstraints(pattern=id_pattern(POLL_ID_PREFIX))]
Question = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARACTERS),
    AfterValidator(one_line),
]
Option = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_OPTION_CHARACTERS),
    AfterValidator(one_line),
]


class OpenPoll(Input):
    """A question, its options and how long people may vote."""

    question: Question
    options: Annotated[list[Option], Field(min_length=2, max_length=MAX_OPTIONS)]
    seconds: Annotated[int, Field(strict=True, ge=15, le=1800)]

    def to_domain(self) -> NewPoll:
        return NewPoll(question=self.question, options=tuple(self.options), seconds=self.seconds)


class CastVote(Input):
    """The place of the option chosen, from 0."""

    option: Annotated[int, Field(strict=True, ge=0, lt=MAX_OPTIONS)]


class PollOption(BaseModel):
    """An option and its votes so far."""

    text: str
    votes: int


class PollBody(BaseModel):
    """A poll as its viewer sees it."""

    id: str
    question: str
    options: list[PollOption]
    opened_at: datetime
    closes_at: datetime
    state: PollState
    own_vote: int | None = Field(description="The place of the option that the caller chose.")

    @classmethod
    def of(cls, view: PollView) -> PollBody:
        poll = view.poll
        return cls(
            id=poll.id,
            question=poll.question,
            options=[
                PollOption(text=text, votes=votes)
                for text, votes in zip(poll.options, poll.votes, strict=True)
            ],
            opened_at=poll.opened_at,
            closes_at=poll.closes_at,
            state=view.state,
            own_vote=view.own_vote,
        )
