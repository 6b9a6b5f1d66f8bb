"""What is deployed of our functions, and what each is told of its surroundings."""

from __future__ import annotations

import importlib
import re

from infra.constructs.code import ROOT
from infra.stacks.data import INDEXES
from tests.infra.assembly import Assembly, variables
from tests.infra.handlers import CONTEXTS

SETTINGS = re.compile(r'setting\("(SF_[A-Z_]+)"')
EVERY = {
    "SF_STAGE",
    "SF_CONTEXT",
    "SF_EVENT_BUS",
    "SF_PUBLIC_ORIGIN",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "LOG_LEVEL",
}
SETTINGS_OF_THEIR_OWN = {"videos-on_export_requested", "videos-on_account_deleted"}
"""Handlers of videos that know nothing of media."""


class TestFunctions:
    def test_every_handler_there_is_is_deployed_and_every_deployed_one_is_there(
        self, assembly: Assembly
    ) -> None:
        modules = {
            f"{path.parent.name}-{path.stem}"
            for path in (ROOT / "functions").glob("*/*.py")
            if path.stem != "__init__"
        }
        deployed = {assembly.short(name) for name in assembly.functions()}
        assert {name for name in deployed if not name.endswith("-api")} == modules

    def test_their_handlers_exist(self, local: Assembly) -> None:
        for function in local.functions().values():
            module, _, name = function.properties["Handler"].rpartition(".")
            if module != "api.handler":
                assert callable(getattr(importlib.import_module(module), name))

    def test_run_on_arm_with_python_3_13(self, assembly: Assembly) -> None:
        for function in assembly.functions().values():
            assert function.properties["Architectures"] == ["arm64"]
            assert function.properties["Runtime"] == "python3.13"

    def test_have_a_log_that_ends(self, assembly: Assembly) -> None:
        kept = {
            group.properties["LogGroupName"]: group.properties["RetentionInDays"]
            for group in assembly.resources("AWS::Logs::LogGroup")
        }
        for name in assembly.functions():
            assert kept[f"/aws/lambda/{name}"] == assembly.stage.log_retention_days


class TestSettings:
    def test_everyone_has_the_common_ones(self, assembly: Assembly) -> None:
        for name, function in assembly.functions().items():
            context = assembly.short(name).partition("-")[0]
            assert set(variables(function)) >= EVERY
            assert variables(function)["SF_CONTEXT"] == context
            assert variables(function)["POWERTOOLS_SERVICE_NAME"] == context
            assert variables(function)["SF_EVENT_BUS"] == assembly.stage.prefix

    def test_the_videos_context_has_what_it_reads(self, assembly: Assembly) -> None:
        source = (ROOT / "layers/socialflow/python/socialflow/videos/settings.py").read_text()
        api, _, handlers = source.partition("class HandlerSettings")
        for name, function in assembly.functions().items():
            if assembly.short(name) in SETTINGS_OF_THEIR_OWN:
                continue
            if assembly.short(name).startswith("videos-"):
                wanted = set(SETTINGS.findall(api if name.endswith("-api") else handlers))
                assert len(wanted) >= 6
                assert wanted <= set(variables(function)), name

    def test_the_identity_context_has_what_it_reads(self, assembly: Assembly) -> None:
        functions = assembly.functions()
        for name in ("identity-api", "identity-every_day_rotate_signing_keys"):
            found = variables(functions[f"{assembly.stage.prefix}-{name}"])
            assert {"SF_IDENTITY_TABLE", "SF_SIGNING_KEYS_SECRET"} <= set(found)
            assert "SF_SEALING_KEYS_SECRET" in found
        mail = variables(functions[f"{assembly.stage.prefix}-identity-on_mail_requested"])
        if assembly.stage.mail_from:
            assert mail["SF_MAIL_FROM"] == assembly.stage.mail_from
        assert ("SF_MAIL_CONFIGURATION_SET" in mail) is bool(assembly.stage.mail_from)

    def test_an_export_waits_for_every_context(self, assembly: Assembly) -> None:
        for name in ("on_record_written", "every_1_hour_settle_rights"):
            found = variables(assembly.functions()[f"{assembly.stage.prefix}-identity-{name}"])
            assert set(found["SF_CONTEXTS"].split(",")) == set(CONTEXTS) == set(INDEXES)

    def test_readiness_sees_every_table(self, assembly: Assembly) -> None:
        found = variables(assembly.functions()[f"{assembly.stage.prefix}-platform-api"])
        assert {f"SF_{context.upper()}_TABLE" for context in INDEXES} <= set(found)

    def test_one_machine_tells_them_at_deployment(self, local: Assembly) -> None:
        for function in local.functions().values():
            found = variables(function)
            assert found["AWS_ENDPOINT_URL_MEDIACONVERT"] == {"Ref": "AwsEndpointUrlMediaconvert"}
            assert found["SF_PUBLIC_ORIGIN"] == {"Ref": "SfPublicOrigin"}
            defaults = local.templates[function.stack]["Parameters"]
            assert defaults["SfPublicOrigin"]["Default"] == "http://localhost:8080"

    def test_no_other_stage_has_endpoints(self, prod: Assembly, dev: Assembly) -> None:
        for assembly in (prod, dev):
            for function in assembly.functions().values():
                assert not [name for name in variables(function) if "ENDPOINT" in name]
