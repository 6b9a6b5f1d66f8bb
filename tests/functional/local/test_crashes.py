"""Whatever is killed comes back, and with it everything that was done a moment before."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.supervisor import LocalTarget
from infra.local.supervisor.probes import listens
from infra.local.supervisor.state_lock import StateInUse
from tests.functional.checkpoints import wait_until_saved
from tests.functional.local.polling import eventually
from tests.functional.people import mailbox_of, reads_mail_of, register_as

# In turn with the tests of the shared target, not beside them.
pytestmark = pytest.mark.xdist_group("target")
PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def own_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalTarget]:
    """A target that may be killed."""
    target = LocalTarget(state_dir=tmp_path_factory.mktemp("killed"))
    target.start()
    yield target
    target.stop()


def processes_of(target: LocalTarget) -> list[int]:
    """The processes that name the target's state directory, this one left out."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                if str(target.state_dir) in (process / "cmdline").read_text():
                    found.append(int(process.name))
            except OSError:
                continue
    return found


def test_a_second_target_on_the_same_state_is_refused(own_target: LocalTarget) -> None:
    with pytest.raises(StateInUse, match="already running"):
        LocalTarget(state_dir=own_target.state_dir).start()
    assert httpx.get(f"{own_target.origin}/v1/health").status_code == 200


def test_what_was_done_survives_kill_9_of_everything(own_target: LocalTarget) -> None:
    account = {
        "email": "kept@example.com",
        "password": PASSWORD,
        "handle": "kept",
        "display_name": "Kept",
    }
    reads_mail_of(own_target)
    register_as(own_target.origin, account)
    s3 = own_target.admin_client("s3")
    s3.create_bucket(Bucket="kept-bucket")
    s3.put_object(Bucket="kept-bucket", Key="an object", Body=b"bytes")
    upload = s3.create_multipart_upload(Bucket="kept-bucket", Key="parts")["UploadId"]
    part = {"Bucket": "kept-bucket", "Key": "parts", "UploadId": upload}
    etag = s3.upload_part(**part, PartNumber=1, Body=b"one part")["ETag"]
    wait_until_saved(own_target)

    own_target.kill_all()
    eventually(lambda: processes_of(own_target) == [] or None, what="the end of all processes")
    own_target.start()

    credentials = {"email": "kept@example.com", "password": PASSWORD}
    login = httpx.post(f"{own_target.origin}/v1/auth/login", json=credentials, timeout=30)
    assert login.status_code == 200
    assert mailbox_of(own_target.origin).code("kept@example.com", seconds=0)
    s3 = own_target.admin_client("s3")
    assert s3.get_object(Bucket="kept-bucket", Key="an object")["Body"].read() == b"bytes"
    (kept,) = s3.list_parts(**part)["Parts"]
    assert (kept["PartNumber"], kept["ETag"]) == (1, etag)
    second = s3.upload_part(**part, PartNumber=1, Body=b"the part again")["ETag"]
    s3.complete_multipart_upload(
        **part, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": second}]}
    )
    body = s3.get_object(Bucket="kept-bucket", Key="parts")["Body"].read()
    assert body == b"the part again"


def test_mediaconvert_comes_back(own_target: LocalTarget) -> None:
    killed = own_target.process_id("mediaconvert")
    own_target.kill_mediaconvert()
    eventually(
        lambda: own_target.process_id("mediaconvert") != killed or None, what="another process"
    )
    port = own_target.ports.mediaconvert
    eventually(lambda: listens(port) or None, what="MediaConvert")
    jobs = own_target.admin_client("mediaconvert").list_jobs()["Jobs"]
    assert isinstance(jobs, list)


def test_the_engine_comes_back_with_its_state(own_target: LocalTarget) -> None:
    s3 = own_target.admin_client("s3")
    s3.create_bucket(Bucket="kept-by-the-engine")
    wait_until_saved(own_target)
    engine = own_target.process_id("engine")
    os.kill(engine, signal.SIGKILL)

    def answers_again() -> bool | None:
        try:
            ready = httpx.get(f"{own_target.origin}/v1/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return None
        return (ready and own_target.process_id("engine") != engine) or None

    eventually(answers_again, seconds=40, what="the engine")
    names = [b["Name"] for b in own_target.admin_client("s3").list_buckets()["Buckets"]]
    assert "kept-by-the-engine" in names


def test_stopping_leaves_nothing_running(tmp_path: Path) -> None:
    with LocalTarget(state_dir=tmp_path) as target:
        assert len(processes_of(target)) >= 3
    assert processes_of(target) == []
