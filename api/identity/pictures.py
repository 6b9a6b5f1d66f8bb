"""Avatar and banner: asked for, looked after, taken away."""

from __future__ import annotations

from typing import Final

from api.identity.profile_schemas import NewPicture, PictureBody, PictureUploadBody
from api.limits import by_caller, limited
from api.routing import context_router
from api.security import Caller
from socialflow.identity import people_wiring, wiring
from socialflow.identity.profiles.pictures import PictureKind
from socialflow.platform.rate_limits import RatePolicy

PICTURES: Final = RatePolicy("profile-picture", limit=30, window_seconds=3600)
AVATAR: Final = "/v1/me/avatar"
BANNER: Final = "/v1/me/banner"

router = context_router("identity")
PICTURE_CHANGES = limited(PICTURES, wiring.rate_limiter, by=by_caller)


@router.post(AVATAR, dependencies=[PICTURE_CHANGES])
async def upload_avatar(body: NewPicture, caller: Caller) -> PictureUploadBody:
    """Where to send an avatar: JPEG, PNG or WebP, 8 MiB, 64 to 12,000 pixels a side.

    What arrives is drawn anew as a square around its middle, in 64, 256 and 512 pixels, and shows
    some seconds later. What cannot be used is refused; ask for the picture to learn why.
    """
    return _ask(caller, PictureKind.AVATAR, body)


@router.get(AVATAR)
async def show_my_avatar(caller: Caller) -> PictureBody:
    """The caller's avatar, and what became of the last upload."""
    return PictureBody.of(people_wiring.pictures().state(caller, PictureKind.AVATAR))


@router.delete(AVATAR, status_code=204, dependencies=[PICTURE_CHANGES])
async def delete_avatar(caller: Caller) -> None:
    """Takes the avatar away, and any upload that is still on its way. Again is fine."""
    people_wiring.pictures().remove(caller, PictureKind.AVATAR)


@router.post(BANNER, dependencies=[PICTURE_CHANGES])
async def upload_banner(body: NewPicture, caller: Caller) -> PictureUploadBody:
    """Where to send a banner, as for an avatar. Drawn in 1500 by 500 and 750 by 250 pixels."""
    return _ask(caller, PictureKind.BANNER, body)


@router.get(BANNER)
async def show_my_banner(caller: Caller) -> PictureBody:
    """The caller's banner, and what became of the last upload."""
    return PictureBody.of(people_wiring.pictures().state(caller, PictureKind.BANNER))


@router.delete(BANNER, status_code=204, dependencies=[PICTURE_CHANGES])
async def delete_banner(caller: Caller) -> None:
    """Takes the banner away, and any upload that is still on its way. Again is fine."""
    people_wiring.pictures().remove(caller, PictureKind.BANNER)


def _ask(caller: Caller, kind: PictureKind, body: NewPicture) -> PictureUploadBody:
    upload = people_wiring.pictures().ask(
        caller, kind, content_type=body.content_type, size_bytes=body.size_bytes
    )
    return PictureUploadBody.of(upload)
