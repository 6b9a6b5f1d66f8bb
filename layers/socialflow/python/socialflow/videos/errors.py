"""One class per rule of this context that a request can break."""

from socialflow.platform.errors import (
    Conflict,
    Malformed,
    NotFound,
    PreconditionFailed,
    Unavailable,
)


class VideoNotFound(NotFound):
    """No such video, or the caller may not know of it."""

    code = "video_not_found"

    def __init__(self, video_id: str) -> None:
        super().__init__("There is no such video.", video_id=video_id)


class VideoEditedMeanwhile(PreconditionFailed):
    """Somebody edited the video since the caller read it."""

    code = "video_edited_meanwhile"


class ChannelNotFound(NotFound):
    """Nobody has this handle."""

    code = "user_not_found"

    def __init__(self, handle: str) -> None:
        super().__init__("Nobody has this handle.", handle=handle)


class FileEmpty(Malformed):
    """A file without a byte cannot be a video."""

    code = "file_empty"


class FileTooLarge(Malformed):
    """The file is over this stage's limit."""

    code = "file_too_large"


class FileTypeRefused(Malformed):
    """The declared type is not a video."""

    code = "file_type_refused"


class UploadNotOpen(Conflict):
    """The upload is complete, aborted or expired: nothing more can be added."""

    code = "upload_not_open"


class PartNumberUnknown(Malformed):
    """A part number beyond the parts that this file has."""

    code = "part_number_unknown"


class PartsMissing(Conflict):
    """Not every part was named, or S3 does not have it."""

    code = "upload_parts_missing"


class PartMismatch(Conflict):
    """A part's ETag is not the one that S3 has for it."""

    code = "upload_part_mismatch"


class UploadLost(Conflict):
    """S3 no longer has the upload, nor the object it should have become."""

    code = "upload_lost"


class StorageUnavailable(Unavailable):
    """S3 or MediaConvert did not answer."""

    code = "storage_unavailable"


class ViewerLimitReached(Conflict):
    """A private video can be shared with a bounded number of people."""

    code = "viewer_limit_reached"
