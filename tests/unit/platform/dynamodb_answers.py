"""A DynamoDB client that gives the answers it was told to, and keeps what it was asked."""

from __future__ import annotations

from typing import Any

from socialflow.platform.dynamodb import Table


class Answers:
    """A client that gives prepared answers to one call."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.requests: list[Any] = []

    def __getattr__(self, _name: str) -> Any:
        def call(**request: Any) -> Any:
            self.requests.append(request)
            answer = self._answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def answering(*answers: Any) -> tuple[Table, Answers]:
    found: Any = Answers(*answers)
    return Table(lambda: found, "videos"), found
