"""Sending by Amazon SES (API v2).

Recipients, subject and both bodies go as fields of one call, so there is no header that text
could break out of; SES writes the message. Bounces and complaints go to the configuration set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from socialflow.identity.mail.letters import Rendered

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

CHARSET: Final = "UTF-8"


class MailUndeliverable(Exception):
    """The address or the message will never be taken: sending again does not help."""


class Postman(Protocol):
    """Sends letters."""

    def send(self, letter: Rendered, *, to: str, kind: str) -> None:
        """Sends one; raises `MailUndeliverable`, or whatever makes trying again worth while."""
        ...


class SesPostman:
    """One call a letter."""

    def __init__(
        self, client: Callable[[], SESV2Client], *, sender: str, configuration_set: str
    ) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, letter: Rendered, *, to: str, kind: str) -> None:
        client = self._client()
        named = {"ConfigurationSetName": self._configuration_set} if self._configuration_set else {}
        try:
            client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": letter.subject, "Charset": CHARSET},
                        "Body": {
                            "Text": {"Data": letter.text, "Charset": CHARSET},
                            "Html": {"Data": letter.html, "Charset": CHARSET},
                        },
                        # RFC 3834, 5: nobody's out-of-office should answer.
                        "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
                    }
                },
                EmailTags=[{"Name": "kind", "Value": kind}],
                **named,  # type: ignore[arg-type]
            )
        except client.exceptions.BadRequestException as error:
            raise MailUndeliverable(str(error)) from error
