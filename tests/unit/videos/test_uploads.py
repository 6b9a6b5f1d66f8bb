"""Uploads: refusals first, then what a creator does from the first byte to the last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from socialflow.platform.aws import client
from socialflow.platform.principal import Principal
from socialflow.videos.errors import (
    FileEmpty,
    FileTooLarge,
    FileTypeRefused,
    PartMismatch,
    PartNumberUnknown,
    PartsMissing,
    StorageUnavailable,
    UploadLost,
    UploadNotOpen,
    VideoNotFound,
)
from socialflow.videos.failures import FailureCode
from socialflow.videos.models import Status
from tests.unit.videos.world import A_FILM, FILM, MAX_FILE_BYTES, UPLOADS, VideosWorld

MIB = 1024**2


class TestCreating:
    def test_an_empty_file_is_refused(self, world: VideosWorld, ann: Principal) -> None:
        with pytest.raises(FileEmpty):
            world.create(ann, size_bytes=0)

    def test_a_file_over_the_limit_is_refused(self, world: VideosWorld, ann: Principal) -> None:
        with pytest.raises(FileTooLarge):
            world.create(ann, size_bytes=MAX_FILE_BYTES + 1)

    @pytest.mark.parametrize("content_type", ["text/plain", "image/png", "audio/mpeg", "videos/x"])
    def test_a_type_that_is_no_video_is_refused(
        self, world: VideosWorld, ann: Principal, content_type: str
    ) -> None:
        with pytest.raises(FileTypeRefused):
            world.create(ann, content_type=content_type)

    def test_a_refusal_leaves_nothing(self, world: VideosWorld, ann: Principal) -> None:
        with pytest.raises(FileEmpty):
            world.create(ann, size_bytes=0)
        assert world.open_uploads() == 0
        assert client("dynamodb").scan(TableName="videos")["Items"] == []

    @pytest.mark.parametrize("content_type", ["application/octet-stream", "application/mxf"])
    def test_a_type_that_says_nothing_is_taken(
        self, world: VideosWorld, ann: Principal, content_type: str
    ) -> None:
        assert world.create(ann, content_type=content_type).status is Status.UPLOADING

    def test_the_largest_file_has_its_first_urls_and_no_more(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        new = replace(A_FILM, size_bytes=MAX_FILE_BYTES)
        video, parts = world.uploads.create_video(ann.user_id, new, seed=world.ids("seed"))
        assert video.source.part_count == 997
        assert [part.part_number for part in parts] == list(range(1, 21))

    def test_a_url_takes_one_part_of_one_length_for_an_hour(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        new = replace(A_FILM, size_bytes=8 * MIB + 5)
        _, parts = world.uploads.create_video(ann.user_id, new, seed=world.ids("seed"))
        query = parse_qs(urlsplit(parts[1].url).query)
        assert parts[1].size_bytes == 5
        assert query["partNumber"] == ["2"]
        assert query["X-Amz-Expires"] == ["3600"]
        assert "content-length" in query["X-Amz-SignedHeaders"][0]

    def test_the_same_seed_goes_on_with_the_same_video(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        seed = world.ids("seed")
        first, _ = world.uploads.create_video(ann.user_id, A_FILM, seed=seed)
        again, _ = world.uploads.create_video(ann.user_id, A_FILM, seed=seed)
        assert again == first
        assert world.open_uploads() == 1


class TestLooking:
    def test_others_find_nothing(self, world: VideosWorld, ann: Principal, ben: Principal) -> None:
        video = world.create(ann)
        with pytest.raises(VideoNotFound):
            world.uploads.show(ben.user_id, video.id)

    def test_a_finished_one_is_not_open(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        with pytest.raises(UploadNotOpen):
            world.uploads.show(ann.user_id, video.id)

    def test_one_that_s3_dropped_is_lost(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        drop(video.id, str(video.source.upload_id))
        with pytest.raises(UploadLost):
            world.uploads.show(ann.user_id, video.id)

    def test_shows_what_has_arrived(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        assert world.uploads.show(ann.user_id, video.id) == (video, [])
        ((number, etag),) = world.send(video)
        _, (part,) = world.uploads.show(ann.user_id, video.id)
        assert (part.part_number, part.size_bytes, part.etag) == (number, len(FILM), etag)


class TestRenewing:
    @pytest.mark.parametrize("number", [0, 3, 10_000])
    def test_an_unknown_part_is_refused(
        self, world: VideosWorld, ann: Principal, number: int
    ) -> None:
        video = world.create(ann, size_bytes=8 * MIB + 1)
        with pytest.raises(PartNumberUnknown):
            world.uploads.renew_parts(ann.user_id, video.id, [1, number])

    def test_others_find_nothing(self, world: VideosWorld, ann: Principal, ben: Principal) -> None:
        with pytest.raises(VideoNotFound):
            world.uploads.renew_parts(ben.user_id, world.create(ann).id, [1])

    def test_each_part_gets_one_url(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann, size_bytes=20 * MIB)
        parts = world.uploads.renew_parts(ann.user_id, video.id, [3, 1, 3])
        assert [part.part_number for part in parts] == [1, 3]


class TestCompleting:
    def test_others_find_nothing(self, world: VideosWorld, ann: Principal, ben: Principal) -> None:
        video = world.create(ann)
        with pytest.raises(VideoNotFound):
            world.uploads.complete(ben.user_id, video.id, world.send(video))

    def test_a_part_that_is_not_named_is_missing(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann, size_bytes=8 * MIB + 1)
        with pytest.raises(PartsMissing) as refused:
            world.uploads.complete(ann.user_id, video.id, [(1, "a" * 32)])
        assert refused.value.details["missing_parts"] == [2]

    def test_a_part_that_did_not_arrive_is_missing(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.create(ann)
        with pytest.raises(PartsMissing) as refused:
            world.uploads.complete(ann.user_id, video.id, [(1, "a" * 32)])
        assert refused.value.details["missing_parts"] == [1]

    def test_a_part_with_another_content_is_told(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        world.send(video)
        with pytest.raises(PartMismatch) as refused:
            world.uploads.complete(ann.user_id, video.id, [(1, "a" * 32)])
        assert refused.value.details["mismatched_parts"] == [1]

    def test_a_part_too_many_is_refused(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        parts = [*world.send(video), (2, "a" * 32)]
        with pytest.raises(PartNumberUnknown):
            world.uploads.complete(ann.user_id, video.id, parts)

    def test_what_s3_dropped_is_lost(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        with refused_by_s3("CompleteMultipartUpload", "NoSuchUpload"), pytest.raises(UploadLost):
            world.uploads.complete(ann.user_id, video.id, [(1, "a" * 32)])

    def test_while_s3_is_away_is_told_as_something_that_passes(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.create(ann)
        with (
            refused_by_s3("CompleteMultipartUpload", "SlowDown"),
            pytest.raises(StorageUnavailable) as refused,
        ):
            world.uploads.complete(ann.user_id, video.id, [(1, "a" * 32)])
        assert refused.value.retryable

    def test_an_expired_upload_is_not_open(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        world.rows.mark_failed(video.id, FailureCode.UPLOAD_EXPIRED, attempt=0)
        with pytest.raises(UploadNotOpen):
            world.uploads.complete(ann.user_id, video.id, [(1, "a" * 32)])

    def test_makes_the_file(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        assert (video.status, video.attempt) == (Status.UPLOADED, 1)
        assert world.objects(UPLOADS) == [f"uploads/{video.id}/source"]
        assert world.open_uploads() == 0

    def test_again_answers_the_same(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        parts = world.send(video)
        first = world.uploads.complete(ann.user_id, video.id, parts)
        assert world.uploads.complete(ann.user_id, video.id, parts) == first

    def test_again_answers_what_became_of_it(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        again = world.uploads.complete(ann.user_id, video.id, [(1, "a" * 32)])
        assert again.status is Status.READY

    def test_goes_on_where_only_s3_had_finished(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        parts = world.send(video)
        client("s3").complete_multipart_upload(
            Bucket=UPLOADS,
            Key=f"uploads/{video.id}/source",
            UploadId=str(video.source.upload_id),
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": parts[0][1]}]},
        )
        assert world.uploads.complete(ann.user_id, video.id, parts).status is Status.UPLOADED


class TestAborting:
    def test_others_find_nothing(self, world: VideosWorld, ann: Principal, ben: Principal) -> None:
        video = world.create(ann)
        with pytest.raises(VideoNotFound):
            world.uploads.abort(ben.user_id, video.id)
        assert world.now(video).deleted_at is None

    def test_a_finished_one_is_not_open(self, world: VideosWorld, ann: Principal) -> None:
        with pytest.raises(UploadNotOpen):
            world.uploads.abort(ann.user_id, world.upload(ann).id)

    def test_takes_the_video_along(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        world.send(video)
        world.uploads.abort(ann.user_id, video.id)
        world.housekeeping.discard(video.id)
        assert world.rows.get(video.id) is None
        assert world.open_uploads() == 0
        with pytest.raises(VideoNotFound):
            world.uploads.abort(ann.user_id, video.id)


@contextmanager
def refused_by_s3(operation: str, code: str) -> Iterator[None]:
    """S3 refuses one kind of call (moto breaks down where S3 says that an upload is gone)."""
    events, name = client("s3").meta.events, f"before-call.s3.{operation}"

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": ""}}, operation)

    events.register(name, refuse)
    try:
        yield
    finally:
        events.unregister(name, refuse)


def drop(video_id: str, upload_id: str) -> None:
    """S3's lifecycle rule aborts the upload."""
    client("s3").abort_multipart_upload(
        Bucket=UPLOADS, Key=f"uploads/{video_id}/source", UploadId=upload_id
    )
