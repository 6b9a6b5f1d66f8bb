"""Live, from an encoder to a real browser's screen, and from the end of a stream to its replay.

Chromium shows the live page as anybody would open it. Latency is read from screenshots of a clock
in the picture, so it is the whole way: encoder, ingest, ladder, playlists, player, compositor.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Final

from playwright.sync_api import Page, sync_playwright

from bench import burnt_clock
from bench.broadcaster import CAMERA, Broadcaster, recorded, stop
from bench.creator import POLL_SECONDS, NotInTime, Refused
from bench.deployed import BUILD, SCRATCH
from bench.live_playlists import Playlists
from bench.process_cpu import cpu_seconds
from bench.report import Bound, Figure, Section, Table
from bench.target import running
from bench.timing import percentile
from infra.local.supervisor import LocalTarget
from tests.e2e.browser import ARGUMENTS, chromium

ROUNDS: Final = 5
WATCHED_SECONDS: Final = 300
EVERY_SECONDS: Final = 5
TOGETHER_SECONDS: Final = 60
PATIENCE_SECONDS: Final = 60
REPLAYED_SECONDS: Final = 15
LOG: Final = SCRATCH / "live-ffmpeg.log"
PICTURE: Final = BUILD / "live.png"
FIRST_FRAME: Final = Bound("under", 4)
LATENCY: Final = Bound("under", 4)
NONE_MISSING: Final = Bound("at most", 0)
REPLAY: Final = Bound("under", 5)


def measure() -> Section:
    """First frame, latency over five minutes, two streams at once, the replay."""
    with running() as target, _browser(target.origin) as page:
        ann = Broadcaster(target.origin, target.mailbox_url)
        begun = [_begin(ann, page) for _ in range(ROUNDS)]
        latencies = _latencies(ann, page)
        page.goto("about:blank")
        together = _together(target, ann, Broadcaster(target.origin, target.mailbox_url))
        replays = [_replay(ann) for _ in range(ROUNDS)]
    tenth = max(1, len(latencies) // 10)
    drift = statistics.median(latencies[-tenth:]) - statistics.median(latencies[:tenth])
    return Section(
        "Live",
        [
            Figure(
                "From ffmpeg's start to the first frame in Chromium",
                statistics.median(begun),
                "s",
                FIRST_FRAME,
            ),
            Figure(
                "From the encoder's clock to the screen, median",
                statistics.median(latencies),
                "s",
                LATENCY,
            ),
            Figure("From the encoder's clock to the screen, p95", percentile(latencies, 95), "s"),
            Figure(f"Its drift over {WATCHED_SECONDS} s", drift, "s"),
            *together,
            Figure(
                "From the end of a stream to its replay's first segment",
                statistics.median(replays),
                "s",
                REPLAY,
            ),
        ],
        [
            Table(
                ("", "least", "most"),
                [
                    ("First frame, s", f"{min(begun):.2f}", f"{max(begun):.2f}"),
                    ("Latency, s", f"{min(latencies):.2f}", f"{max(latencies):.2f}"),
                    ("Replay, s", f"{min(replays):.2f}", f"{max(replays):.2f}"),
                ],
            )
        ],
        [
            "Encoder, ladder, browser and everything else share this machine's cores. A clock's "
            "tick is 50 ms; a screenshot's time is the middle of the call that took it."
        ],
    )


@contextlib.contextmanager
def _browser(origin: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        context = browser.new_context(base_url=origin, viewport={"width": 1280, "height": 800})
        try:
            yield context.new_page()
        finally:
            browser.close()


def _begin(ann: Broadcaster, page: Page) -> float:
    """Seconds from starting ffmpeg until the open page shows a picture."""
    broadcast = ann.go_live()
    page.goto(f"/@{ann.handle}/live")
    page.get_by_test_id("live-page").wait_for()
    started = time.monotonic()
    with ann.publishing(CAMERA, LOG):
        _wait_for_picture(page)
        seconds = time.monotonic() - started
    ann.end(broadcast)
    ann.wait_until(broadcast, "ended", seconds=PATIENCE_SECONDS)
    return seconds


def _latencies(ann: Broadcaster, page: Page) -> list[float]:
    """The picture's age on the screen, every few seconds."""
    found = []
    broadcast = ann.go_live()
    with ann.publishing(CAMERA, LOG):
        ann.wait_until(broadcast, "live", seconds=PATIENCE_SECONDS)
        page.goto(f"/@{ann.handle}/live")
        _wait_for_picture(page)
        began = time.monotonic()
        while (at := time.monotonic()) - began < WATCHED_SECONDS:
            before = time.time()
            seen = page.locator("video").first.screenshot()
            found.append(
                burnt_clock.age_seconds(burnt_clock.read(seen), (before + time.time()) / 2)
            )
            page.wait_for_timeout(max(0, EVERY_SECONDS - (time.monotonic() - at)) * 1000)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
    ann.end(broadcast)
    ann.wait_until(broadcast, "ended", seconds=PATIENCE_SECONDS)
    return found


