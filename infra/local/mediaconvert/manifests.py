"""HLS and DASH manifests over the same CMAF segments.

HLS is RFC 8216 with fMP4 segments: VOD, independent segments, every rendition with BANDWIDTH,
AVERAGE-BANDWIDTH, CODECS, RESOLUTION and FRAME-RATE. DASH is ISO/IEC 23009-1 "live" profile,
static, one SegmentTimeline a representation. Files are named as MediaConvert names them:
`<base><modifier>.m3u8`, `<base><modifier>init.cmfv`, `<base><modifier>_<9 digits>.cmfv`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.sax.saxutils import quoteattr

from infra.local.mediaconvert.plan import AudioStream, JobPlan, VideoStream
from infra.local.mediaconvert.timeline import Track

__all__ = ["Manifest", "init_name", "manifests_of", "media_name"]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file to be written beside the segments."""

    name: str
    text: str


def init_name(base: str, modifier: str, extension: str) -> str:
    return f"{base}{modifier}init.{extension}"


def media_name(base: str, modifier: str, number: int, extension: str) -> str:
    return f"{base}{modifier}_{number:09d}.{extension}"


def manifests_of(
    plan: JobPlan, tracks: list[Track], frame_rate: Fraction, base: str
) -> list[Manifest]:
    """Media playlists first and the two a player opens last: DASH, then the HLS master."""
    video = list(zip(plan.video, tracks[: len(plan.video)], strict=True))
    audio = list(zip(plan.audio, tracks[len(plan.video) :], strict=True))
    streams = [(one.name, track, "cmfv") for one, track in video]
    streams += [(one.name, track, "cmfa") for one, track in audio]
    return [
        *(
            Manifest(f"{base}{name}.m3u8", _media_playlist(base, name, track, extension))
            for name, track, extension in streams
        ),
        Manifest(f"{base}.mpd", _dash(plan, video, audio, frame_rate, base)),
        Manifest(f"{base}.m3u8", _master_playlist(video, audio, frame_rate, base)),
    ]


def _media_playlist(base: str, name: str, track: Track, extension: str) -> str:
    # RFC 8216, 4.3.3.1: no segment, rounded to whole seconds, exceeds the target.
    target = max(1, math.floor(track.longest_s + Fraction(1, 2)))
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-TARGETDURATION:{target}",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f'#EXT-X-MAP:URI="{init_name(base, name, extension)}"',
    ]
    for number, segment in enumerate(track.segments, start=1):
        lines.append(f"#EXTINF:{segment.ticks / track.timescale:.6f},")
        lines.append(media_name(base, name, number, extension))
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def _master_playlist(
    video: list[tuple[VideoStream, Track]],
    audio: list[tuple[AudioStream, Track]],
    frame_rate: Fraction,
    base: str,
) -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for position, (sound, _) in enumerate(audio):
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{sound.group_id}",NAME="Audio {position + 1}",'
            f"DEFAULT={'NO' if position else 'YES'},AUTOSELECT=YES,"
            f'CHANNELS="{sound.channels}",URI="{base}{sound.name}.m3u8"'
        )
    groups = {sound.group_id: track for sound, track in reversed(audio)}
    for group_id, sound_track in groups.items() or {"": None}.items():
        for rung, track in video:
            tracks = [track, sound_track] if sound_track else [track]
            lines.append(
                f"#EXT-X-STREAM-INF:BANDWIDTH={sum(one.peak_bps for one in tracks)},"
                f"AVERAGE-BANDWIDTH={sum(one.average_bps for one in tracks)},"
                f'CODECS="{",".join(one.codecs for one in tracks)}",'
                f"RESOLUTION={rung.width}x{rung.height},FRAME-RATE={float(frame_rate):.3f}"
                + (f',AUDIO="{group_id}"' if group_id else "")
            )
            lines.append(f"{base}{rung.name}.m3u8")
    return "\n".join([*lines, ""])


def _dash(
    plan: JobPlan,
    video: list[tuple[VideoStream, Track]],
    audio: list[tuple[AudioStream, Track]],
    frame_rate: Fraction,
    base: str,
) -> str:
    tracks = [track for _, track in video] + [track for _, track in audio]
    duration = float(max(track.duration_s for track in tracks))
    longest = float(max(track.longest_s for track in tracks))
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"'
        ' profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static"'
        f' mediaPresentationDuration="PT{duration:.3f}S"'
        f' maxSegmentDuration="PT{longest:.3f}S" minBufferTime="PT{plan.segment_seconds}S">',
        '  <Period id="0" start="PT0S">',
        '    <AdaptationSet id="0" contentType="video" segmentAlignment="true" startWithSAP="1">',
    ]
    for rung, track in video:
        lines.append(
            f"      <Representation id={quoteattr(rung.name.lstrip('_'))}"
            f' mimeType="video/mp4" codecs="{track.codecs}" bandwidth="{track.peak_bps}"'
            f' width="{rung.width}" height="{rung.height}" sar="1:1" frameRate="{frame_rate}">'
        )
        lines += _template(base, rung.name, track, "cmfv")
        lines.append("      </Representation>")
    lines.append("    </AdaptationSet>")
    for number, (sound, track) in enumerate(audio, start=1):
        lines += [
            f'    <AdaptationSet id="{number}" contentType="audio" lang="und"'
            ' segmentAlignment="true" startWithSAP="1">',
            f"      <Representation id={quoteattr(sound.name.lstrip('_'))}"
            f' mimeType="audio/mp4" codecs="{track.codecs}" bandwidth="{track.peak_bps}"'
            f' audioSamplingRate="{sound.sample_rate_hz}">',
            "        <AudioChannelConfiguration schemeIdUri="
            '"urn:mpeg:dash:23003:3:audio_channel_configuration:2011"'
            f' value="{sound.channels}"/>',
            *_template(base, sound.name, track, "cmfa"),
            "      </Representation>",
            "    </AdaptationSet>",
        ]
    return "\n".join([*lines, "  </Period>", "</MPD>", ""])


def _template(base: str, name: str, track: Track, extension: str) -> list[str]:
    media = media_name(base, name, 1, extension).replace(f"{1:09d}", "$Number%09d$")
    offset = f' presentationTimeOffset="{track.start_ticks}"' if track.start_ticks else ""
    return [
        f'        <SegmentTemplate timescale="{track.timescale}" startNumber="1"{offset}'
        f" initialization={quoteattr(init_name(base, name, extension))}"
        f" media={quoteattr(media)}>",
        "          <SegmentTimeline>",
        *_runs(track),
        "          </SegmentTimeline>",
        "        </SegmentTemplate>",
    ]


def _runs(track: Track) -> Iterator[str]:
    """Equal neighbours share one entry; only the first states its time."""
    runs: list[list[int]] = []
    for segment in track.segments:
        if runs and runs[-1][0] == segment.ticks:
            runs[-1][1] += 1
        else:
            runs.append([segment.ticks, 0])
    for position, (ticks, repeats) in enumerate(runs):
        start = f' t="{track.start_ticks}"' if position == 0 else ""
        again = f' r="{repeats}"' if repeats else ""
        yield f'            <S{start} d="{ticks}"{again}/>'
