"""What is zipped: only what a function needs, and all of it."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from api.contexts import API_CONTEXTS
from infra import vendor_layer
from infra.constructs.code import ROOT
from tests.infra.assembly import Assembly

MACHINE_OFFSET, MACHINE_AARCH64 = 18, 183
"""ELF: `e_machine` and its value for 64-bit ARM (ELF for the Arm 64-bit Architecture, 2.1)."""


def assets(assembly: Assembly) -> dict[str, Path]:
    """The directory of every asset by the name it is shown under."""
    return {
        file["displayName"]: assembly.directory / file["source"]["path"]
        for manifest in assembly.directory.glob("*.assets.json")
        for file in json.loads(manifest.read_text())["files"].values()
    }


class TestCode:
    def test_holds_one_context_and_no_bytecode(self, local: Assembly) -> None:
        for context in API_CONTEXTS:
            zipped = assets(local)[f"api {context}"]
            files = {path.relative_to(zipped) for path in zipped.rglob("*") if path.is_file()}
            assert Path("api/handler.py") in files
            assert Path(f"api/{context}/routes.py") in files
            others = set(API_CONTEXTS) - {context}
            assert not [path for path in files if others & set(path.parts)]
            assert {path.suffix for path in files} == {".py"}

    @pytest.mark.parametrize("context", API_CONTEXTS)
    def test_is_enough_to_import_the_handler(self, local: Assembly, context: str) -> None:
        found = assets(local)
        layer = found["socialflow"] / "python"
        environment = {"SF_CONTEXT": context, "PATH": os.environ["PATH"]}
        program = f"import sys; sys.path[:0] = {[str(found[f'api {context}']), str(layer)]!r}"
        finished = subprocess.run(  # noqa: S603 - our own code, no shell
            [sys.executable, "-I", "-c", f"{program}; import api.handler as a; print(a.__file__)"],
            env=environment,
            cwd=layer,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        assert str(found[f"api {context}"]) in finished.stdout

    def test_the_layer_is_the_domain(self, local: Assembly) -> None:
        layer = assets(local)["socialflow"]
        there = {path.relative_to(layer) for path in layer.rglob("*.py")}
        source = ROOT / "layers" / "socialflow"
        assert there == {path.relative_to(source) for path in source.rglob("*.py")}

    def test_stages_with_the_same_code_have_the_same_zips(
        self, local: Assembly, prod: Assembly
    ) -> None:
        ours, theirs = assets(local), assets(prod)
        for name in ours:
            if name == "socialflow" or name.startswith(("api ", "functions ")):
                assert ours[name].name == theirs[name].name


class TestLayers:
    def test_come_with_the_stage(self, prod: Assembly, local: Assembly) -> None:
        for assembly, count in ((prod, 2), (local, 1)):
            for function in assembly.functions().values():
                assert len(function.properties["Layers"]) == count

    def test_are_never_shared_between_stacks(self, assembly: Assembly) -> None:
        for template in assembly.templates.values():
            for output in template.get("Outputs", {}).values():
                assert "Layer" not in json.dumps(output["Value"])


@pytest.fixture(scope="session")
def built() -> Path:
    """The real vendor layer, as deployments of dev and prod get it."""
    return vendor_layer.ensure_built() / "python"


class TestVendorLayer:
    def test_is_compiled_for_arm(self, built: Path) -> None:
        libraries = list(built.rglob("*.so"))
        assert len(libraries) >= 4
        for library in libraries:
            header = library.read_bytes()[: MACHINE_OFFSET + 2]
            assert header[:4] == b"\x7fELF"
            assert struct.unpack_from("<H", header, MACHINE_OFFSET) == (MACHINE_AARCH64,)

    def test_holds_what_is_pinned(self, built: Path) -> None:
        pinned = dict(
            re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", vendor_layer.REQUIREMENTS.read_text())
        )
        there = {
            name.lower().replace("_", "-"): version
            for name, version in (
                path.name.removesuffix(".dist-info").rsplit("-", 1)
                for path in built.glob("*.dist-info")
            )
        }
        assert there == pinned

    def test_has_a_model_of_every_service_that_functions_call(self, built: Path) -> None:
        source = (ROOT / "layers/socialflow/python/socialflow/platform/aws.py").read_text()
        called = set(re.findall(r'service: Literal\["([a-z0-9]+)"\]', source))
        assert len(called) >= 6
        assert called | {"sts"} == vendor_layer.SERVICES
        models = {path.name for path in (built / "botocore" / "data").iterdir() if path.is_dir()}
        assert models == vendor_layer.SERVICES

    def test_fits_into_lambda(self, built: Path) -> None:
        """A function and its layers may have 250 MB unzipped ("Lambda quotas")."""
        size_bytes = sum(path.stat().st_size for path in built.rglob("*") if path.is_file())
        assert size_bytes < 90 * 1024**2

    def test_bytecode_does_not_ask_for_file_times(self, built: Path) -> None:
        """Flags of a `.pyc` (PEP 552): 1 is a hash that is not checked."""
        flags = {struct.unpack_from("<I", path.read_bytes(), 4)[0] for path in built.rglob("*.pyc")}
        compiled = vendor_layer.interpreter_for(vendor_layer.LAMBDA) is not None
        assert flags == ({1} if compiled else set())

    def test_is_not_built_again(self, built: Path) -> None:
        before = built.stat().st_ctime_ns
        vendor_layer.ensure_built()
        assert built.stat().st_ctime_ns == before
