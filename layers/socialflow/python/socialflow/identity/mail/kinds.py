"""What an account's owner is told by mail."""

from enum import StrEnum


class Notice(StrEnum):
    """One letter each. The `details` that it takes are named in `notices`."""

    NEW_DEVICE = "new_device"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail
    EMAIL_CHANGED = "email_changed"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105 - a kind of mail
    FACTOR_CHANGED = "factor_changed"
    PASSKEY_CLONED = "passkey_cloned"
    PROVIDER_CHANGED = "provider_changed"
    DELETION_REQUESTED = "deletion_requested"
    DELETION_CANCELLED = "deletion_cancelled"
    EXPORT_READY = "export_ready"
