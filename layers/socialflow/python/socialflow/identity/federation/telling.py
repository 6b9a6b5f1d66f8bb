"""How each provider says who somebody is, brought into one form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from socialflow.identity.federation.http import NoAnswer, ProviderHttp
from socialflow.identity.federation.models import ProviderIdentity, confirmed_email, told_name
from socialflow.identity.federation.providers import Provider

MAX_ADDRESSES: Final = 100
MAX_USERNAME_CHARACTERS: Final = 100


def openid_identity(provider: Provider, claims: Mapping[str, Any]) -> ProviderIdentity:
    """The person in verified claims. Apple writes `email_verified` as a string."""
    told = claims.get("email_verified")
    confirmed = provider.confirms_addresses and (told is True or told == "true")
    return ProviderIdentity(
        provider=provider.id,
        subject=claims["sub"],
        email=confirmed_email(claims.get("email")) if confirmed else None,
        name=told_name(claims.get("name")),
    )


def github_identity(http: ProviderHttp, provider: Provider, token: str) -> ProviderIdentity:
    """The person that a token of GitHub stands for, with the primary address if it is confirmed.

    The address in `/user` is what a person chose to show, which may be anybody's. Raises
    `NoAnswer`.
    """
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    user = _document(http, f"{provider.api}/user", headers)
    number = user.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise NoAnswer("user without an id")
    answer = http.get(f"{provider.api}/user/emails?per_page={MAX_ADDRESSES}", headers=headers)
    listed = answer.body if answer.status == 200 and isinstance(answer.body, list) else []
    primary = [
        each["email"]
        for each in listed[:MAX_ADDRESSES]
        if isinstance(each, dict)
        and each.get("primary") is True
        and each.get("verified") is True
        and isinstance(each.get("email"), str)
    ]
    return ProviderIdentity(
        provider=provider.id,
        subject=str(number),
        email=confirmed_email(primary[0]) if primary else None,
        name=told_name(user.get("name")),
        username=_username(user.get("login")),
    )


def x_identity(http: ProviderHttp, provider: Provider, token: str) -> ProviderIdentity:
    """The person that a token of X stands for; X tells confirmed addresses alone.

    Raises `NoAnswer`.
    """
    url = f"{provider.api}/users/me?user.fields=confirmed_email"
    user = _document(http, url, {"Authorization": f"Bearer {token}"}).get("data")
    subject = user.get("id") if isinstance(user, dict) else None
    if not isinstance(user, dict) or not isinstance(subject, str) or not subject.isdigit():
        raise NoAnswer("user without an id")
    if len(subject) > MAX_USERNAME_CHARACTERS:
        raise NoAnswer("user without an id")
    return ProviderIdentity(
        provider=provider.id,
        subject=subject,
        email=confirmed_email(user.get("confirmed_email")),
        name=told_name(user.get("name")),
        username=_username(user.get("username")),
    )


def _document(http: ProviderHttp, url: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
    answer = http.get(url, headers=headers)
    if answer.status != 200 or not isinstance(answer.body, dict):
        raise NoAnswer(f"status {answer.status}")
    return answer.body


def _username(text: object) -> str | None:
    return text[:MAX_USERNAME_CHARACTERS] if isinstance(text, str) and text else None
