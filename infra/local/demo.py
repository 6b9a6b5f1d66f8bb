"""The demo account of `make run`, made through the public API like any other."""

import json
import urllib.error
import urllib.request

EMAIL = "demo@example.com"
PASSWORD = "watch-me-stream-2026"  # noqa: S105 - printed on the terminal, for loopback only
HANDLE = "demo"
DISPLAY_NAME = "Demo Creator"


class DemoAccountFailed(Exception):
    """The account is not there and could not be made."""


def ensure_demo_account(origin: str) -> bool:
    """Register the demo account if it is missing; returns whether it was made.

    Raises DemoAccountFailed with the API's answer.
    """
    account = {
        "email": EMAIL,
        "password": PASSWORD,
        "handle": HANDLE,
        "display_name": DISPLAY_NAME,
    }
    status, text = _post(f"{origin}/v1/auth/login", {"email": EMAIL, "password": PASSWORD})
    if status == 200:
        return False
    status, text = _post(f"{origin}/v1/auth/register", account)
    if status != 201:
        raise DemoAccountFailed(f"{status}: {text[:300]}")
    return True


def _post(url: str, document: dict[str, str]) -> tuple[int, str]:
    request = urllib.request.Request(  # noqa: S310 - an http URL of our own
        url, json.dumps(document).encode(), {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except urllib.error.URLError as error:
        return 0, str(error.reason)
