"""The Lambda handler of every API function; `SF_CONTEXT` says which context it serves."""

from mangum import Mangum

from api.app import create_app
from socialflow.platform.settings import setting

handler = Mangum(create_app(setting("SF_CONTEXT")), lifespan="off")
