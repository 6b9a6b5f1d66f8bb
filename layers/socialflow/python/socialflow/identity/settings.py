"""What the identity context is told by its environment."""

from __future__ import annotations

from dataclasses import dataclass

from socialflow.platform.settings import setting


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """What every function that verifies a token or shows a name is given."""

    table_name: str
    issuer: str

    @classmethod
    def from_environment(cls) -> IdentitySettings:
        return cls(
            table_name=setting("SF_IDENTITY_TABLE"),
            # Tokens of one stage must mean nothing to another.
            issuer=f"socialflow-{setting('SF_STAGE')}",
        )


def signing_keys_secret() -> str:
    """The ARN of the secret with the private keys; only identity's own functions have it."""
    return setting("SF_SIGNING_KEYS_SECRET")


def sealing_keys_secret() -> str:
    """The ARN of the secret with the keys that seal links, codes and what lies encrypted."""
    return setting("SF_SEALING_KEYS_SECRET")


def oauth_clients_secret() -> str:
    """The ARN of the secret with our clients at sign-in providers; '' where there are none."""
    return setting("SF_OAUTH_CLIENTS_SECRET", "")


def app_return_uris() -> frozenset[str]:
    """The addresses of our apps that sign-in through a provider may lead back to."""
    return frozenset(filter(None, setting("SF_APP_RETURN_URIS", "").split(",")))


def public_origin() -> str:
    """Where people reach us, without a slash at the end; '' where that is not known yet."""
    return setting("SF_PUBLIC_ORIGIN", "").rstrip("/")
