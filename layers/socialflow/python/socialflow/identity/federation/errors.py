"""What is refused about sign-in through providers.

Refused
├── Malformed (422)
│   └── ReturnAddressUnknown
├── Unauthenticated (401)
│   ├── FlowInvalid
│   └── ProviderSignInFailed
├── NotFound (404)
│   ├── ProviderUnknown
│   └── ProviderNotLinked
└── Conflict (409)
    └── AccountExists, IdentityTaken, ProviderLinked
Unavailable (503)
└── ProviderUnavailable
"""

from __future__ import annotations

from socialflow.platform.errors import (
    Conflict,
    Malformed,
    NotFound,
    Unauthenticated,
    Unavailable,
)


class ReturnAddressUnknown(Malformed):
    """Sign-in may not lead to this address: no app of ours is registered under it."""

    code = "return_to_unknown"

    def __init__(self) -> None:
        super().__init__("Sign-in returns to `web` or to an address that is registered for an app.")


class FlowInvalid(Unauthenticated):
    """No sign-in of that name is under way: forged, over, used, or begun by somebody else.

    Deliberately one answer for all of them.
    """

    code = "flow_invalid"

    def __init__(self) -> None:
        super().__init__("This sign-in is over or was begun elsewhere; begin again.")


class ProviderSignInFailed(Unauthenticated):
    """The provider refused the code, or what it said of the person does not hold."""

    code = "provider_sign_in_failed"

    def __init__(self, provider: str) -> None:
        super().__init__(
            "The provider did not confirm this sign-in; begin again.", provider=provider
        )


class ProviderUnknown(NotFound):
    """There is no such provider, or it is not switched on here."""

    code = "provider_not_found"

    def __init__(self, provider: str) -> None:
        super().__init__("This provider is not offered here.", provider=provider)


class ProviderNotLinked(NotFound):
    """The account has no identity of this provider."""

    code = "provider_not_linked"

    def __init__(self, provider: str) -> None:
        super().__init__("This provider is not linked to your account.", provider=provider)


class AccountExists(Conflict):
    """An account has the address that the provider vouches for; it is never linked by itself."""

    code = "account_exists"

    def __init__(self, provider: str) -> None:
        super().__init__(
            "An account with this address exists. Sign in to it, then link the provider in the "
            "settings.",
            provider=provider,
        )


class IdentityTaken(Conflict):
    """Another account signs in with this identity."""

    code = "identity_taken"

    def __init__(self, provider: str) -> None:
        super().__init__("This identity is linked to another account.", provider=provider)


class ProviderLinked(Conflict):
    """The account has another identity of the same provider."""

    code = "provider_linked"

    def __init__(self, provider: str) -> None:
        super().__init__(
            "Another identity of this provider is linked; unlink that one first.",
            provider=provider,
        )


class ProviderUnavailable(Unavailable):
    """The provider did not answer in time, or not in a way that can be understood."""

    code = "provider_unavailable"

    def __init__(self, provider: str) -> None:
        super().__init__("The provider does not answer just now; try again.", provider=provider)
