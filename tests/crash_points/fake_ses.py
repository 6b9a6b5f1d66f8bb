"""SES as far as our functions use it: keeps the letters it is given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from botocore.validate import ParamValidator


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter."""

    to: str
    kind: str
    text: str


class FakeSes:
    """Accepts every letter. One sent twice is one here: a doubled mail is better than none."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def call(self, operation: Any, parameters: dict[str, Any]) -> Any:
        assert operation.name == "SendEmail", operation.name
        errors = ParamValidator().validate(parameters, operation.input_shape)
        assert not errors.has_errors(), errors.generate_report()
        (to,) = parameters["Destination"]["ToAddresses"]
        (tag,) = parameters["EmailTags"]
        text = parameters["Content"]["Simple"]["Body"]["Text"]["Data"]
        self.sent.append(Sent(to, tag["Value"], text))
        return {"MessageId": str(len(self.sent))}

    def code(self, to: str) -> str:
        """The code in the last letter to an address."""
        return self._last(to, r"^    (\d{6})$")

    def token(self, to: str) -> str:
        """The token in the link of the last letter to an address."""
        return self._last(to, r"#token=(\S+)$")

    def facts(self) -> dict[str, list[Any]]:
        """Who was sent what, once each."""
        told = dict.fromkeys((each.to, each.kind) for each in self.sent)
        return {"mail": [list(each) for each in sorted(told)]}

    def _last(self, to: str, pattern: str) -> str:
        for letter in reversed(self.sent):
            found = re.search(pattern, letter.text, re.MULTILINE)
            if letter.to == to and found:
                return found[1]
        raise AssertionError(f"no letter to {to} has {pattern}")
