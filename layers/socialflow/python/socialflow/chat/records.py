"""Rooms, bans and acts as items of the table, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from socialflow.chat import keys
from socialflow.chat.models import Act, AuditEntry, Ban, ChatSettings, Role, Room, Standing
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.principal import UserId

# TTL deletes late anyway; a margin keeps clocks that differ from mattering.
TTL_MARGIN: Final = timedelta(days=1)
# What a ban that lasts for good has for `until`: later than any moment.
FOREVER: Final = "9999-12-31T23:59:59.999Z"
# Marks what stays of a room for a while, whose owner was erased.
ERASED: Final = "erased"


def room_item(room: Room) -> dict[str, Any]:
    return {
        **keys.rules_key(room.owner_id),
        "owner_id": room.owner_id,
        "arn": room.arn,
        "created_at": to_rfc3339(room.created_at),
        "edits": room.edits,
        "moderators": 0,
        **settings_attributes(room.settings),
    }


def settings_attributes(settings: ChatSettings) -> dict[str, Any]:
    return {
        "slow_mode_seconds": settings.slow_mode_seconds,
        "followers_only_minutes": settings.followers_only_minutes,
        "links_allowed": settings.links_allowed,
        "blocked_terms": list(settings.blocked_terms),
    }


def room_from_item(item: Mapping[str, Any]) -> Room:
    return Room(
        owner_id=UserId(item["owner_id"]),
        arn=item["arn"],
        created_at=from_rfc3339(item["created_at"]),
        edits=item["edits"],
        settings=ChatSettings(
            slow_mode_seconds=item["slow_mode_seconds"],
            followers_only_minutes=item.get("followers_only_minutes"),
            links_allowed=item["links_allowed"],
            blocked_terms=tuple(item["blocked_terms"]),
        ),
    )


def ban_item(owner_id: UserId, ban: Ban, act_id: str) -> dict[str, Any]:
    until = ban.until
    return {
        **keys.ban_key(owner_id, ban.user_id),
        **keys.by_keys(ban.by, "BAN", f"{owner_id}#{ban.user_id}"),
        **keys.about_keys(ban.user_id, "BAN", owner_id),
        "owner_id": owner_id,
        "user_id": ban.user_id,
        "banned_by": ban.by,
        "banned_at": to_rfc3339(ban.at),
        "until": to_rfc3339(until) if until else FOREVER,
        "reason": ban.reason,
        "version": ban.version,
        "act_id": act_id,
        "expires_at": int((until + TTL_MARGIN).timestamp()) if until else None,
    }


def ban_from_item(item: Mapping[str, Any]) -> Ban:
    return Ban(
        user_id=UserId(item["user_id"]),
        by=UserId(item["banned_by"]),
        at=from_rfc3339(item["banned_at"]),
        until=None if item["until"] == FOREVER else from_rfc3339(item["until"]),
        reason=item.get("reason"),
        version=item["version"],
    )


def audit_item(owner_id: UserId, entry: AuditEntry) -> dict[str, Any]:
    return {
        **keys.audit_key(owner_id, entry.id),
        **keys.by_keys(entry.actor_id, "ACT", entry.id),
        **(keys.about_keys(entry.target_id, "ACT", entry.id) if entry.target_id else {}),
        "id": entry.id,
        "at": to_rfc3339(entry.at),
        "actor_id": entry.actor_id,
        "act": entry.act,
        "target_id": entry.target_id,
        "message_id": entry.message_id,
        "reason": entry.reason,
        # As text: an attribute cannot say that something was None.
        "before": json.dumps(entry.before) if entry.before is not None else None,
        "after": json.dumps(entry.after) if entry.after is not None else None,
    }


def audit_from_item(item: Mapping[str, Any]) -> AuditEntry:
    return AuditEntry(
        id=item["id"],
        at=from_rfc3339(item["at"]),
        actor_id=UserId(item["actor_id"]),
        act=Act(item["act"]),
        target_id=UserId(item["target_id"]) if "target_id" in item else None,
        message_id=item.get("message_id"),
        reason=item.get("reason"),
        before=json.loads(item["before"]) if "before" in item else None,
        after=json.loads(item["after"]) if "after" in item else None,
    )


def standing_of(
    items: Sequence[Mapping[str, Any]], owner_id: UserId, user_id: str | None, now: datetime
) -> Standing | None:
    """What a batch of a room's rules, ban and moderator items says; None without a room."""
    found = {item["sk"]: item for item in items}
    rules = found.get(keys.RULES_SK)
    if rules is None:
        return None
    ban_read = found.get(f"{keys.BAN_PREFIX}{user_id}")
    ban = ban_from_item(ban_read) if ban_read else None
    if user_id is None:
        role = Role.VIEWER
    elif user_id == owner_id:
        role = Role.OWNER
    elif f"{keys.MODERATOR_PREFIX}{user_id}" in found:
        role = Role.MODERATOR
    else:
        role = Role.MEMBER
    return Standing(
        room=room_from_item(rules),
        role=role,
        ban=ban if ban and ban.is_active(now) and role is not Role.OWNER else None,
    )


def standing_keys(owner_id: str, user_id: str | None) -> list[dict[str, str]]:
    """What `standing_of` needs, for one batch."""
    if user_id is None:
        return [keys.rules_key(owner_id)]
    return [
        keys.rules_key(owner_id),
        keys.ban_key(owner_id, user_id),
        keys.moderator_key(owner_id, user_id),
    ]
