"""Avatars and banners: asked for, drawn from what was uploaded, published, and taken away.

    POST /v1/me/avatar ──▶ PUT profiles/<user>/avatar/pic_… ──▶ Object Created
        ──▶ drawn ──▶ media/public/people/<user>/avatar/pic_…/256.webp … ──▶ the account names it

The version is the id of the upload, so a repeat makes the same objects. Uploads may overtake
each other and come again after a removal: `PICTURE#<kind>` knows the newest that was asked for or
taken away, and an older one never comes back. The objects of a version that the account names no
more are removed by the account's own stream (`PictureReplaced.v1`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from socialflow.identity import keys
from socialflow.identity.errors import AccessTokenInvalid, UserChanged
from socialflow.identity.models import User
from socialflow.identity.profiles.errors import PictureTooLarge
from socialflow.identity.profiles.paths import (
    PICTURE_ID_PREFIX,
    Upload,
    published_keys,
    upload_key,
    upload_of,
)
from socialflow.identity.profiles.pictures import MAX_BYTES, NotAPicture, PictureKind, drawn
from socialflow.identity.repository import IdentityRepository
from socialflow.platform.dynamodb import Table, TransactionRefused, Write
from socialflow.platform.ids import IdFactory
from socialflow.platform.observability import logger
from socialflow.platform.principal import Principal, UserId
from socialflow.platform.uploads import bounded_read, signed_upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_RACES: Final = 5
# The address of a version never shows anything else; a day bounds how long a removed one stays
# with those who have seen it.
CACHE_CONTROL: Final = "public, max-age=86400, immutable"
_NEWER: Final = "attribute_not_exists(#latest) OR #latest < :version"


@dataclass(frozen=True, slots=True)
class PictureUpload:
    """Where to PUT the picture, and the headers to send with it."""

    id: str
    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureState:
    """A picture, and the newest upload if it was refused."""

    user_id: UserId
    kind: PictureKind
    version: str | None
    refused_id: str | None = None
    refused_because: str = ""


class PictureRaced(Exception):
    """The account changed again and again meanwhile; the event must come again."""


class Pictures:
    """What people do with their own pictures."""

    def __init__(
        self,
        repository: IdentityRepository,
        table: Table,
        client: Callable[[], S3Client],
        *,
        bucket: str,
        new_id: IdFactory,
    ) -> None:
        self._repository = repository
        self._table = table
        self._client = client
        self._bucket = bucket
        self._new_id = new_id

    def ask(
        self, caller: Principal, kind: PictureKind, *, content_type: str, size_bytes: int
    ) -> PictureUpload:
        """A URL that takes exactly a picture of this type and size. No call.

        Raises `PictureTooLarge`.
        """
        if size_bytes > MAX_BYTES:
            raise PictureTooLarge(
                f"A picture may have {MAX_BYTES} bytes at most.", max_size_bytes=MAX_BYTES
            )
        picture_id = self._new_id(PICTURE_ID_PREFIX)
        signed = signed_upload(
            self._client(),
            bucket=self._bucket,
            key=upload_key(caller.user_id, kind, picture_id),
            content_type=content_type,
            size_bytes=size_bytes,
        )
        return PictureUpload(picture_id, signed.url, signed.headers)

    def state(self, caller: Principal, kind: PictureKind) -> PictureState:
        """The caller's picture, and what became of the last upload. One read."""
        user_key, picture_key = (
            keys.user_key(caller.user_id),
            keys.picture_key(caller.user_id, kind),
        )
        found = {
            item["sk"]: item
            for item in self._table.get_many([user_key, picture_key], consistent=True)
        }
        if user_key["sk"] not in found:
            raise AccessTokenInvalid("This account is gone.")
        newest = found.get(picture_key["sk"], {})
        return PictureState(
            user_id=caller.user_id,
            kind=kind,
            version=found[user_key["sk"]].get(kind.value),
            refused_id=newest.get("refused"),
            refused_because=newest.get("refused_because", ""),
        )

    def remove(self, caller: Principal, kind: PictureKind) -> None:
        """Takes the picture away, and every one that was asked for until now. Again is fine."""
        version = self._new_id(PICTURE_ID_PREFIX)
        for _ in range(MAX_RACES):
            user = self._repository.user(caller.user_id, consistent=True)
            if user is None:
                raise AccessTokenInvalid("This account is gone.")
            newest = _newest(caller.user_id, kind, version)
            try:
                if getattr(user, kind) is None:
                    self._table.transact([newest, _there(user.id)])
                else:
                    self._repository.save_user(user, _showing(user, kind, None), more=[newest])
            except UserChanged:
                continue
            except TransactionRefused:
                # Asked for at this very moment, after this: that one is meant to be seen.
                return
            return
        raise UserChanged


