"""ffmpeg's fragmented MP4 as it comes through a pipe: an initialization, then fragments.

Reads as few boxes as cutting needs (ISO/IEC 14496-12: moov/trak/mdia/mdhd, moof/traf/tfhd, tfdt,
trun). The first track is the picture.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Fragment", "Initialization", "read_fragments"]

_MOST_BYTES = 32 * 1024**2
_PICTURE = 1
_DEFAULT_DURATION, _DEFAULT_SIZE, _DEFAULT_FLAGS = 0x08, 0x10, 0x20
_BASE_OFFSET, _DESCRIPTION_INDEX = 0x01, 0x02
_DATA_OFFSET, _FIRST_FLAGS = 0x01, 0x04
_DURATION, _SIZE, _FLAGS, _COMPOSITION = 0x100, 0x200, 0x400, 0x800
_NOT_A_KEYFRAME = 0x10000


@dataclass(frozen=True, slots=True)
class Initialization:
    """`codecs` is the picture's part of an HLS CODECS attribute (RFC 6381)."""

    data: bytes
    timescale: int
    codecs: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """One moof with its mdat; times in seconds on the encoder's own clock."""

    data: bytes
    starts_at: float
    duration: float
    independent: bool


class ExactReader(Protocol):
    async def readexactly(self, n: int) -> bytes: ...


async def read_fragments(reader: ExactReader) -> AsyncIterator[Initialization | Fragment]:
    """Ends with the pipe, also in the middle of a box. Raises ValueError for what is no MP4."""
    head, init, moof, unpictured = b"", None, b"", b""
    while (box := await _next_box(reader)) is not None:
        kind = box[4:8]
        if kind == b"ftyp":
            head = box
        elif kind == b"moov":
            init = _initialization(head + box)
            yield init
        elif kind == b"moof":
            moof = box
        elif kind == b"mdat":
            if init is None or not moof:
                raise ValueError("media before its description")
            data, moof = unpictured + moof + box, b""
            fragment = _fragment(data, len(unpictured), init.timescale)
            # Sound alone has no place on the picture's clock: it goes with the next fragment.
            unpictured = data if fragment is None and len(data) < _MOST_BYTES else b""
            if fragment is not None:
                yield fragment


async def _next_box(reader: ExactReader) -> bytes | None:
    try:
        head = await reader.readexactly(8)
        size = int.from_bytes(head[:4])
        if not 8 <= size <= _MOST_BYTES:
            raise ValueError(f"a box of {size} bytes")
        return head + await reader.readexactly(size - 8)
    except EOFError:
        return None


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start of the content, end."""
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4])
        if size < 8 or start + size > end:
            raise ValueError("a box reaches beyond its parent")
        yield data[start + 4 : start + 8], start + 8, start + size
        start += size


def _find(data: bytes, path: tuple[bytes, ...], start: int, end: int) -> tuple[int, int]:
    for kind, inner, inner_end in _boxes(data, start, end):
        if kind == path[0]:
            if len(path) == 1:
                return inner, inner_end
            return _find(data, path[1:], inner, inner_end)
    raise ValueError(f"no {path[0]!r}")


def _initialization(data: bytes) -> Initialization:
    at, _ = _find(data, (b"moov", b"trak", b"mdia", b"mdhd"), 0, len(data))
    long_times = data[at] == 1
    (timescale,) = struct.unpack_from(">I", data, at + (20 if long_times else 12))
    record = data.find(b"avcC")
    if record < 0 or timescale == 0:
        raise ValueError("the first track is not H.264")
    codecs = f"avc1.{data[record + 5 : record + 8].hex()}"
    return Initialization(data, timescale, codecs)


def _fragment(data: bytes, moof_at: int, timescale: int) -> Fragment | None:
    """None where it holds nothing of the first track."""
    start, end = _find(data, (b"moof",), moof_at, len(data))
    for kind, traf, traf_end in _boxes(data, start, end):
        if kind == b"traf":
            header, _ = _find(data, (b"tfhd",), traf, traf_end)
            if int.from_bytes(data[header + 4 : header + 8]) == _PICTURE:
                return _pictured(data, traf, traf_end, timescale)
    return None


def _pictured(data: bytes, start: int, end: int, timescale: int) -> Fragment:
    default_duration = default_flags = base_time = duration = 0
    independent = False
    first = True
    for kind, at, _ in _boxes(data, start, end):
        if kind == b"tfhd":
            default_duration, default_flags = _defaults(data, at)
        elif kind == b"tfdt":
            (base_time,) = struct.unpack_from(">Q" if data[at] == 1 else ">I", data, at + 4)
        elif kind == b"trun":
            run_duration, flags = _run(data, at, default_duration, default_flags)
            duration += run_duration
            if first:
                independent, first = not flags & _NOT_A_KEYFRAME, False
    return Fragment(data, base_time / timescale, duration / timescale, independent)


def _flags(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 1 : at + 4])


def _defaults(data: bytes, at: int) -> tuple[int, int]:
    flags = _flags(data, at)
    at += 8 + 8 * bool(flags & _BASE_OFFSET) + 4 * bool(flags & _DESCRIPTION_INDEX)
    duration = sample_flags = 0
    if flags & _DEFAULT_DURATION:
        (duration,) = struct.unpack_from(">I", data, at)
        at += 4
    at += 4 * bool(flags & _DEFAULT_SIZE)
    if flags & _DEFAULT_FLAGS:
        (sample_flags,) = struct.unpack_from(">I", data, at)
    return duration, sample_flags


def _run(data: bytes, at: int, default_duration: int, default_flags: int) -> tuple[int, int]:
    """Duration of all samples, flags of the first."""
    flags = _flags(data, at)
    (count,) = struct.unpack_from(">I", data, at + 4)
    at += 8 + 4 * bool(flags & _DATA_OFFSET)
    first_flags = default_flags
    if flags & _FIRST_FLAGS:
        (first_flags,) = struct.unpack_from(">I", data, at)
        at += 4
    fields = [bit for bit in (_DURATION, _SIZE, _FLAGS, _COMPOSITION) if flags & bit]
    stride = 4 * len(fields)
    if _FLAGS in fields and not flags & _FIRST_FLAGS and count:
        (first_flags,) = struct.unpack_from(">I", data, at + 4 * fields.index(_FLAGS))
    if _DURATION not in fields:
        return count * default_duration, first_flags
    durations = (struct.unpack_from(">I", data, at + stride * sample)[0] for sample in range(count))
    return sum(durations), first_flags
