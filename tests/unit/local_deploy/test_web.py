"""The web bucket holds exactly what was built."""

from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from infra.local.deploy.web import content_type, copy_web_client


@mock_aws
def test_files_are_sent_once_and_stale_ones_removed(tmp_path: Path) -> None:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="web")
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "assets/app-1a2b.js").write_text("1")
    assert copy_web_client(s3, "web", tmp_path) == (2, 0)
    assert copy_web_client(s3, "web", tmp_path) == (0, 0)

    page = s3.head_object(Bucket="web", Key="index.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["CacheControl"] == "no-cache"
    script = s3.head_object(Bucket="web", Key="assets/app-1a2b.js")
    assert "immutable" in script["CacheControl"]

    (tmp_path / "assets/app-1a2b.js").rename(tmp_path / "assets/app-3c4d.js")
    assert copy_web_client(s3, "web", tmp_path) == (1, 1)
    keys = {entry["Key"] for entry in s3.list_objects_v2(Bucket="web")["Contents"]}
    assert keys == {"index.html", "assets/app-3c4d.js"}


def test_types_do_not_depend_on_the_machine() -> None:
    assert content_type("a/b.JS") == "text/javascript; charset=utf-8"
    assert content_type("font.woff2") == "font/woff2"
    assert content_type("openapi.json") == "application/json"
    assert content_type("LICENSE") == "application/octet-stream"
