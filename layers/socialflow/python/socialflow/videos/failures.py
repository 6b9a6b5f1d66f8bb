"""Why an upload cannot become a video: one stable code and one sentence for each cause.

The codes are part of the public API (`failure.code`), so they are only ever added to. The
sentences are read by creators: each says what is wrong with *their* file and, where there is
something to do about it, what. Nothing here names a service, a job or an error number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Failure", "FailureCode", "SourceRejected"]


class FailureCode(StrEnum):
    """Stable public codes of a video whose status is `failed`."""

    EMPTY_FILE = "empty_file"
    SIZE_MISMATCH = "size_mismatch"
    TYPE_MISMATCH = "type_mismatch"
    UNREADABLE_MEDIA = "unreadable_media"
    NO_VIDEO_TRACK = "no_video_track"
    ZERO_DURATION = "zero_duration"
    TOO_LONG = "too_long"
    FRAME_TOO_LARGE = "frame_too_large"
    FRAME_TOO_SMALL = "frame_too_small"
    UNSUPPORTED_CODEC = "unsupported_codec"
    TRANSCODE_FAILED = "transcode_failed"
    PROCESSING_TIMEOUT = "processing_timeout"
    UPLOAD_EXPIRED = "upload_expired"
    UPLOAD_LOST = "upload_lost"


_SENTENCES: dict[FailureCode, str] = {
    FailureCode.EMPTY_FILE: "The file is empty. Choose the video again and upload it once more.",
    FailureCode.SIZE_MISMATCH: (
        "The file that arrived is not the size that was announced. "
        "It may have changed during the upload; please upload it again."
    ),
    FailureCode.TYPE_MISMATCH: (
        "The file is not the kind of video that was announced. "
        "Check that its name ends in its real type and upload it again."
    ),
    FailureCode.UNREADABLE_MEDIA: (
        "This file cannot be read as a video. It may be damaged or cut short; "
        "check that it plays on your device, or export it again."
    ),
    FailureCode.NO_VIDEO_TRACK: (
        "This file has sound but no picture. Upload a file that contains video."
    ),
    FailureCode.ZERO_DURATION: "This video has no length. Export it again and upload the new file.",
    FailureCode.TOO_LONG: (
        "This video is longer than 12 hours. Split it into parts and upload them separately."
    ),
    FailureCode.FRAME_TOO_LARGE: (
        "The picture is too large: neither side may exceed 8192 pixels. "
        "Export the video at a smaller size."
    ),
    FailureCode.FRAME_TOO_SMALL: (
        "The picture is too small: each side needs at least 32 pixels. "
        "Export the video at a larger size."
    ),
    FailureCode.UNSUPPORTED_CODEC: (
        "The video is compressed in a format we cannot read. Export it as H.264 or HEVC."
    ),
    FailureCode.TRANSCODE_FAILED: (
        "Something in this file stopped us from preparing it for playback. "
        "Try again; if it fails once more, export the video again."
    ),
    FailureCode.PROCESSING_TIMEOUT: (
        "Preparing this video took too long and was stopped. Please try again."
    ),
    FailureCode.UPLOAD_EXPIRED: (
        "The upload was not finished in time and has been removed. Please start it again."
    ),
    FailureCode.UPLOAD_LOST: "The uploaded file is no longer there. Please upload it again.",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """The cause of a `failed` video as the API shows it: `code` and `message`."""

    code: FailureCode

    @property
    def message(self) -> str:
        """One sentence or two that a creator understands."""
        return _SENTENCES[self.code]


class SourceRejected(Exception):
    """The uploaded file can never become a video; trying again would not help."""

    def __init__(self, code: FailureCode, detail: str = "") -> None:
        """`detail` is for logs only (the measured value that broke the rule)."""
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code
        self.detail = detail

    @property
    def failure(self) -> Failure:
        return Failure(self.code)
