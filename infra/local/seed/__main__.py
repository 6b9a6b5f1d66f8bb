"""`make seed`: demo people and videos for a running target.

`python -m infra.local.seed [--origin URL] [--mailbox URL] [--clips DIR]`. Ends with status 1 when
something was refused or a video failed.
"""

import argparse
import sys
import time
from pathlib import Path

import httpx

from infra.local.console import failure, note, step, warning
from infra.local.mailbox.reading import Mailbox
from infra.local.registration import RegistrationRefused
from infra.local.seed.catalogue import CLIPS, PEOPLE, Clip, Person
from infra.local.seed.drawing import DrawingFailed, draw
from infra.local.seed.public_api import PASSWORD, ApiRefused, PublicApi
from infra.local.supervisor.children import REPOSITORY

PROCESSING_LIMIT_SECONDS = 900
POLL_SECONDS = 1.0
ENDED = ("ready", "failed")


def main() -> int:
    """Seed, wait until every video is ready, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.seed")
    parser.add_argument("--origin", default="http://localhost:8080")
    parser.add_argument("--mailbox", default="http://localhost:4584")
    parser.add_argument("--clips", type=Path, default=REPOSITORY / ".local" / "seed")
    arguments = parser.parse_args()
    print(f"\nSeeding {arguments.origin}\n", flush=True)
    try:
        failed = seed(arguments.origin, arguments.mailbox, arguments.clips)
    except httpx.TransportError as error:
        failure(f"{arguments.origin} does not answer ({error}). Is `make run` running?")
        return 1
    except (ApiRefused, RegistrationRefused, DrawingFailed) as error:
        failure(str(error))
        return 1
    people = ", ".join(person.email for person in PEOPLE)
    print(f"\n  Sign in as {people}\n  with the password {PASSWORD}\n", flush=True)
    return 1 if failed else 0


def seed(
    origin: str,
    mailbox_url: str,
    directory: Path,
    *,
    people: tuple[Person, ...] = PEOPLE,
    clips: tuple[Clip, ...] = CLIPS,
) -> int:
    """Make what is missing and wait for it; returns how many videos failed. New people need the
    code in their mail.

    `directory` keeps the files that were drawn.
    """
    waiting: list[tuple[PublicApi, str, str]] = []
    clients: list[PublicApi] = []
    try:
        for person in people:
            api = PublicApi(origin, Mailbox(mailbox_url))
            clients.append(api)
            own = [clip for clip in clips if clip.owner == person.handle]
            waiting += [(api, *video) for video in _seed_person(api, person, own, directory)]
        return _wait_for(waiting)
    finally:
        for api in clients:
            api.close()


def _seed_person(
    api: PublicApi, person: Person, clips: list[Clip], directory: Path
) -> list[tuple[str, str]]:
    """Upload what the person lacks; returns (id, title) of every video that is not ended."""
    if api.sign_in(person):
        note(f"{person.display_name} is new here")
    there = {video["title"]: video for video in api.own_videos() if video["status"] != "failed"}
    unfinished = [
        (video["id"], title)
        for title, video in there.items()
        if video["status"] not in (*ENDED, "uploading")
    ]
    for clip in clips:
        if clip.title in there and there[clip.title]["status"] != "uploading":
            continue
        started = time.monotonic()
        unfinished.append((api.upload(clip, draw(clip, directory)), clip.title))
        step(f"Uploaded “{clip.title}”", time.monotonic() - started)
    return unfinished


def _wait_for(waiting: list[tuple[PublicApi, str, str]]) -> int:
    started = time.monotonic()
    deadline = started + PROCESSING_LIMIT_SECONDS
    failed = 0
    while waiting and time.monotonic() < deadline:
        still = []
        for api, video_id, title in waiting:
            video = api.video(video_id)
            if video["status"] == "ready":
                step(f"Ready: “{title}”", time.monotonic() - started)
            elif video["status"] == "failed":
                failed += 1
                warning(f"“{title}” failed: {(video.get('failure') or {}).get('message')}")
            else:
                still.append((api, video_id, title))
        waiting = still
        if waiting:
            time.sleep(POLL_SECONDS)
    for _, _, title in waiting:
        failed += 1
        warning(f"“{title}” is not ready after {PROCESSING_LIMIT_SECONDS} s")
    return failed


if __name__ == "__main__":
    sys.exit(main())
