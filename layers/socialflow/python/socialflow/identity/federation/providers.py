"""The providers as data: where they are, what they are asked for and how they differ.

| provider | protocol                | client shows itself by | person told by             |
|----------|-------------------------|------------------------|----------------------------|
| google   | OpenID Connect          | secret in the form     | ID token                   |
| facebook | OpenID Connect          | secret in the form     | ID token, address unproven |
| x        | OAuth 2.0               | HTTP Basic             | GET /2/users/me            |
| github   | OAuth 2.0               | secret in the form     | GET /user, /user/emails    |
| apple    | OpenID Connect          | a JWT that it signs    | ID token, name in the form |

All five take PKCE by S256 (RFC 7636); Apple does not say so and ignores what it does not know.
Apple alone gives a refresh token, and wants it back when an account goes (`revocation_endpoint`).
A client's entry in the secret may name other endpoints, for a provider's test system.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ClientProof(StrEnum):
    """How a client shows the token endpoint who it is."""

    SECRET_IN_FORM = "client_secret_post"  # noqa: S105 - the name of a method
    SECRET_IN_HEADER = "client_secret_basic"  # noqa: S105 - likewise
    SIGNED_SECRET = "apple_client_secret"  # noqa: S105 - likewise


class Telling(StrEnum):
    """How a provider tells who somebody is."""

    ID_TOKEN = "id_token"  # noqa: S105 - a name
    GITHUB = "github"
    X = "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider.

    `issuers` are what its ID tokens may call themselves, the first of them what RFC 9207's `iss`
    says. `confirms_addresses` is whether its word that an address is confirmed counts.
    `revocation_endpoint` is where its refresh tokens are given back (RFC 7009); without one no
    token of it is kept.
    """

    id: str
    name: str
    authorization_endpoint: str
    token_endpoint: str
    scopes: tuple[str, ...]
    proof: ClientProof
    telling: Telling
    issuers: tuple[str, ...] = ()
    jwks_uri: str = ""
    api: str = ""
    revocation_endpoint: str = ""
    algorithms: tuple[str, ...] = ("RS256",)
    asked_for: tuple[tuple[str, str], ...] = ()
    confirms_addresses: bool = True


_ALL: Final = (
    # https://developers.google.com/identity/openid-connect/reference
    Provider(
        id="google",
        name="Google",
        issuers=("https://accounts.google.com", "accounts.google.com"),
        authorization_endpoint="https://accounts.google.com/o/oauth2/v2/auth",
        token_endpoint="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        jwks_uri="https://www.googleapis.com/oauth2/v3/certs",
        scopes=("openid", "email", "profile"),
        proof=ClientProof.SECRET_IN_FORM,
        telling=Telling.ID_TOKEN,
        asked_for=(("prompt", "select_account"),),
    ),
    # https://developers.facebook.com/documentation/facebook-login/guides/advanced/oidc-token
    Provider(
        id="facebook",
        name="Facebook",
        issuers=("https://www.facebook.com",),
        authorization_endpoint="https://www.facebook.com/dialog/oauth",
        token_endpoint="https://graph.facebook.com/oauth/access_token",  # noqa: S106 - an address
        jwks_uri="https://www.facebook.com/.well-known/oauth/openid/jwks/",
        scopes=("openid", "email", "public_profile"),
        proof=ClientProof.SECRET_IN_FORM,
        telling=Telling.ID_TOKEN,
        # It has no claim that says whether anybody confirmed the address.
        confirms_addresses=False,
    ),
    # https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token
    Provider(
        id="x",
        name="X",
        authorization_endpoint="https://x.com/i/oauth2/authorize",
        token_endpoint="https://api.x.com/2/oauth2/token",  # noqa: S106 - an address
        api="https://api.x.com/2",
        scopes=("users.read", "tweet.read", "users.email"),
        proof=ClientProof.SECRET_IN_HEADER,
        telling=Telling.X,
    ),
    # https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
    Provider(
        id="github",
        name="GitHub",
        authorization_endpoint="https://github.com/login/oauth/authorize",
        token_endpoint="https://github.com/login/oauth/access_token",  # noqa: S106 - an address
        api="https://api.github.com",
        scopes=("read:user", "user:email"),
        proof=ClientProof.SECRET_IN_FORM,
        telling=Telling.GITHUB,
    ),
    # https://developer.apple.com/documentation/signinwithapplerestapi
    Provider(
        id="apple",
        name="Apple",
        issuers=("https://appleid.apple.com",),
        authorization_endpoint="https://appleid.apple.com/auth/authorize",
        token_endpoint="https://appleid.apple.com/auth/token",  # noqa: S106 - an address
        jwks_uri="https://appleid.apple.com/auth/keys",
        # https://developer.apple.com/documentation/signinwithapplerestapi/revoke-tokens
        revocation_endpoint="https://appleid.apple.com/auth/revoke",
        scopes=("openid", "email", "name"),
        proof=ClientProof.SIGNED_SECRET,
        telling=Telling.ID_TOKEN,
        # Apple refuses to answer by a redirect where it is asked for a name or an address.
        asked_for=(("response_mode", "form_post"),),
    ),
)
PROVIDERS: Final = {provider.id: provider for provider in _ALL}
