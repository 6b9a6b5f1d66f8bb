"""The same sources make the same zip, and what is in the bucket is not sent again."""

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from infra.local.deploy.assembly import Asset
from infra.local.deploy.assets import publish_assets, zip_directory


def sources(directory: Path, *, names: tuple[str, ...], seconds: int) -> Path:
    """Files made in the given order, with the given time."""
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}")
        os.utime(path, (seconds, seconds))
    return directory


class TestZips:
    def test_do_not_depend_on_order_or_time(self, tmp_path: Path) -> None:
        names = ("api/app.py", "api/__init__.py", "b.txt", "a.txt")
        one = sources(tmp_path / "one", names=names, seconds=1_000_000_000)
        other = sources(tmp_path / "two", names=names[::-1], seconds=1_700_000_000)
        assert zip_directory(one) == zip_directory(other)

    def test_depend_on_content(self, tmp_path: Path) -> None:
        directory = sources(tmp_path, names=("a.txt",), seconds=1)
        before = zip_directory(directory)
        (directory / "a.txt").write_text("other")
        assert zip_directory(directory) != before

    def test_hold_the_files_and_who_may_run_them(self, tmp_path: Path) -> None:
        directory = sources(tmp_path, names=("bin/tool", "lib/a.py"), seconds=1)
        (directory / "bin/tool").chmod(0o700)
        with zipfile.ZipFile(io.BytesIO(zip_directory(directory))) as archive:
            assert archive.namelist() == ["bin/tool", "lib/a.py"]
            assert archive.read("lib/a.py") == b"# lib/a.py"
            modes = [entry.external_attr >> 16 & 0o777 for entry in archive.infolist()]
        assert modes == [0o755, 0o644]


class TestPublishing:
    @mock_aws
    def test_sends_what_the_bucket_lacks_once(self, tmp_path: Path) -> None:
        s3: Any = boto3.client("s3", region_name="us-east-1")
        code = sources(tmp_path / "code", names=("a.py",), seconds=1)
        template = tmp_path / "t.json"
        template.write_text("{}")
        assets = (
            Asset(source=code, zipped=True, bucket="assets", key="code.zip"),
            Asset(source=template, zipped=False, bucket="assets", key="t.json"),
        )
        assert publish_assets(s3, assets) == 2
        assert publish_assets(s3, assets) == 0
        body = s3.get_object(Bucket="assets", Key="code.zip")["Body"].read()
        assert body == zip_directory(code)
        assert s3.get_object(Bucket="assets", Key="t.json")["Body"].read() == b"{}"
