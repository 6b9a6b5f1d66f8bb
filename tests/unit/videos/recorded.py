"""Recordings as IVS leaves them, put into the recording bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from socialflow.platform.aws import client
from socialflow.platform.principal import Principal
from socialflow.videos.models import Video, VideoId, Visibility
from socialflow.videos.replay import Recording, ReplaySession, footage_of
from socialflow.videos.replays import RecordedBroadcast
from tests.unit.videos.world import RECORDINGS, VideosWorld

ULID: Final = "01KAJ5J5G0000000000000000B"
BROADCAST_ID, REPLAY_ID = f"brd_{ULID}", VideoId(f"vid_{ULID}")
WENT_LIVE: Final = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
Ladder = Mapping[str, tuple[int, int, int]]
"""Width, height and bits a second by the name of the rendition's folder."""

HD: Final[Ladder] = {
    "720p30": (1280, 720, 2_700_000),
    "480p30": (852, 480, 1_400_000),
    "160p30": (284, 160, 230_000),
}
SD: Final[Ladder] = {"480p30": (852, 480, 1_400_000), "160p30": (284, 160, 230_000)}


def a_recording(number: int, *, duration_ms: int = 20_000) -> Recording:
    """The recording of the broadcast's session `number`, a minute after the one before."""
    return Recording(
        stream_id=f"st-{number}",
        bucket=RECORDINGS,
        key_prefix=f"ivs/v1/000000000000/AbCdEf12GhIj/2026/11/21/8/{number}/rec{number}",
        started_at=WENT_LIVE + timedelta(minutes=number - 1),
        duration_ms=duration_ms,
    )


def put_recording(
    recording: Recording,
    *,
    ladder: Ladder = HD,
    durations_s: Sequence[str] = ("6.000", "6.000", "6.000", "2.000"),
    thumbnails: int = 2,
) -> Recording:
    """Writes all that IVS writes, with other bytes in each object."""
    root = f"{recording.key_prefix}/media"
    put(f"{root}/hls/master.m3u8", master(ladder))
    for folder in ladder:
        put(f"{root}/hls/{folder}/playlist.m3u8", playlist(durations_s))
        for number in range(len(durations_s)):
            name = f"{root}/hls/{folder}/{number}.ts"
            put(name, name, "video/mp2t")
    for number in range(thumbnails):
        put(f"{root}/thumbnails/thumb{number}.jpg", f"{root} {number}", "image/jpeg")
    put(f"{recording.key_prefix}/events/recording-ended.json", "{}")
    return recording


def put(key: str, text: str, content_type: str = "binary/octet-stream") -> None:
    client("s3").put_object(
        Bucket=RECORDINGS, Key=key, Body=text.encode(), ContentType=content_type
    )


def master(ladder: Ladder) -> str:
    """As IVS writes it, groups and session data included."""
    lines = ["#EXTM3U", '#EXT-X-SESSION-DATA:DATA-ID="NODE",VALUE="video-edge-a.b"']
    for name, (width, height, bandwidth) in ladder.items():
        lines += [
            f'#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="{name}",NAME="{name}",AUTOSELECT=YES,DEFAULT=YES',
            f"#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},RESOLUTION={width}x{height},"
            f'CODECS="avc1.4D401F,mp4a.40.2",VIDEO="{name}",FRAME-RATE=30.000',
            f"{name}/playlist.m3u8",
        ]
    return "\n".join(lines) + "\n"


def playlist(durations_s: Sequence[str]) -> str:
    """As IVS writes it: every segment with its wall-clock time."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-TARGETDURATION:7",
        "#EXT-X-MEDIA-SEQUENCE:0",
    ]
    for number, duration in enumerate(durations_s):
        lines += [
            f"#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:{number * 6:02d}.000Z",
            f"#EXTINF:{duration},",
            f"{number}.ts",
        ]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def a_broadcast(owner: Principal, *recordings: Recording, **changes: object) -> RecordedBroadcast:
    """What the live context tells of it."""
    broadcast = RecordedBroadcast(
        video_id=REPLAY_ID,
        broadcast_id=BROADCAST_ID,
        owner_id=owner.user_id,
        title="Evening stream",
        description="With friends.",
        visibility=Visibility.PUBLIC,
        recordings=recordings,
        poster_key=None,
    )
    return replace(broadcast, **changes)  # type: ignore[arg-type]


def shown(world: VideosWorld) -> Video:
    """The replay as its row is."""
    found = world.rows.get(REPLAY_ID)
    assert found
    return found


def sessions_of(world: VideosWorld) -> tuple[ReplaySession, ...]:
    replay = shown(world).replay
    assert replay
    return replay.sessions


def folders(world: VideosWorld) -> set[str]:
    """Where media lies, as `zone/set`."""
    return {"/".join(key.split("/")[1:4:2]) for key in world.objects()}


def set_of(*numbers: int) -> str:
    """The name of the set that these recordings make."""
    return footage_of([a_recording(number) for number in numbers]).set_name