class PublishedPictures:
    """The objects that are shown, in the media bucket."""

    def __init__(self, client: Callable[[], S3Client], *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(
        self, user_id: UserId, kind: PictureKind, version: str, forms: Mapping[str, bytes]
    ) -> None:
        """Puts every size of a version."""
        for name, key in published_keys(user_id, kind, version).items():
            self._client().put_object(
                Bucket=self._bucket,
                Key=key,
                Body=forms[name],
                ContentType="image/webp",
                CacheControl=CACHE_CONTROL,
            )

    def remove(self, user_id: UserId, kind: PictureKind, version: str) -> None:
        """Removes a version that nobody names any more. Again is fine."""
        for key in published_keys(user_id, kind, version).values():
            self._client().delete_object(Bucket=self._bucket, Key=key)


class PicturePublisher:
    """Publishes what has arrived. Safe to repeat and to stop half-way."""

    def __init__(
        self,
        repository: IdentityRepository,
        table: Table,
        client: Callable[[], S3Client],
        *,
        bucket: str,
        published: PublishedPictures,
    ) -> None:
        self._repository = repository
        self._table = table
        self._client = client
        self._bucket = bucket
        self._published = published

    def uploaded(self, key: str) -> bool:
        """A picture has arrived; whether it is shown now. The upload is removed at the end."""
        upload = upload_of(key)
        if upload is None:
            return False
        shown = self._is_named(upload)
        if not shown:
            content = bounded_read(
                self._client(), bucket=self._bucket, key=key, max_bytes=MAX_BYTES
            )
            shown = content is not None and self._drawn_and_shown(upload, content)
        self._client().delete_object(Bucket=self._bucket, Key=key)
        return shown

    def _is_named(self, upload: Upload) -> bool:
        """Whether the version is shown already: the URL takes another picture while it lasts."""
        user = self._repository.user(upload.user_id, consistent=True)
        return user is not None and getattr(user, upload.kind) == upload.version

    def _drawn_and_shown(self, upload: Upload, content: bytes) -> bool:
        try:
            forms = drawn(content, upload.kind)
        except NotAPicture as refused:
            logger().warning(
                "picture refused",
                extra={"user_id": upload.user_id, "reason": str(refused.__cause__ or refused)},
            )
            self._refuse(upload, str(refused))
            return False
        self._published.put(upload.user_id, upload.kind, upload.version, forms)
        if self._named(upload):
            return True
        self._published.remove(upload.user_id, upload.kind, upload.version)
        return False

    def _named(self, upload: Upload) -> bool:
        """Has the account name this version, unless a newer one was asked for or it is gone."""
        newest = _newest(upload.user_id, upload.kind, upload.version)
        for _ in range(MAX_RACES):
            user = self._repository.user(upload.user_id, consistent=True)
            if user is None:
                return False
            if getattr(user, upload.kind) == upload.version:
                return True
            try:
                named = _showing(user, upload.kind, upload.version)
                self._repository.save_user(user, named, more=[newest])
            except UserChanged:
                continue
            except TransactionRefused:
                return False
            return True
        raise PictureRaced(upload.user_id)

    def _refuse(self, upload: Upload, reason: str) -> None:
        """Keeps why, for the owner to see, unless a newer one came meanwhile."""
        newest = _newest(upload.user_id, upload.kind, upload.version)
        why = {**newest.set, "refused": upload.version, "refused_because": reason}
        try:
            self._table.transact([replace(newest, set=why), _there(upload.user_id)])
        except TransactionRefused:
            return


def _newest(user_id: UserId, kind: PictureKind, version: str) -> Write:
    """The write that makes a version the newest; refused where a newer one is known."""
    return Write(
        key=keys.picture_key(user_id, kind),
        set={
            "kind": "picture",
            "user_id": user_id,
            "latest": version,
            "refused": None,
            "refused_because": None,
        },
        condition=_NEWER,
        values={"version": version},
    )


def _there(user_id: UserId) -> Write:
    """The check that an account is there: nothing is kept of one that was erased."""
    return Write(key=keys.user_key(user_id), check=True, condition="attribute_exists(pk)")


def _showing(user: User, kind: PictureKind, version: str | None) -> User:
    if kind is PictureKind.AVATAR:
        return replace(user, avatar=version)
    return replace(user, banner=version)