def _wait_for_picture(page: Page) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    shown = "(document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 0"
    while not page.evaluate(shown):
        if time.monotonic() > deadline:
            raise NotInTime(f"no picture after {PATIENCE_SECONDS} s")
        page.wait_for_timeout(20)


def _together(target: LocalTarget, *creators: Broadcaster) -> Sequence[Figure]:
    """Two 720p streams at once: rungs, what their playlists missed, and what the ladder costs."""
    with contextlib.ExitStack() as stack:
        broadcasts = [creator.go_live() for creator in creators]
        for creator in creators:
            stack.enter_context(creator.publishing(recorded(), LOG))
        for creator, broadcast in zip(creators, broadcasts, strict=True):
            creator.wait_until(broadcast, "live", seconds=PATIENCE_SECONDS)
        streams = [
            Playlists(creator.playback_url(broadcast))
            for creator, broadcast in zip(creators, broadcasts, strict=True)
        ]
        for stream in streams:
            stream.look()
        listed = sum(rung.seconds for stream in streams for rung in stream.rungs)
        process = target.process_id("ivs")
        cpu, started = cpu_seconds(process), time.monotonic()
        while time.monotonic() - started < TOGETHER_SECONDS:
            for stream in streams:
                stream.look()
            time.sleep(POLL_SECONDS)
        elapsed = time.monotonic() - started
        used = cpu_seconds(process) - cpu
    for creator, broadcast in zip(creators, broadcasts, strict=True):
        creator.end(broadcast)
        creator.wait_until(broadcast, "ended", seconds=PATIENCE_SECONDS)
    rungs = [rung for stream in streams for rung in stream.rungs]
    grown = sum(rung.seconds for rung in rungs) - listed
    return [
        Figure(
            "Two streams at once: rungs of each",
            min(len(each.rungs) for each in streams),
            "",
            Bound("at least", 3),
        ),
        Figure(
            "Two streams at once: segments missed or broken off",
            sum(rung.missing + rung.discontinuities for rung in rungs),
            "",
            NONE_MISSING,
        ),
        Figure(
            "Two streams at once: media a second of time",
            grown / len(rungs) / elapsed,
            "s",
            Bound("at least", 0.95),
        ),
        Figure("Two streams at once: cores for both", used / elapsed, ""),
    ]


def _replay(ann: Broadcaster) -> float:
    """Seconds from the encoder's end until a player has the replay's first segment."""
    broadcast = ann.go_live()
    with ann.publishing(recorded(), LOG) as ffmpeg:
        ann.wait_until(broadcast, "live", seconds=PATIENCE_SECONDS)
        time.sleep(REPLAYED_SECONDS)
        stop(ffmpeg)
        ended = time.monotonic()
    ann.end(broadcast)
    while not _plays(ann, broadcast):
        if time.monotonic() - ended > PATIENCE_SECONDS:
            raise NotInTime(f"no replay of {broadcast} after {PATIENCE_SECONDS} s")
        time.sleep(POLL_SECONDS)
    return time.monotonic() - ended


def _plays(ann: Broadcaster, broadcast: str) -> bool:
    """Whether the replay's playlists and its first segment are there."""
    replay = ann.show_broadcast(broadcast)["replay_video_id"]
    if replay is None:
        return False
    try:
        playback = ann.show(replay)["playback"]
        return playback is not None and bool(Playlists(playback["hls_url"]).first_segment())
    except Refused:
        return False
