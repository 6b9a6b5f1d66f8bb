"""What IVS Chat writes into its log of a room."""

from __future__ import annotations

from typing import Any


def logged(
    message_id: str,
    sent_at: str,
    content: str,
    *,
    sender_id: str,
    handle: str,
    display_name: str,
) -> dict[str, Any]:
    """The line of a message that a member sent who does not follow."""
    return {
        "event_timestamp": sent_at,
        "type": "MESSAGE",
        "version": "1.0",
        "payload": {
            "Type": "MESSAGE",
            "Id": message_id,
            "RequestId": "",
            "Attributes": {},
            "Content": content,
            "SendTime": sent_at,
            "Sender": {
                "UserId": sender_id,
                "Attributes": {
                    "handle": handle,
                    "display_name": display_name,
                    "role": "member",
                    "followed_at": "",
                },
            },
        },
    }
