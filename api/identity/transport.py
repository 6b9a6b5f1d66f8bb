"""How a client keeps its tokens: a page in cookies that no script reads, an app as it likes.

    X-Session-Transport: cookie     refresh and device token go into `Set-Cookie` and come back by
                                    themselves, to /v1/auth alone; the body has null for them
    otherwise                       both are in the body; the device token comes back in
                                    `X-Device-Token`, the refresh token in the body

The access token is in the body either way, lives in the page's memory and is sent as a bearer:
no route but those of /v1/auth does anything for a cookie, so no other site can act for somebody.
Those routes take a cookie only with the header above, which another site's page cannot send
without asking us first (CORS, which we never grant), and only from our own origin.
"""

import os
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from api.identity.schemas import Tokens
from api.limits import by_address
from socialflow.identity.sessions.models import SESSION_IDLE
from socialflow.identity.sessions.sessions import Device, SignedIn
from socialflow.platform.errors import Forbidden

TRANSPORT_HEADER = "x-session-transport"
DEVICE_HEADER = "x-device-token"
REFRESH_COOKIE = "__Secure-sf_refresh"
DEVICE_COOKIE = "__Secure-sf_device"
COOKIE_PATH = "/v1/auth"
MAX_COOKIE_CHARACTERS = 512
DEVICE_MAX_AGE_SECONDS = 400 * 24 * 3600
_OUR_PAGE = {"same-origin", "none"}


class CrossSiteRequest(Forbidden):
    """A request that would use cookies came from another site's page, or does not say whence."""

    code = "cross_site_request"

    def __init__(self) -> None:
        super().__init__("Cookies are for our own pages; send the tokens yourself.")


class SessionTransport:
    """One request's way of carrying tokens. Raises `CrossSiteRequest` where it asks for cookies
    without being one of our own pages."""

    def __init__(self, request: Request, response: Response) -> None:
        self._request = request
        self._response = response
        self.by_cookie = request.headers.get(TRANSPORT_HEADER) == "cookie"
        if self.by_cookie and not _is_our_page(request):
            raise CrossSiteRequest

    def device(self) -> Device:
        """What the client is, as it says and as the network says."""
        headers = self._request.headers
        sent = self._cookie(DEVICE_COOKIE) if self.by_cookie else headers.get(DEVICE_HEADER)
        return Device(
            name=headers.get("user-agent", ""),
            address=by_address(self._request),
            token=sent if sent and len(sent) <= MAX_COOKIE_CHARACTERS else None,
        )

    def refresh_token(self, sent: str | None) -> str:
        """The refresh token of the cookie, or the one in the body; '' where there is none."""
        token = self._cookie(REFRESH_COOKIE) if self.by_cookie else sent
        return token if token and len(token) <= MAX_COOKIE_CHARACTERS else ""

    def tokens(self, signed_in: SignedIn) -> Tokens:
        """The answer with a session's tokens."""
        tokens = Tokens.of(signed_in)
        if not self.by_cookie:
            return tokens
        idle_seconds = int(SESSION_IDLE.total_seconds())
        self._set(REFRESH_COOKIE, signed_in.refresh_token, idle_seconds)
        if signed_in.device_token:
            self._set(DEVICE_COOKIE, signed_in.device_token, DEVICE_MAX_AGE_SECONDS)
        return tokens.model_copy(update={"refresh_token": None, "device_token": None})

    def forget(self) -> None:
        """Takes the refresh token back. The device stays known."""
        if self.by_cookie:
            self._set(REFRESH_COOKIE, "", 0)

    def _cookie(self, name: str) -> str | None:
        return self._request.cookies.get(name)

    def _set(self, name: str, value: str, max_age_seconds: int) -> None:
        self._response.set_cookie(
            name,
            value,
            max_age=max_age_seconds,
            path=COOKIE_PATH,
            secure=True,
            httponly=True,
            samesite="strict",
        )


async def session_transport(request: Request, response: Response) -> SessionTransport:
    """The dependency."""
    return SessionTransport(request, response)


Transport = Annotated[SessionTransport, Depends(session_transport)]


def _is_our_page(request: Request) -> bool:
    """Whether a browser says that a page of ours sent this.

    `Sec-Fetch-Site` and `Origin` are the browser's own; no page can set them (Fetch, 2.2.2). The
    former alone decides where the stage's origin is not known: behind CloudFront the host that
    we see is API Gateway's.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in _OUR_PAGE:
        return False
    known = os.environ.get("SF_PUBLIC_ORIGIN", "").rstrip("/")
    if known:
        return origin == known
    if site is not None:
        return True
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
