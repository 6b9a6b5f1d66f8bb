"""Uploads: opened, renewed, looked at, completed, aborted. The bytes go straight to S3."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from api.idempotent import OnceRequest, once
from api.limits import by_caller, limited
from api.routing import context_router
from api.security import Caller
from api.videos import limits
from api.videos.schemas import (
    CompleteUpload,
    CreatedVideo,
    CreateVideo,
    RenewedParts,
    RenewParts,
    UploadPart,
    UploadPlan,
    UploadState,
    VideoBody,
    VideoIdPath,
)
from socialflow.platform.principal import Principal
from socialflow.videos import wiring
from socialflow.videos.models import Video

router = context_router("videos")
Once = Annotated[OnceRequest, Depends(once(wiring.idempotency))]
CREATES = limited(limits.CREATES, wiring.rate_limiter, by=by_caller)
UPLOAD_CALLS = limited(limits.UPLOAD_CALLS, wiring.rate_limiter, by=by_caller)


@router.post("/v1/videos", status_code=201, response_model=CreatedVideo, dependencies=[CREATES])
async def create_video(body: CreateVideo, caller: Caller, once: Once) -> Response:
    """Makes a video and opens its upload.

    Cut the file into `part_count` parts of `part_size_bytes` (the last may be smaller), PUT each
    to its URL, keep the `ETag` that S3 answers, then complete. The first 20 URLs come with the
    answer; ask for the others as you need them. URLs live an hour, the upload seven days.
    """

    def work(seed: str) -> CreatedVideo:
        video, parts = wiring.uploads().create_video(caller.user_id, body.to_domain(), seed=seed)
        return CreatedVideo(
            video=_own(video, caller),
            upload=UploadPlan(
                part_size_bytes=video.source.part_size_bytes,
                part_count=video.source.part_count,
                parts=[UploadPart.of(part) for part in parts],
            ),
        )

    return once.answer(201, work)


@router.get("/v1/videos/{video_id}/upload")
async def show_upload(video_id: VideoIdPath, caller: Caller) -> UploadState:
    """The open upload and which of its parts have arrived, to go on from any device."""
    return UploadState.of(*wiring.uploads().show(caller.user_id, video_id))


@router.post("/v1/videos/{video_id}/upload/parts", dependencies=[UPLOAD_CALLS])
async def renew_upload_parts(
    video_id: VideoIdPath, body: RenewParts, caller: Caller
) -> RenewedParts:
    """Fresh URLs for up to 100 parts."""
    parts = wiring.uploads().renew_parts(caller.user_id, video_id, body.part_numbers)
    return RenewedParts(parts=[UploadPart.of(part) for part in parts])


@router.post("/v1/videos/{video_id}/upload/complete", dependencies=[UPLOAD_CALLS])
async def complete_upload(video_id: VideoIdPath, body: CompleteUpload, caller: Caller) -> VideoBody:
    """Ends the upload; processing begins by itself. Doing it again answers the same."""
    parts = [(part.part_number, part.etag) for part in body.parts]
    return _own(wiring.uploads().complete(caller.user_id, video_id, parts), caller)


@router.delete("/v1/videos/{video_id}/upload", status_code=204, dependencies=[UPLOAD_CALLS])
async def abort_upload(video_id: VideoIdPath, caller: Caller) -> None:
    """Gives the upload up: the video and what has arrived of it are removed."""
    wiring.uploads().abort(caller.user_id, video_id)


def _own(video: Video, caller: Principal) -> VideoBody:
    return VideoBody.of(wiring.catalog().present_own(caller, video))
