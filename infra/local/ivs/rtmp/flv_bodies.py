"""What the bodies of audio and video messages say of themselves (Adobe's FLV 10.1, E.4).

Only H.264 and AAC pass; everything else is refused by its name, enhanced RTMP's four-character
codecs too (Veovera, Enhanced RTMP v1 and v2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.local.ivs.rtmp.errors import UnsupportedMedia

__all__ = ["AUDIO_HEADER_BYTES", "VIDEO_HEADER_BYTES", "Body", "read_audio", "read_video"]

AUDIO_HEADER_BYTES: Final = 2
VIDEO_HEADER_BYTES: Final = 5

_AVC, _AAC = 7, 10
_KEYFRAME, _COMMAND_FRAME = 1, 5
_SEQUENCE_HEADER, _FRAMES = 0, 1
_ENHANCED_VIDEO: Final = 0x80
_ENHANCED_AUDIO: Final = 9
_TAKEN: Final = "only H.264 video and AAC audio are taken"
_VIDEO_CODECS: Final = {
    **{1: "JPEG", 2: "Sorenson H.263", 3: "Screen video", 4: "VP6", 5: "VP6 with alpha"},
    **{6: "Screen video 2", 12: "HEVC", 13: "AV1"},
}
_AUDIO_CODECS: Final = {
    **{0: "PCM", 1: "ADPCM", 2: "MP3", 3: "PCM", 4: "Nellymoser", 5: "Nellymoser"},
    **{6: "Nellymoser", 7: "G.711", 8: "G.711", 11: "Speex", 13: "Opus", 14: "MP3"},
}


@dataclass(frozen=True, slots=True)
class Body:
    """What kind of tag it is; nothing stands for a body that carries no media."""

    is_keyframe: bool
    is_sequence_header: bool


_VIDEO_HEADER: Final = Body(is_keyframe=True, is_sequence_header=True)
_VIDEO_KEYFRAME: Final = Body(is_keyframe=True, is_sequence_header=False)
_VIDEO_FRAME: Final = Body(is_keyframe=False, is_sequence_header=False)
_AUDIO_HEADER: Final = Body(is_keyframe=False, is_sequence_header=True)


def read_video(body: bytes) -> Body | None:
    """Raises `UnsupportedMedia`. None for empty tags, ends of sequence and command frames."""
    if not body:
        return None
    first = body[0]
    if first & _ENHANCED_VIDEO:
        raise UnsupportedMedia(f"enhanced RTMP video{_four_characters(body)}; {_TAKEN}")
    codec, kind = first & 15, first >> 4
    if kind == _COMMAND_FRAME:
        return None
    if codec != _AVC:
        raise UnsupportedMedia(f"{_VIDEO_CODECS.get(codec, f'video codec {codec}')}; {_TAKEN}")
    if len(body) < VIDEO_HEADER_BYTES:
        raise UnsupportedMedia("an H.264 tag that ends in its header")
    if body[1] == _SEQUENCE_HEADER:
        return _VIDEO_HEADER
    if body[1] != _FRAMES or len(body) == VIDEO_HEADER_BYTES:
        return None
    return _VIDEO_KEYFRAME if kind == _KEYFRAME else _VIDEO_FRAME


def read_audio(body: bytes) -> Body | None:
    """Raises `UnsupportedMedia`. None for empty tags."""
    if not body:
        return None
    codec = body[0] >> 4
    if codec == _ENHANCED_AUDIO:
        raise UnsupportedMedia(f"enhanced RTMP audio{_four_characters(body)}; {_TAKEN}")
    if codec != _AAC:
        raise UnsupportedMedia(f"{_AUDIO_CODECS.get(codec, f'audio codec {codec}')}; {_TAKEN}")
    if len(body) <= AUDIO_HEADER_BYTES:
        return None
    return _AUDIO_HEADER if body[1] == _SEQUENCE_HEADER else _VIDEO_FRAME


def _four_characters(body: bytes) -> str:
    code = body[1:5]
    known = len(code) == 4 and code.isalnum() and code.isascii()
    return f" ({code.decode()})" if known else ""
