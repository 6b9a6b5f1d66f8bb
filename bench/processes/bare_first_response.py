"""The least that FastAPI and Mangum need for an answer: what a cold start is compared with.

Argument: the event, as JSON. Prints the status and the CPU time since the process began.
"""

import json
import sys
import time

from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()


@app.get("/v1/videos/{video_id}")
async def show_video(video_id: str) -> dict[str, str]:
    return {"id": video_id}


handler = Mangum(app, lifespan="off")
answer = handler(json.loads(sys.argv[1]), None)  # type: ignore[arg-type]
print(json.dumps({"status": answer["statusCode"], "cpu_ms": time.process_time() * 1000}))
