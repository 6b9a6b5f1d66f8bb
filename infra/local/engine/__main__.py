"""Run the engine: `python -m infra.local.engine --port N --state DIR --logs DIR --mail DIR`.

Environment: `SF_ENGINE_TOKEN` guards our endpoints, `SF_IVS_URL` and `SF_IVSCHAT_URL` are where
resources of those services are made; whatever else is set reaches the functions. The process must
be started without AWS credentials in its environment: functions inherit it, and get their own
role's. SIGTERM saves the state and stops.
"""

import argparse
import asyncio
import logging
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the engine writes: its state, the functions' log, what was sent by mail."""

    state: Path
    logs: Path
    mail: Path


def main() -> None:
    """Parse the arguments, set ministack up and serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.engine")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--mail", type=Path, required=True)
    arguments = parser.parse_args()
    token = os.environ.pop("SF_ENGINE_TOKEN", "")
    if len(token) < 32:
        sys.exit("SF_ENGINE_TOKEN must hold at least 32 characters.")
    urls = {name: os.environ.pop(f"SF_{name.upper()}_URL", "") for name in ("ivs", "ivschat")}
    state: Path = arguments.state.resolve()
    _set_environment(arguments.port, state)
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    folders = Folders(state, arguments.logs.resolve(), arguments.mail.resolve())
    asyncio.run(_serve(arguments.port, folders, token, urls))


def _set_environment(port: int, state: Path) -> None:
    """ministack reads its settings at import."""
    scratch = state / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        os.environ.pop(name, None)
    os.environ.update(
        AUTH="true",
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        MINISTACK_REGION="us-east-1",
        PERSIST_STATE="1",
        S3_PERSIST="1",
        STATE_DIR=str(state),
        S3_DATA_DIR=str(state / "objects"),
        TMPDIR=str(scratch),
        LAMBDA_EXECUTOR="local",
        # Listeners of services this project does not use.
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        LOG_LEVEL="WARNING",
    )
    os.environ.pop("PYTHONPATH", None)


async def _serve(port: int, folders: Folders, token: str, urls: dict[str, str]) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from infra.local.engine import ministack
    from infra.local.engine.app import Engine
    from infra.local.engine.batch_permissions import allow_batches
    from infra.local.engine.checkpoints import Checkpoints
    from infra.local.engine.function_workers import watch_function_workers
    from infra.local.engine.growth import bound_growth
    from infra.local.engine.late_cloudformation import load_cloudformation_late
    from infra.local.engine.mail import keep_mail
    from infra.local.engine.queues import keep_queues
    from infra.local.engine.resource_types import add_resource_types
    from infra.local.engine.secret_type import mend_secret_type
    from infra.local.engine.service_calls import ServiceApi
    from infra.local.engine.service_types import add_service_types
    from infra.local.engine.stream_polling import read_streams_side_by_side
    from infra.local.engine.stream_records import keep_stream_records
    from infra.local.engine.upload_parts import keep_parts_on_disk

    state = folders.state
    ministack.module("core.persistence").STATE_DIR = str(Checkpoints.current(state))
    lambdas = ministack.module("services.lambda_svc")
    lambdas.CODE_BLOB_DIR = str(state / "lambda-blobs")
    # Between two checkpoints both generations may name a function's code.
    lambdas._prune_orphan_code_blobs = lambda referenced: None
    keep_parts_on_disk(state / "upload-parts")
    keep_queues()
    keep_stream_records()
    read_streams_side_by_side()
    allow_batches()
    keep_mail(folders.mail)

    def teach_cloudformation() -> None:
        # Late, the generation that was loaded at the start may be gone.
        ministack.module("core.persistence").STATE_DIR = str(Checkpoints.current(state))
        add_resource_types()
        mend_secret_type()
        add_service_types({name: ServiceApi(name, url) for name, url in urls.items()})

    load_cloudformation_late(teach_cloudformation)
    watch_function_workers(folders.logs / "functions.log")
    bound_growth()

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    await serve(Engine(state, token), config, shutdown_trigger=stopped.wait)  # type: ignore[arg-type]
    # Worker threads may wait for functions that no longer matter.
    ministack.module("core.lambda_runtime").reset()
    os._exit(0)


if __name__ == "__main__":
    main()
