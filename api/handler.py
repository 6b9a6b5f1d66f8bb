"""The Lambda handler of every API function; `SF_CONTEXT` says which context it serves."""

# ruff: noqa: E402 - what is said first must come before FastAPI is imported

import sys

# FastAPI imports pydantic's version 1 to refuse its models, where it can be imported. None here
# makes that import fail, which FastAPI takes for an answer: a tenth of a second less of cold start.
sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]

from mangum import Mangum
from socialflow.platform.settings import setting

from api.app import create_app

handler = Mangum(create_app(setting("SF_CONTEXT")), lifespan="off")
