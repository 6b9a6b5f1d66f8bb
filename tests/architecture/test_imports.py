"""Who imports whom, what an import costs, and that none does anything."""

from __future__ import annotations

import functools
import os
import subprocess
import sys

import pytest

from tests.architecture.tree import LAYER, ROOT, modules_below, run_time_modules

# Run in a new process, where nothing has been imported yet.
_NO_IO = """
import builtins, importlib, os, socket, sys
from pathlib import Path
root = {root!r}

def refuse(what):
    def refused(*arguments, **_):
        raise SystemExit(f"{{what}} at import: {{arguments[:2]}}")
    return refused

socket.socket.connect = refuse("a connection")
socket.getaddrinfo = refuse("a name looked up")
import botocore.session
botocore.session.Session.create_client = refuse("a client")
real_open = builtins.open
def guarded(file, mode="r", *rest, **named):
    if isinstance(mode, str) and set(mode) & set("wax+"):
        refuse("a file written")(file)
    return real_open(file, mode, *rest, **named)
builtins.open = guarded
read = os.environ.__class__.__getitem__
def asked(self, name):
    if name.startswith("SF_"):
        refuse("a setting read")(name)
    return read(self, name)
os.environ.__class__.__getitem__ = asked
for name in {modules!r}:
    importlib.import_module(name)
"""
_LOADED = """
import importlib, sys
importlib.import_module({module!r})
print("\\n".join(sys.modules))
"""
OUR_OWN = ("socialflow", "functions")
MORE_THAN_THE_LOGGER = 40
# What Lambda's handler of the API is for: it builds the app, so it reads which context it is.
BUILDS_AT_IMPORT = {"api.handler"}


def python(code: str) -> str:
    """What a fresh interpreter prints for `code`."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SF_")},
        "PYTHONPATH": f"{ROOT}:{LAYER}",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@functools.cache
def loaded_by(module: str) -> set[str]:
    """Every module that importing one loads."""
    return set(python(_LOADED.format(module=module)).split())


class TestLayers:
    def test_the_import_rules_hold(self) -> None:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from importlinter.cli import lint_imports_command as lint; lint()",
                "--no-logo",
                "--no-cache",
            ],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{LAYER}"},
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "0 broken" in done.stdout


class TestImporting:
    def test_no_module_does_io(self) -> None:
        modules = [name for name in run_time_modules() if name not in BUILDS_AT_IMPORT]
        assert len(modules) > 50
        python(_NO_IO.format(root=str(ROOT), modules=modules))

    @pytest.mark.parametrize("module", modules_below("functions"))
    def test_an_event_handler_loads_little_beside_its_logger(self, module: str) -> None:
        """Counted rather than timed: what an import costs follows from what it loads."""
        loaded = loaded_by(module)
        unwanted = {"fastapi", "starlette", "pydantic", "mangum", "boto3", "s3transfer", "moto"}
        assert module in loaded
        assert loaded & unwanted == set()
        more = loaded - loaded_by("aws_lambda_powertools")
        foreign = {name for name in more if name.partition(".")[0] not in OUR_OWN}
        assert len(foreign) <= MORE_THAN_THE_LOGGER, sorted(foreign)

    def test_an_api_function_loads_no_other_context(self) -> None:
        code = "from api.app import create_app; create_app({context!r})\n"
        for context, others in (
            ("platform", ("api.identity", "api.videos", "socialflow.videos")),
            ("identity", ("api.videos", "socialflow.videos")),
            ("videos", ("api.identity", "socialflow.identity.accounts", "argon2")),
        ):
            loaded = python(code.format(context=context) + "import sys; print(*sys.modules)")
            assert not set(loaded.split()) & set(others), context

    def test_an_api_function_loads_no_client_library_before_it_is_asked(self) -> None:
        code = "from api.app import create_app; create_app('videos'); import sys\n"
        loaded = set(python(code + "print(*sys.modules)").split())
        unwanted = {"boto3", "s3transfer", "botocore.client", "cryptography", "joserfc"}
        assert loaded & unwanted == set()
