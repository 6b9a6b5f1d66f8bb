"""Who imports whom, what an import costs, and that none does anything."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tomllib

import grimp
import pytest

from api.contexts import API_CONTEXTS
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
# What no API function of the context has any use for.
_SIGNING_IN = {"argon2", "socialflow.identity.accounts.signing_in"}
_UPLOADING = {"socialflow.videos.catalog", "socialflow.videos.uploads"}
FOREIGN = {
    "platform": {"socialflow.identity", "socialflow.videos"},
    "identity": {"socialflow.live", "socialflow.social", "socialflow.videos"},
    "videos": {*_SIGNING_IN, "socialflow.chat", "socialflow.live", "socialflow.social"},
    "social": {*_SIGNING_IN, "socialflow.chat", "socialflow.live", "socialflow.videos"},
    "live": {*_SIGNING_IN, "socialflow.chat", "socialflow.social", "socialflow.videos"},
    "chat": {*_SIGNING_IN, *_UPLOADING, "socialflow.live", "socialflow.social.follows"},
}


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

    def test_nothing_but_wiring_and_facades_knows_where_things_meet_aws(self) -> None:
        """The import rules name the services; this holds for a module that nobody has named."""
        graph = grimp.build_graph("socialflow", exclude_type_checking_imports=True)
        below = [
            name
            for name in graph.modules
            if name.count(".") == 2 and not name.startswith("socialflow.platform.")
        ]
        assert len(below) > 100
        found = {
            (name, imported)
            for name in below
            if not name.endswith(("wiring", "facade"))
            for imported in graph.find_modules_directly_imported_by(name)
            if imported.endswith("wiring") or imported == "socialflow.platform.aws"
        }
        assert found == set()

    def test_every_repository_is_named_in_the_import_rules(self) -> None:
        rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        (private,) = [
            contract["forbidden_modules"]
            for contract in rules["tool"]["importlinter"]["contracts"]
            if contract["id"] == "own-repository"
        ]
        repositories = {
            name
            for name in modules_below("socialflow", source=LAYER)
            if name.endswith("_repository")
        }
        assert repositories
        assert repositories - set(private) == set()


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

    @pytest.mark.parametrize("context", API_CONTEXTS)
    def test_an_api_function_loads_no_other_context(self, context: str) -> None:
        """Its own routes alone, and of other contexts no more than their facades need."""
        routes = {f"api.{other}.routes" for other in API_CONTEXTS if other != context}
        loaded = _loaded_by_api(context)
        assert not loaded & (routes | FOREIGN[context])

    @pytest.mark.parametrize("context", API_CONTEXTS)
    def test_an_api_function_loads_no_client_library_before_it_is_asked(self, context: str) -> None:
        unwanted = {"boto3", "s3transfer", "botocore.client", "cryptography", "joserfc"}
        assert not _loaded_by_api(context) & unwanted


@functools.cache
def _loaded_by_api(context: str) -> set[str]:
    """Every module that building the API of one context loads."""
    code = f"from api.app import create_app; create_app({context!r}); import sys\n"
    return set(python(code + "print(*sys.modules)").split())
