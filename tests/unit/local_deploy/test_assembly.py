"""Stacks come after what they depend on, with their assets."""

from pathlib import Path

import pytest

from infra.local.deploy.assembly import BrokenAssembly, read_assembly
from tests.unit.local_deploy.assemblies import directory_asset, write_assembly


def test_stacks_come_after_what_they_depend_on(tmp_path: Path) -> None:
    write_assembly(
        tmp_path, {"Api": {"needs": ["Media", "Data"]}, "Media": {"needs": ["Data"]}, "Data": {}}
    )
    names = [stack.name for stack in read_assembly(tmp_path)]
    assert names == ["socialflow-local-data", "socialflow-local-media", "socialflow-local-api"]


def test_a_circle_is_refused(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"A": {"needs": ["B"]}, "B": {"needs": ["A"]}})
    with pytest.raises(BrokenAssembly, match="circle"):
        read_assembly(tmp_path)


def test_a_directory_without_an_assembly_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenAssembly, match="no cloud assembly"):
        read_assembly(tmp_path)


def test_names_of_account_and_region_are_filled_in(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"Api": {"assets": {"x": directory_asset("asset.x", "x.zip")}}})
    (stack,) = read_assembly(tmp_path)
    (asset,) = stack.assets
    assert asset.bucket == "cdk-hnb659fds-assets-000000000000-us-east-1"
    assert (asset.source, asset.zipped, asset.key) == (tmp_path / "asset.x", True, "x.zip")


def test_an_asset_made_by_a_command_is_refused(tmp_path: Path) -> None:
    entry = directory_asset("asset.x", "x.zip")
    entry["source"] = {"executable": ["make"]}
    write_assembly(tmp_path, {"Api": {"assets": {"x": entry}}})
    with pytest.raises(BrokenAssembly, match="command"):
        read_assembly(tmp_path)
