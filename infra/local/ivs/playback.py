"""Playback over HTTP: master and media playlists, segments, parts, all from memory.

`/playback/<channel>/master.m3u8?token=…` gives a viewer paths of their own; below them lie
`<rung>.m3u8` (with `_HLS_msn`, `_HLS_part`: answered once that is there), `<rung>/init-N.mp4`,
`<rung>/<segment>.m4s` and `<rung>/<segment>.<part>.m4s` (answered once it is there).
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.ivs.broadcast import Broadcast
from infra.local.ivs.broadcasts import Broadcasts
from infra.local.ivs.catalogue import Catalogue
from infra.local.ivs.ingest_facts import audio_codec
from infra.local.ivs.ladder import rung_of_class
from infra.local.ivs.playback_tokens import PlaybackTokens, TokenRefused, Viewing
from infra.local.ivs.recording_layout import stream_line
from infra.local.ivs.timeline import Timeline
from infra.local.ivs.viewers import TooManyViewers, Viewers

__all__ = ["Playback"]

_PLAYLIST = "application/vnd.apple.mpegurl"
_MP4 = "video/mp4"
_CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "date, content-length",
    "timing-allow-origin": "*",
}
_PREFLIGHT = {
    **_CORS,
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "*",
    "access-control-max-age": "86400",
}
_FRESH = {"cache-control": "no-cache, no-store"}
_FOREVER = {"cache-control": "public, max-age=3600, immutable"}
_MEDIA = re.compile(
    r"(?P<rung>\w+)/(?:init-(?P<run>\d{1,9})\.mp4|(?P<number>\d{1,9})(?:\.(?P<part>\d{1,9}))?\.m4s)"
)
_BLOCK_SECONDS = 1.5
"""The longest that a request waits for what does not come. hls.js gives up after three part
targets, and for good after three such times; a playlist without news it takes in its stride."""
_MOST_AHEAD = 2


class Playback:
    """Belongs to the event loop."""

    def __init__(
        self,
        catalogue: Catalogue,
        broadcasts: Broadcasts,
        tokens: PlaybackTokens,
        viewers: Viewers,
    ) -> None:
        self._catalogue = catalogue
        self._broadcasts = broadcasts
        self._tokens = tokens
        self._viewers = viewers

    def routes(self) -> list[Route]:
        below = "/playback/{channel}/{stream}/{viewer}"
        preflight = Route("/playback/{rest:path}", _preflight, methods=["OPTIONS"])
        return [
            preflight,
            Route("/playback/{channel}/master.m3u8", self.master, methods=["GET"]),
            Route(below + "/{rung}.m3u8", self.media_playlist, methods=["GET"]),
            Route(below + "/{rest:path}", self.media, methods=["GET"]),
        ]

    async def master(self, request: Request) -> Response:
        """404 when the channel is not live, 403 for a private one without a good token."""
        channel = self._catalogue.channel_by_id(request.path_params["channel"])
        if channel is None:
            return _refusal(404, "not_found", "There is no such channel.")
        broadcast = self._broadcasts.live(channel.arn)
        viewing = Viewing()
        try:
            if channel.authorized:
                token = request.query_params.get("token")
                if broadcast is None:
                    return _refusal(404, "not_live", "The channel is not live.")
                viewing = self._tokens.check(token, channel.arn, request.headers.get("origin"))
            elif broadcast is None:
                return _refusal(404, "not_live", "The channel is not live.")
            viewer_id = self._viewers.add(broadcast.session.stream_id, viewing)
        except TokenRefused as refused:
            return _refusal(403, "playback_auth_error", str(refused))
        except TooManyViewers as full:
            return _refusal(503, "too_many_viewers", str(full))
        base = f"{broadcast.session.stream_id}/{viewer_id}"
        return _playlist(_master_text(broadcast, base, viewing.resolution))

    async def media_playlist(self, request: Request) -> Response:
        timeline, refusal = self._found(request, request.path_params["rung"], playlist=True)
        if timeline is None:
            return refusal
        asked, part = request.query_params.get("_HLS_msn"), request.query_params.get("_HLS_part")
        if asked is not None or part is not None:
            number, position = _whole(asked), None if part is None else _whole(part)
            if number is None or (part is not None and position is None):
                return _refusal(400, "bad_request", "_HLS_msn and _HLS_part are whole numbers.")
            if number > timeline.edge[0] + _MOST_AHEAD:
                return _refusal(400, "bad_request", "_HLS_msn is too far ahead.")
            await timeline.wait_for(number, position, _BLOCK_SECONDS)
        return _playlist(timeline.playlist())

    async def media(self, request: Request) -> Response:
        match = _MEDIA.fullmatch(request.path_params["rest"])
        if match is None:
            return _refusal(404, "not_found", "There is no such file.")
        timeline, refusal = self._found(request, match["rung"], playlist=False)
        if timeline is None:
            return refusal
        body = await _body(timeline, match)
        if body is None:
            return _refusal(404, "not_found", "It is not there any more, or not yet.")
        return Response(body, media_type=_MP4, headers=_CORS | _FOREVER)

    def _found(
        self, request: Request, rung: str, *, playlist: bool
    ) -> tuple[Timeline | None, Response]:
        stream_id = request.path_params["stream"]
        viewer = self._viewers.find(request.path_params["viewer"], stream_id)
        if viewer is None:
            return None, _refusal(403, "playback_auth_error", "Ask for the master playlist.")
        try:
            if viewer.viewing.strict:
                viewer.viewing.check_origin(request.headers.get("origin"))
        except TokenRefused as refused:
            return None, _refusal(403, "playback_auth_error", str(refused))
        broadcast = self._broadcasts.watchable(stream_id)
        timeline = broadcast.timelines.get(rung) if broadcast else None
        if timeline is not None and playlist:
            self._viewers.saw_playlist(viewer)
        return timeline, _refusal(404, "not_found", "The stream is over.")


async def _body(timeline: Timeline, match: re.Match[str]) -> bytes | None:
    if match["run"] is not None:
        return timeline.init(int(match["run"]))
    number = int(match["number"])
    if match["part"] is None:
        return timeline.segment(number)
    part = int(match["part"])
    newest, newest_part = timeline.edge
    # What the preload hint names is worth waiting for, nothing else is.
    if (number, part) in ((newest, newest_part + 1), (newest + 1, 0)):
        await timeline.wait_for(number, part, _BLOCK_SECONDS)
    return timeline.part(number, part)


def _master_text(broadcast: Broadcast, base: str, resolution: str) -> str:
    transcode = broadcast.transcode
    best = rung_of_class(transcode.rungs, resolution) if resolution else transcode.rungs[0]
    sound = f",{audio_codec(broadcast.facts().audio)}" if transcode.has_sound else ""
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rung in transcode.rungs[transcode.rungs.index(best) :]:
        codecs = transcode.timelines[rung.name].codecs + sound
        lines += [stream_line(rung, codecs, transcode.frame_rate), f"{base}/{rung.name}.m3u8"]
    return "\n".join([*lines, ""])


def _playlist(text: str) -> Response:
    return Response(text, media_type=_PLAYLIST, headers=_CORS | _FRESH)


def _refusal(status: int, code: str, message: str) -> Response:
    """In the form of IVS's playback edge: a list of one error."""
    error = [{"error": message, "error_code": code, "type": "error"}]
    return JSONResponse(error, status_code=status, headers=_CORS | _FRESH)


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None


async def _preflight(_request: Request) -> Response:
    return Response(status_code=204, headers=_PREFLIGHT)
