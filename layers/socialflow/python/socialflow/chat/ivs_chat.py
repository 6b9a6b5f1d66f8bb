"""IVS Chat's control API, as far as this context uses it.

What it refuses because of how much is asked of it becomes `ChatUnavailable`: a request is told to
try again, a queue's record comes again by itself. "Gone already" is fine where something is to go.

Service quotas ("Amazon IVS Chat Service Quotas"): CreateRoom 10 calls a second and account,
CreateChatToken 200, SendEvent, DeleteMessage and DisconnectUser 100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from socialflow.chat.errors import ChatUnavailable
from socialflow.chat.models import MAX_MESSAGE_CHARACTERS, MAX_MESSAGES_PER_SECOND

if TYPE_CHECKING:
    from mypy_boto3_ivschat import IvschatClient
    from mypy_boto3_ivschat.type_defs import RoomSummaryTypeDef

MAX_TOKEN_MINUTES: Final = 180
MAX_ROOM_PAGES: Final = 20
_THROTTLED: Final = frozenset({"ThrottlingException", "TooManyRequestsException", "Throttling"})
_SERVER_ERROR: Final = 500
_GONE: Final = "ResourceNotFoundException"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token, and when the session that it opens ends."""

    token: str
    session_ends_at: datetime


class IvsChat:
    """One client. Rooms go by their ARN."""

    def __init__(self, client: Callable[[], IvschatClient]) -> None:
        self._client = client

    def find_room(self, name: str) -> str | None:
        """The ARN of the oldest room of that name; names need not be unique in IVS Chat."""
        found: list[RoomSummaryTypeDef] = []
        position: Any = {}
        for _ in range(MAX_ROOM_PAGES):
            with _refusals():
                page = self._client().list_rooms(name=name, **position)
            found += [room for room in page["rooms"] if room["name"] == name]
            if "nextToken" not in page:
                break
            position = {"nextToken": page["nextToken"]}
        found.sort(key=lambda room: (room["createTime"], room["arn"]))
        return found[0]["arn"] if found else None

    def create_room(self, name: str, *, review_function: str, logging_configuration: str) -> str:
        """Makes a room whose messages are reviewed and logged; returns its ARN.

        A review that fails or takes over 200 ms lets the message through: a fault of ours must
        not silence everybody, and what slips through can be deleted.
        """
        with _refusals():
            made = self._client().create_room(
                name=name,
                maximumMessageLength=MAX_MESSAGE_CHARACTERS,
                maximumMessageRatePerSecond=MAX_MESSAGES_PER_SECOND,
                messageReviewHandler={"uri": review_function, "fallbackResult": "ALLOW"},
                loggingConfigurationIdentifiers=[logging_configuration],
            )
        return made["arn"]

    def delete_room(self, arn: str) -> None:
        with _refusals(gone_is_fine=True):
            self._client().delete_room(identifier=arn)

    def create_token(
        self,
        arn: str,
        *,
        user_id: str,
        may_send: bool,
        attributes: Mapping[str, str],
        session: timedelta,
    ) -> IssuedToken:
        """A token for one connection; `attributes` come with each message sent over it."""
        minutes = -(-int(session.total_seconds()) // 60)
        with _refusals():
            made = self._client().create_chat_token(
                roomIdentifier=arn,
                userId=user_id,
                capabilities=["SEND_MESSAGE"] if may_send else [],
                attributes=dict(attributes),
                sessionDurationInMinutes=max(1, min(MAX_TOKEN_MINUTES, minutes)),
            )
        return IssuedToken(made["token"], made["sessionExpirationTime"])

    def disconnect(self, arn: str, user_id: str, *, reason: str) -> None:
        """Ends every connection of a user to the room."""
        with _refusals(gone_is_fine=True):
            self._client().disconnect_user(roomIdentifier=arn, userId=user_id, reason=reason)

    def delete_message(self, arn: str, message_id: str, *, reason: str) -> None:
        """Tells every client to take the message away."""
        with _refusals(gone_is_fine=True):
            self._client().delete_message(roomIdentifier=arn, id=message_id, reason=reason)

    def send_event(self, arn: str, name: str, attributes: Mapping[str, str]) -> None:
        """Sends an event to everybody in the room."""
        with _refusals(gone_is_fine=True):
            self._client().send_event(
                roomIdentifier=arn, eventName=name, attributes=dict(attributes)
            )


@contextmanager
def _refusals(*, gone_is_fine: bool = False) -> Iterator[None]:
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code == _GONE and gone_is_fine:
            return
        if code in _THROTTLED or status >= _SERVER_ERROR:
            raise ChatUnavailable("The chat takes no more calls just now; try again.") from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise ChatUnavailable("The chat does not answer just now; try again.") from error
