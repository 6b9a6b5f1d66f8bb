"""Identity: what checking a token costs, how often sign-in and refresh wait, its cold start.

The token check is what every request of a signed-in caller adds: header to `Principal`, and for a
read the session in the process's memory. It is timed alone, over a DynamoDB of a few rows.
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable
from typing import Any, Final

from bench import cold_start, fake_dynamodb, sample
from bench.dynamodb_meter import Call, Meter
from bench.report import Bound, Figure, Section
from bench.timing import median
from socialflow.identity.sessions.session_repository import SessionRepository
from socialflow.identity.sessions.states import SessionStates
from socialflow.identity.tokens.access_token_issuer import AccessTokenIssuer
from socialflow.identity.tokens.access_tokens import AccessTokens
from socialflow.identity.tokens.issuing_keys import IssuingKey, KeyRing, make_key, ring_to_text
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.identity.tokens.public_keys import PublicKeys, PublishedKeys
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.ids import id_factory
from tests.crash_points.cloud import account
from tests.crash_points.people import PASSWORD, refresh_token
from tests.crash_points.plan import Plan
from tests.crash_points.world import World, running

ROUNDS: Final = 15
CALLS: Final = 200
ISSUER: Final = "socialflow-bench"
CHECK: Final = Bound("under", 0.6)
COLD_START: Final = Bound("at most", 1.6)
SIGN_IN: Final = Bound("at most", 3)
REFRESH: Final = Bound("at most", 2)
RATIO: Final = "Cold start, identity API / bare FastAPI + Mangum"


def measure() -> Section:
    """Figures of all of it."""
    check, verify = _token_checks()
    sign_in, refresh = _trips()
    event = sample.get_event(f"/v1/users/{sample.OWNER.handle}")
    cpu, wall = cold_start.starts_of("identity", event, rows=sample.rows())
    return Section(
        "Identity",
        [
            Figure("Token check of a read, session in memory, CPU time", check, "ms", CHECK),
            Figure("The token alone", verify, "ms"),
            Figure("Sign-in by password, DynamoDB round trips", len(sign_in), "trips", SIGN_IN),
            Figure("Refresh, DynamoDB round trips", len(refresh), "trips", REFRESH),
            Figure(f"{RATIO}, CPU time", cpu["identity"] / cpu["bare"], "x", COLD_START),
            Figure(f"{RATIO}, on the wall", wall["identity"] / wall["bare"], "x"),
            Figure("Identity API, CPU time", cpu["identity"], "ms"),
        ],
        notes=[
            f"Checks: medians of {ROUNDS} rounds of {CALLS}. Sign-in asks "
            f"{_names(sign_in)}; refresh asks {_names(refresh)}. Cold start is to the answer of "
            "`GET /v1/users/{handle}`, its DynamoDB client and reads included."
        ],
    )


def _token_checks() -> tuple[float, float]:
    """Milliseconds of CPU of a whole check and of the token's part in it."""
    key = make_key(created_at=sample.CREATED_AT, signs_from=sample.CREATED_AT)
    table = Table(lambda: _Rows(sample.rows(key)), "identity")  # type: ignore[arg-type, return-value]
    access = AccessTokens(PublicKeys(PublishedKeys(table)), issuer=ISSUER)
    states = SessionStates(SessionRepository(table, new_id=id_factory()), clock=utc_now)
    token = _token(key)

    def check() -> None:
        states.check(access.verify(token), fresh=False)

    def verify() -> None:
        access.verify(token)

    return _cpu_ms(check), _cpu_ms(verify)


def _cpu_ms(work: Callable[[], None]) -> float:
    taken = []
    work()
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(CALLS):
            work()
        taken.append((time.process_time() - started) * 1000 / CALLS)
    return median(taken)


def _token(key: IssuingKey) -> str:
    secret = KeySecret(lambda: _Secret(key), "keys")  # type: ignore[arg-type, return-value]
    issuer = AccessTokenIssuer(secret, issuer=ISSUER, new_id=id_factory())
    return issuer.issue(sample.OWNER, sample.SESSION.id)


class _Secret:
    """A Secrets Manager with one key."""

    def __init__(self, key: IssuingKey) -> None:
        self._text = ring_to_text(KeyRing((key,)))

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        return {"SecretString": self._text}


class _Rows:
    """A DynamoDB client of a few rows."""

    def __init__(self, rows: fake_dynamodb.Rows) -> None:
        self._rows = rows

    def get_item(self, **request: Any) -> dict[str, Any]:
        return fake_dynamodb.answer("GetItem", request, self._rows)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        return fake_dynamodb.answer("BatchGetItem", request, self._rows)


def _trips() -> tuple[list[Call], list[Call]]:
    """The calls of a sign-in and of a refresh, in sequence."""
    with account() as cloud, running(cloud, Plan()) as world:
        meter = Meter(world)
        with contextlib.redirect_stdout(io.StringIO()):
            return _signed_in(world, meter), _refreshed(world, meter)


def _signed_in(world: World, meter: Meter) -> list[Call]:
    ann = world.owner()
    world.request("POST", "/v1/auth/login", {"email": ann.user.email, "password": PASSWORD})
    return meter.runs[-1][1]


def _refreshed(world: World, meter: Meter) -> list[Call]:
    ben = world.person("ben")
    token = {"refresh_token": refresh_token(world.cloud, ben)}
    world.request("POST", "/v1/auth/refresh", token)
    return meter.runs[-1][1]


def _names(calls: list[Call]) -> str:
    return ", ".join(call.operation for call in calls)
