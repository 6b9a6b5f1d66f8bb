"""`onMetaData`: what an encoder claims of its stream (Adobe's FLV 10.1, E.5)."""

from __future__ import annotations

from infra.local.ivs.rtmp.amf0 import AmfValue, decode, encode

__all__ = ["read_metadata"]

_NAMES = (encode("@setDataFrame"), encode("onMetaData"))


def read_metadata(payload: bytes) -> dict[str, AmfValue] | None:
    """The values of a data message; None where it is another one (cue points, captions),
    which may hold whatever its encoder likes.

    Raises `ProtocolViolation` for what is no AMF0.
    """
    if not payload.startswith(_NAMES):
        return None
    match decode(payload):
        case ["@setDataFrame", "onMetaData", dict() as values, *_]:
            return values
        case ["onMetaData", dict() as values, *_]:
            return values
    return None
