"""Warm CPU: what `GET /v1/videos/{id}` costs beyond the one read that it makes of botocore.

The whole way from API Gateway's event through Mangum, FastAPI and the domain to the answer and
its log line, in a process of its own that imports what the Lambda imports. No network: botocore's
own hook gives the answers, to the read alone as well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import ECKey

from bench import deployed, sample
from bench.report import Bound, Figure, Section
from bench.timing import median
from socialflow.identity.tokens.access_tokens import AUDIENCE, LIFETIME, TYPE
from socialflow.identity.tokens.issuing_keys import ALGORITHM, IssuingKey, make_key
from socialflow.videos import keys

ROUNDS: Final = 15
MOST: Final = Bound("at most", 1.0)
_HERE: Final = Path(__file__).parent


def measure() -> Section:
    """Milliseconds of CPU beyond the read, for anybody and for one who is signed in."""
    key = make_key(created_at=sample.CREATED_AT, signs_from=sample.CREATED_AT)
    work = {
        "rounds": ROUNDS,
        "rows": sample.rows(key),
        "read": {"TableName": "videos", "Key": _key_of_video(), "ConsistentRead": False},
        "events": {
            "anybody": sample.show_video_event(),
            "signed in": sample.show_video_event(_token(key)),
        },
    }
    taken = _run(work)
    read = median(taken["get_item"])
    anybody, signed_in = (
        # Pairs of one round met the same machine.
        median([whole - part for whole, part in zip(taken[name], taken["get_item"], strict=True)])
        for name in ("anybody", "signed in")
    )
    return Section(
        "Warm CPU of GET /v1/videos/{id}",
        [
            Figure("GET /v1/videos/{id} beyond its read, anybody", anybody, "ms", MOST),
            Figure("GET /v1/videos/{id} beyond its read, signed in", signed_in, "ms", MOST),
            Figure("The read alone (botocore's get_item)", read, "ms"),
        ],
        notes=[f"CPU time of the process; medians of {ROUNDS} rounds of 200 calls, in turns."],
    )


def _run(work: object) -> dict[str, list[float]]:
    environment = dict(deployed.api("videos")) | dict(sample.ENVIRONMENT)
    with tempfile.TemporaryDirectory() as directory:
        given, outcome = Path(directory, "given.json"), Path(directory, "outcome.json")
        given.write_text(json.dumps(work))
        environment["PYTHONPATH"] += f"{os.pathsep}{deployed.ROOT}"
        script = _HERE / "processes" / "warm_requests.py"
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-S", str(script), str(given), str(outcome)],
            env=environment,
            # The log lines go where Lambda's runtime would take them from: a pipe away.
            stdout=subprocess.DEVNULL,
            check=True,
        )
        taken: dict[str, list[float]] = json.loads(outcome.read_text())
    return taken


def _key_of_video() -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in keys.video_key(sample.VIDEO.id).items()}


def _token(key: IssuingKey) -> str:
    """An access token of the owner's, as `AccessTokenIssuer` makes it."""
    now = int(datetime.now(UTC).timestamp())
    claims = {
        "iss": f"socialflow-{sample.ENVIRONMENT['SF_STAGE']}",
        "aud": AUDIENCE,
        "sub": sample.OWNER.id,
        "sid": sample.SESSION.id,
        "jti": "tok_bench",
        "iat": now,
        "exp": now + int(LIFETIME.total_seconds()),
        "handle": sample.OWNER.handle,
        "roles": list(sample.OWNER.roles(sample.CREATED_AT)),
    }
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": TYPE}
    return jwt.encode(header, claims, ECKey.import_key(dict(key.private_jwk)))
