"""The Lambda handler of every API function; `SF_CONTEXT` says which context it serves."""

# ruff: noqa: E402 - what is said first must come before FastAPI is imported

import gc
import os
import sys

# Nothing that is imported here is ever garbage, and looking for some takes a sixth of a cold start.
# What is there at the end is taken out of every later search as well (`gc.freeze`), and a search
# waits for more to look through than one request leaves behind.
GARBAGE_THRESHOLD = 50_000
gc.disable()

# FastAPI imports pydantic's version 1 to refuse its models, where it can be imported. None here
# makes that import fail, which FastAPI takes for an answer: 12 ms less of every cold start.
sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]

from mangum import Mangum

from api.app import create_app
from socialflow.platform.settings import setting

# What SnapStart or provisioned concurrency starts ahead loads everything while nobody waits
# (Lambda's developer guide, "Defined runtime environment variables").
lazily = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand") == "on-demand"
handler = Mangum(create_app(setting("SF_CONTEXT"), lazily=lazily), lifespan="off")

gc.freeze()
gc.set_threshold(GARBAGE_THRESHOLD)
gc.enable()
