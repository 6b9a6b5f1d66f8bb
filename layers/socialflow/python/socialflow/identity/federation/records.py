"""How flows and linked identities lie in the table."""

from __future__ import annotations

from datetime import UTC, datetime

from socialflow.identity import keys
from socialflow.identity.federation.models import (
    Flow,
    Intent,
    LinkedIdentity,
    ProviderIdentity,
    Stage,
)
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import Item
from socialflow.platform.principal import UserId


def flow_item(flow: Flow) -> Item:
    """A flow at its start. One that belongs to an account is found by it (`gsi1`) to be erased."""
    owned = {"gsi1pk": f"OF#{flow.user_id}", "gsi1sk": f"FLOW#{flow.id}"} if flow.user_id else {}
    return (
        keys.flow_key(flow.id)
        | owned
        | {
            "kind": "flow",
            "flow_id": flow.id,
            "provider": flow.provider,
            "intent": flow.intent,
            "return_to": flow.return_to,
            "challenge": flow.challenge,
            "stage": flow.stage,
            "user_id": flow.user_id,
            "expires_at": int(flow.expires_at.timestamp()),
        }
    )


def flow_from(item: Item) -> Flow:
    stage = Stage(item["stage"])
    return Flow(
        id=item["flow_id"],
        provider=item["provider"],
        intent=Intent(item["intent"]),
        return_to=item["return_to"],
        challenge=item["challenge"],
        stage=stage,
        expires_at=datetime.fromtimestamp(item["expires_at"], UTC),
        user_id=UserId(item["user_id"]) if item.get("user_id") else None,
        code=item.get("code"),
        name=item.get("name"),
        identity=_identity_from(item) if stage is Stage.TOLD else None,
        signup_key=item.get("signup_key"),
    )


def identity_fields(identity: ProviderIdentity) -> Item:
    """What a flow keeps of a new person until they have chosen a name."""
    return {
        "subject": identity.subject,
        "email": identity.email,
        "name": identity.name,
        "username": identity.username,
        "sealed_token": identity.sealed_token,
    }


def identity_item(linked: LinkedIdentity) -> Item:
    """Whose an identity is, by the identity."""
    key = keys.identity_key(linked.provider, linked.subject)
    return key | {
        "kind": "identity",
        "user_id": linked.user_id,
        "gsi1pk": f"OF#{linked.user_id}",
        "gsi1sk": key["pk"],
    }


def provider_item(linked: LinkedIdentity) -> Item:
    """The same by its account."""
    return keys.provider_key(linked.user_id, linked.provider) | {
        "kind": "provider",
        "user_id": linked.user_id,
        "provider": linked.provider,
        "subject": linked.subject,
        "label": linked.label,
        "linked_at": to_rfc3339(linked.linked_at),
        "sealed_token": linked.sealed_token,
    }


def linked_from(item: Item) -> LinkedIdentity:
    return LinkedIdentity(
        provider=item["provider"],
        subject=item["subject"],
        user_id=UserId(item["user_id"]),
        label=item["label"],
        linked_at=from_rfc3339(item["linked_at"]),
        sealed_token=item.get("sealed_token"),
    )


def _identity_from(item: Item) -> ProviderIdentity:
    return ProviderIdentity(
        provider=item["provider"],
        subject=item["subject"],
        email=item.get("email"),
        name=item.get("name"),
        username=item.get("username"),
        sealed_token=item.get("sealed_token"),
    )
