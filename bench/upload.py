"""200 MB through the API's presigned parts, against the same bytes straight into the local S3.

Both with parts of the same size, four at once. The one through the API creates the video, renews
the URLs that did not come with it and completes; the direct one is boto3's own multipart upload.
"""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path
from typing import Any, Final

from boto3.s3.transfer import TransferConfig

from bench import target
from bench.creator import PARALLEL_PARTS, Creator, is_over
from bench.deployed import SCRATCH
from bench.report import Bound, Figure, Section
from bench.timing import in_turns, median
from infra.local.supervisor import LocalTarget
from socialflow.videos.models import part_size_bytes

SIZE_BYTES: Final = 200 * 10**6
ROUNDS: Final = 5
LEAST: Final = Bound("at least", 80)
BUCKET: Final = "bench-direct"
OVER_SECONDS: Final = 60


def measure() -> Section:
    """MB a second both ways, and the one as a share of the other."""
    file = SCRATCH / "200MB.mp4"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(os.urandom(SIZE_BYTES))
    try:
        with target.running() as running:
            taken = _in_turns(running, file)
    finally:
        file.unlink()
    speed = {name: SIZE_BYTES / 10**6 / median(seconds) for name, seconds in taken.items()}
    return Section(
        "200 MB uploaded",
        [
            Figure("Upload through presigned parts / straight to the local S3",
                   speed["parts"] / speed["direct"] * 100, "%", LEAST),
            Figure("Through presigned parts, video created and completed",
                   speed["parts"], "MB/s"),
            Figure("Straight to the local S3, boto3 multipart", speed["direct"], "MB/s"),
        ],
        notes=[f"Medians of {ROUNDS} uploads each, in turns, {PARALLEL_PARTS} parts at once."],
    )  # fmt: skip


def _in_turns(running: LocalTarget, file: Path) -> dict[str, list[float]]:
    s3 = running.admin_client("s3")
    s3.create_bucket(Bucket=BUCKET)
    creator = Creator(running.origin, running.mailbox_url)
    takes = {
        "parts": functools.partial(_through_parts, creator, file),
        "direct": functools.partial(_direct, s3, file),
    }
    for take in takes.values():
        take()  # wakes the functions, opens the connections
    return in_turns(takes, rounds=ROUNDS)


def _through_parts(creator: Creator, file: Path) -> float:
    """Seconds from the request for the video until it is complete."""
    started = time.perf_counter()
    video_id = creator.upload(file)
    seconds = time.perf_counter() - started
    # It is no video: that is found out, and what it left behind goes, before the next turn.
    creator.wait(video_id, is_over, seconds=OVER_SECONDS)
    creator.delete(video_id)
    return seconds


def _direct(s3: Any, file: Path) -> float:
    """Seconds of boto3's multipart upload with our part size."""
    config = TransferConfig(
        multipart_threshold=1,
        multipart_chunksize=part_size_bytes(SIZE_BYTES),
        max_concurrency=PARALLEL_PARTS,
    )
    started = time.perf_counter()
    s3.upload_file(str(file), BUCKET, "uploads/direct/source", Config=config)
    seconds = time.perf_counter() - started
    s3.delete_object(Bucket=BUCKET, Key="uploads/direct/source")
    return seconds
