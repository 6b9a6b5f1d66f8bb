"""Chunks as an encoder writes them, byte by byte: no code of the server's."""

from __future__ import annotations

EXTENDED = 0xFFFFFF


def basic_header(form: int, number: int) -> bytes:
    """One, two or three bytes, by the chunk stream's number (5.3.1.1)."""
    if number < 64:
        return bytes([form << 6 | number])
    if number < 320:
        return bytes([form << 6, number - 64])
    return bytes([form << 6 | 1]) + (number - 64).to_bytes(2, "little")


def chunk(
    form: int,
    number: int,
    payload: bytes = b"",
    *,
    time: int = 0,
    length: int = 0,
    kind: int = 0,
    stream: int = 0,
    extended: bool | None = None,
) -> bytes:
    """One chunk. `time` is a timestamp (form 0) or a step; `extended` as `time` needs it."""
    is_extended = time >= EXTENDED if extended is None else extended
    header = basic_header(form, number)
    if form < 3:
        header += (EXTENDED if is_extended else time).to_bytes(3)
    if form < 2:
        header += length.to_bytes(3) + bytes([kind])
    if form == 0:
        header += stream.to_bytes(4, "little")
    return header + (time.to_bytes(4) if is_extended else b"") + payload


def chunks(
    number: int,
    payload: bytes,
    *,
    form: int = 0,
    time: int = 0,
    kind: int = 9,
    stream: int = 1,
    chunk_bytes: int = 128,
    repeats_extended: bool = True,
) -> bytes:
    """A whole message: a header, then chunks of type 3."""
    extended = time >= EXTENDED
    parts = [
        chunk(
            form,
            number,
            payload[:chunk_bytes],
            time=time,
            length=len(payload),
            kind=kind,
            stream=stream,
        )
    ]
    for at in range(chunk_bytes, len(payload), chunk_bytes):
        parts.append(
            chunk(
                3,
                number,
                payload[at : at + chunk_bytes],
                time=time,
                extended=extended and repeats_extended,
            )
        )
    return b"".join(parts)


def set_chunk_size(size: int) -> bytes:
    return chunks(2, size.to_bytes(4), kind=1, stream=0)
