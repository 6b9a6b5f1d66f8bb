"""The sign-in providers of this machine, started for tests, and a browser that visits them."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from infra.local.identity_provider.clients import LocalClients, local_clients
from infra.local.supervisor.children import Child, ChildSpec
from infra.local.supervisor.probes import answers

ALL = ("google", "facebook", "x", "github", "apple")
"""Every provider there is, in the order in which pages show them."""

ORIGIN = "http://localhost:8080"
READY_SECONDS = 30.0
MAX_HOPS = 10
OURS = "/v1/auth/providers/"


@dataclass(frozen=True, slots=True)
class LocalProviders:
    """Where they are, and the clients that they know."""

    url: str
    clients: LocalClients
    child: Child

    @property
    def told(self) -> dict[str, dict[str, str]]:
        """What an operator would put into the clients' secret."""
        return self.clients.told_to_the_application(self.url)


@contextmanager
def running_providers(folder: Path, origin: str = ORIGIN) -> Iterator[LocalProviders]:
    """The real process on a free loopback port; it ends with the block, whatever happens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spec = ChildSpec(
        name="identity_provider",
        module="infra.local.identity_provider",
        arguments=("--port", str(port), "--origin", origin, "--state", str(folder)),
        ready=lambda: answers(port, "/health"),
    )
    child = Child(spec, logs=folder / "logs", quiet=True)
    try:
        child.wait_until_ready(READY_SECONDS)
        yield LocalProviders(f"http://localhost:{port}", local_clients(folder), child)
    finally:
        child.kill()


@dataclass(frozen=True, slots=True)
class Returned:
    """What a provider sends back to us through the browser."""

    method: str
    url: str
    fields: Mapping[str, str]

    def changed(self, **fields: str) -> Returned:
        """The same with other fields, as whoever holds the browser may send it."""
        return replace(self, fields={**self.fields, **fields})


class Refused(Exception):
    """The provider showed an error instead of a picker, or of leading anywhere."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(f"{answer.status_code} {answer.text[:300]}")
        self.status = answer.status_code
        self.text = answer.text


def visit(url: str, *, person: str | None) -> Returned:
    """Follows an authorization URL, picks a person (None cancels) and comes back.

    Raises `Refused` where the provider shows an error.
    """
    with httpx.Client(timeout=10) as browser:
        page = _followed(browser, browser.get(url))
        if isinstance(page, Returned):
            return page
        choice = {"person": person} if person else {"cancel": "1"}
        form = _form(page)
        answer = browser.post(urljoin(str(page.url), form.action), data=form.fields | choice)
        back = _followed(browser, answer)
        if isinstance(back, Returned):
            return back
        raise Refused(back)


def _followed(browser: httpx.Client, answer: httpx.Response) -> httpx.Response | Returned:
    """The page that redirects end at, or what a provider sends back to us by one or by a form."""
    for _ in range(MAX_HOPS):
        if not answer.is_redirect:
            form = _form(answer)
            return Returned("POST", form.action, form.fields) if OURS in form.action else answer
        location = urljoin(str(answer.url), answer.headers["location"])
        if OURS in location:
            parts = urlsplit(location)
            where = f"{parts.scheme}://{parts.netloc}{parts.path}"
            return Returned("GET", where, dict(parse_qsl(parts.query)))
        answer = browser.get(location)
    raise AssertionError("the provider leads on and on")


@dataclass
class _Form:
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def _form(page: httpx.Response) -> _Form:
    reader = _FormReader()
    reader.feed(page.text)
    # An error that is for us comes in a form of status 400.
    if not reader.form.action or (page.status_code != 200 and OURS not in reader.form.action):
        raise Refused(page)
    return reader.form


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.form = _Form()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form.action = told["action"]
        elif tag == "input" and told.get("type") == "hidden":
            self.form.fields[told["name"]] = told["value"]
