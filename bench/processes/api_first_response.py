"""The first answer of an API function, of the context that `SF_CONTEXT` names.

Argument: the event, as JSON. Prints the status and the CPU time since the process began.
"""

import json
import sys
import time

from api.handler import handler

answer = handler(json.loads(sys.argv[1]), None)  # type: ignore[arg-type]
print(json.dumps({"status": answer["statusCode"], "cpu_ms": time.process_time() * 1000}))
