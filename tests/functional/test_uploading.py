"""Uploads as clients make them: cut off, gone on with elsewhere, repeated, given up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import time_machine

from tests import media
from tests.functional.account import AwsAccount
from tests.functional.large_sources import MIB, video_of
from tests.functional.people import Device, OpenUpload, code_of, log_in, register

SIZE = 19 * MIB
"""Three parts, the last a short one."""


@pytest.fixture(scope="module")
def source() -> bytes:
    return video_of(SIZE)


@pytest.fixture
def upload(ann: Device, source: bytes, account: AwsAccount) -> Iterator[OpenUpload]:
    """An upload with no part sent yet; given up at the end unless the test did."""
    opened = ann.create(source)
    assert (opened.part_count, opened.part_size_bytes) == (3, 8 * MIB)
    yield opened
    assert ann.delete(f"/v1/videos/{opened.video_id}").status_code in (204, 404)
    account.wait_until_gone(opened.video_id)


def _state_path(upload: OpenUpload) -> str:
    return f"/v1/videos/{upload.video_id}/upload"


class TestGoingOn:
    def test_another_device_goes_on_where_the_first_stopped(
        self, ann: Device, origin: str, upload: OpenUpload, source: bytes
    ) -> None:
        ann.send(upload, [2])
        phone = log_in(origin, ann.account)

        state = phone.get(_state_path(upload)).json()
        assert [part["part_number"] for part in state["received_parts"]] == [2]
        assert state["received_parts"][0]["size_bytes"] == 8 * MIB
        assert (state["size_bytes"], state["part_count"]) == (SIZE, 3)

        renewed = phone.post(_state_path(upload) + "/parts", json={"part_numbers": [3, 1]})
        assert [part["part_number"] for part in renewed.json()["parts"]] == [1, 3]
        assert [part["size_bytes"] for part in renewed.json()["parts"]] == [8 * MIB, 3 * MIB]
        resumed = OpenUpload(
            video_id=upload.video_id,
            data=source,
            part_size_bytes=state["part_size_bytes"],
            part_count=state["part_count"],
            urls={part["part_number"]: part["url"] for part in renewed.json()["parts"]},
            etags={part["part_number"]: part["etag"] for part in state["received_parts"]},
        )
        phone.send(resumed, [3, 1])
        assert phone.complete(resumed).status_code == 200
        assert phone.wait_until_ready(upload.video_id)["duration_ms"] == pytest.approx(2000, abs=60)

    def test_parts_sent_twice_and_completed_twice_get_the_same_answer(
        self, ann: Device, upload: OpenUpload
    ) -> None:
        ann.send(upload, [3, 1, 1, 2, 3])

        first = ann.complete(upload)
        again = ann.complete(upload)

        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json()["status"] == "uploaded"
        assert again.json()["id"] == first.json()["id"]
        assert again.json()["status"] in ("uploaded", "processing", "ready")
        ann.wait_until_ready(upload.video_id)
        assert ann.complete(upload).json()["status"] == "ready"

    def test_two_completes_at_once_make_one_video(self, ann: Device, upload: OpenUpload) -> None:
        ann.send(upload, [1, 2, 3])

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: ann.complete(upload), range(4)))

        assert {answer.status_code for answer in answers} == {200}
        ann.wait_until_ready(upload.video_id)

    def test_once_complete_nothing_more_can_be_added(self, ann: Device, upload: OpenUpload) -> None:
        ann.send(upload, [1, 2, 3])
        assert ann.complete(upload).status_code == 200

        late = [
            ann.get(_state_path(upload)),
            ann.post(_state_path(upload) + "/parts", json={"part_numbers": [1]}),
            ann.delete(_state_path(upload)),
        ]

        assert [(each.status_code, code_of(each)) for each in late] == [
            (409, "upload_not_open")
        ] * 3
        assert httpx.put(upload.urls[1], content=upload.part(1)).status_code == 404
        ann.wait_until_ready(upload.video_id)


class TestGivingUp:
    def test_an_aborted_upload_leaves_nothing(
        self, ann: Device, source: bytes, account: AwsAccount
    ) -> None:
        upload = ann.create(source)
        ann.send(upload, [1])
        assert account.traces_of(upload.video_id).open_uploads

        assert ann.delete(_state_path(upload)).status_code == 204

        assert ann.get(f"/v1/videos/{upload.video_id}").status_code == 404
        account.wait_until_gone(upload.video_id)
        assert httpx.put(upload.urls[2], content=upload.part(2)).status_code == 404
        again = ann.delete(_state_path(upload))
        assert (again.status_code, code_of(again)) == (404, "video_not_found")

    def test_a_deleted_video_leaves_nothing(
        self, ann: Device, bob: Device, account: AwsAccount
    ) -> None:
        video_id = ann.upload(media.one_second(), visibility="private")
        assert ann.request("PUT", f"/v1/videos/{video_id}/viewers/{bob.handle}").status_code == 200
        playlist = ann.wait_until_ready(video_id)["playback"]["hls_url"]
        before = account.traces_of(video_id)
        assert len(before.rows) == 2
        assert before.sources
        assert before.media

        assert ann.delete(f"/v1/videos/{video_id}").status_code == 204

        assert ann.get(f"/v1/videos/{video_id}").status_code == 404
        assert ann.get("/v1/me/videos").json()["items"] == []
        account.wait_until_gone(video_id)
        assert httpx.get(playlist).status_code == 403

    def test_a_video_deleted_while_it_is_transcoded_leaves_nothing(
        self, ann: Device, account: AwsAccount
    ) -> None:
        video_id = ann.upload(media.long_landscape())
        ann.wait_until(video_id, lambda video: video["status"] == "processing", "processing")

        assert ann.delete(f"/v1/videos/{video_id}").status_code == 204

        account.wait_until_gone(video_id)
        jobs = account.client("mediaconvert").list_jobs(MaxResults=20)["Jobs"]
        (job,) = [each for each in jobs if each["UserMetadata"]["video_id"] == video_id]
        assert job["Status"] in ("CANCELED", "COMPLETE")


class TestWrongParts:
    def test_a_missing_part_is_named(self, ann: Device, upload: OpenUpload) -> None:
        ann.send(upload, [1, 3])
        unnamed = ann.complete(upload)
        assert (unnamed.status_code, code_of(unnamed)) == (409, "upload_parts_missing")
        assert unnamed.json()["context"]["missing_parts"] == [2]

        upload.etags[2] = upload.etags[1]
        never_sent = ann.complete(upload)

        assert (never_sent.status_code, code_of(never_sent)) == (409, "upload_parts_missing")
        assert never_sent.json()["context"]["missing_parts"] == [2]
        assert ann.video(upload.video_id)["status"] == "uploading"

    def test_swapped_parts_are_named(self, ann: Device, upload: OpenUpload) -> None:
        ann.send(upload, [1, 2, 3])
        upload.etags[1], upload.etags[2] = upload.etags[2], upload.etags[1]

        swapped = ann.complete(upload)

        assert (swapped.status_code, code_of(swapped)) == (409, "upload_part_mismatch")
        assert swapped.json()["context"]["mismatched_parts"] == [1, 2]
        upload.etags[1], upload.etags[2] = upload.etags[2], upload.etags[1]
        assert ann.complete(upload).status_code == 200

    def test_parts_that_the_file_does_not_have_are_refused(
        self, ann: Device, upload: OpenUpload
    ) -> None:
        renewed = ann.post(_state_path(upload) + "/parts", json={"part_numbers": [3, 4]})
        completed = ann.post(
            _state_path(upload) + "/complete",
            json={"parts": [{"part_number": 9, "etag": "0" * 32}]},
        )

        for answer in (renewed, completed):
            assert (answer.status_code, code_of(answer)) == (422, "part_number_unknown")


class TestPartUrls:
    def test_a_changed_url_is_refused(self, ann: Device, upload: OpenUpload) -> None:
        url = upload.urls[1]
        (signature,) = parse_qs(urlsplit(url).query)["X-Amz-Signature"]
        other = register(ann.origin).create(upload.data)
        changed = {
            "signature": url.replace(signature, signature[:-1] + _other_digit(signature[-1])),
            "part": url.replace("partNumber=1", "partNumber=2"),
            "expiry": url.replace("X-Amz-Expires=3600", "X-Amz-Expires=360000"),
            "key": url.replace(upload.video_id, other.video_id),
            "unsigned": url.partition("?")[0] + "?partNumber=1&uploadId=" + _upload_id(url),
        }
        assert len({url, *changed.values()}) == 6

        statuses = {
            name: httpx.put(each, content=upload.part(1)).status_code
            for name, each in changed.items()
        }

        assert statuses == dict.fromkeys(changed, 403)
        assert ann.get(_state_path(upload)).json()["received_parts"] == []

    def test_a_part_of_another_length_is_refused(self, ann: Device, upload: OpenUpload) -> None:
        longer = httpx.put(upload.urls[3], content=upload.part(3) + b"x")
        shorter = httpx.put(upload.urls[3], content=upload.part(3)[:-1])

        assert (longer.status_code, shorter.status_code) == (403, 403)
        assert ann.get(_state_path(upload)).json()["received_parts"] == []

    def test_a_url_past_its_hour_is_refused_and_can_be_renewed(
        self, ann: Device, upload: OpenUpload, account: AwsAccount
    ) -> None:
        with time_machine.travel(datetime.now(UTC) - timedelta(minutes=61)):
            expired = account.part_url(upload.video_id, _upload_id(upload.urls[3]), 3)
        assert httpx.put(expired, content=upload.part(3)).status_code == 403

        renewed = ann.post(_state_path(upload) + "/parts", json={"part_numbers": [3]})

        upload.urls[3] = renewed.json()["parts"][0]["url"]
        ann.send(upload, [3])
        assert len(ann.get(_state_path(upload)).json()["received_parts"]) == 1

    def test_the_first_twenty_come_with_the_answer_and_the_rest_on_request(
        self, ann: Device
    ) -> None:
        size = 250 * 1024 * MIB
        created = ann.post(
            "/v1/videos",
            json={
                "title": "A quarter of a terabyte",
                "visibility": "private",
                "file": {"name": "long.mov", "size_bytes": size, "content_type": "video/quicktime"},
            },
        ).json()
        plan, video_id = created["upload"], created["video"]["id"]
        assert len(plan["parts"]) == 20
        assert plan["part_count"] * plan["part_size_bytes"] >= size
        assert plan["part_count"] <= 10_000

        numbers = list(range(plan["part_count"] - 99, plan["part_count"] + 1))
        renewed = ann.post(
            f"/v1/videos/{video_id}/upload/parts", json={"part_numbers": numbers}
        ).json()

        assert [part["part_number"] for part in renewed["parts"]] == numbers
        assert ann.delete(f"/v1/videos/{video_id}/upload").status_code == 204


def _other_digit(digit: str) -> str:
    return next(each for each in itertools.chain("0123456789abcdef") if each != digit)


def _upload_id(url: str) -> str:
    (found,) = parse_qs(urlsplit(url).query)["uploadId"]
    return found
