"""What is left of botocore's data is enough for every client that functions make."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.session import Session, get_session

from infra import service_models
from infra.vendor_layer import SERVICES

WHOLE = Path(botocore.__file__).parent / "data"
REGIONS = ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data after cutting down, with a few services that nobody calls among it before."""
    data = tmp_path_factory.mktemp("botocore") / "data"
    data.mkdir()
    for name in (*SERVICES, "ec2", "rds"):
        shutil.copytree(WHOLE / name, data / name)
    for file in WHOLE.glob("*.json*"):
        shutil.copy2(file, data)
    service_models.cut_down(data, SERVICES)
    return data


def client(service: str, region: str, data: Path | None = None) -> Any:
    session: Session = get_session()
    if data:
        loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
        # Other data than its own botocore treats as a user's: endpoints then come by older rules.
        loader.BUILTIN_DATA_PATH = str(data)
        session.register_component("data_loader", loader)
    session.set_credentials("testing", "testing")
    return session.create_client(service, region_name=region)


def test_services_that_are_not_called_are_gone(left: Path) -> None:
    assert {each.name for each in left.iterdir() if each.is_dir()} == SERVICES


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_clients_know_the_same_operations_and_errors(left: Path, service: str) -> None:
    ours, theirs = (client(service, REGIONS[0], data).meta.service_model for data in (left, None))
    assert ours.operation_names == theirs.operation_names
    assert ours.api_version == theirs.api_version
    assert [shape.name for shape in ours.error_shapes] == [
        shape.name for shape in theirs.error_shapes
    ]
    for name in ours.operation_names:
        for part in ("input_shape", "output_shape"):
            mine, whole = (getattr(model.operation_model(name), part) for model in (ours, theirs))
            assert (mine and list(mine.members)) == (whole and list(whole.members)), name


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("service", sorted(SERVICES))
def test_clients_call_the_same_addresses(left: Path, service: str, region: str) -> None:
    ours, theirs = (client(service, region, data) for data in (left, None))
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert ours.waiter_names == theirs.waiter_names


def test_presigned_urls_are_the_same(left: Path) -> None:
    put = {"Bucket": "uploads", "Key": "a/b", "UploadId": "1", "PartNumber": 1}
    ours, theirs = (
        client("s3", REGIONS[1], data).generate_presigned_url("upload_part", Params=put)
        for data in (left, None)
    )
    assert ours.partition("?")[0] == theirs.partition("?")[0]


def test_members_named_documentation_stay(tmp_path: Path) -> None:
    model = tmp_path / "svc" / "2026-01-01" / "service-2.json"
    model.parent.mkdir(parents=True)
    model.write_text('{"shapes":{"A":{"documentation":"x","members":{"documentation":{"b":1}}}}}')
    service_models.cut_down(tmp_path, {"svc"})
    assert model.read_text() == '{"shapes":{"A":{"members":{"documentation":{"b":1}}}}}'


def test_a_service_that_botocore_does_not_know_is_refused(left: Path) -> None:
    with pytest.raises(LookupError, match="nosuch"):
        service_models.cut_down(left, {"nosuch"})
