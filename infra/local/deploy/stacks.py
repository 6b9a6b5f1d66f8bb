"""Creates and updates stacks through the engine's CloudFormation API."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra.local.deploy.assembly import Stack

WAIT_LIMIT_SECONDS = 300.0
POLL_SECONDS = 0.1
TEMPLATE_BODY_LIMIT_BYTES = 51_200
"""CloudFormation's limit of an inline template; a larger one is read from a bucket."""
TEMPLATE_BUCKET = "socialflow-local-templates"
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = "30"

_FINISHED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_TO_BE_REPLACED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")


class DeploymentFailed(Exception):
    """A stack could not be deployed; the message names the resources and the reasons."""


class Deployment:
    """Deploys stacks into one engine and remembers in it what was deployed."""

    def __init__(self, *, cloudformation: Any, ssm: Any, s3: Any) -> None:
        self._cloudformation = cloudformation
        self._ssm = ssm
        self._s3 = s3

    def unchanged(self, stacks: list[Stack], settings: Mapping[str, str]) -> set[str]:
        """The names of the stacks that stand in the engine exactly as the assembly has them."""
        names = {_record_name(stack): stack for stack in stacks}
        recorded: dict[str, str] = {}
        for batch in _batches(list(names), 10):
            answer = self._ssm.get_parameters(Names=batch)
            recorded |= {entry["Name"]: entry["Value"] for entry in answer["Parameters"]}
        return {
            stack.name
            for name, stack in names.items()
            if recorded.get(name) == fingerprint(stack, settings)
        }

    def deploy(self, stack: Stack, settings: Mapping[str, str]) -> None:
        """Create or update one stack and wait for it.

        Raises DeploymentFailed with every resource that failed and why.
        """
        self._prepare_bootstrap_parameter(stack)
        status = self._status(stack.name)
        if status in _TO_BE_REPLACED:
            self._cloudformation.delete_stack(StackName=stack.name)
            self._wait(stack.name)
            status = None
        request = {
            "StackName": stack.name,
            "Capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            "Parameters": parameters_of(stack, settings),
            **self._template(stack),
        }
        started = time.time()
        self._forget(stack)
        try:
            if status is None:
                self._cloudformation.create_stack(**request)
            else:
                self._cloudformation.update_stack(**request)
            final = self._wait(stack.name)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise DeploymentFailed(f"{stack.name}: {error}") from error
            final = "UPDATE_COMPLETE"
        if final not in _FINISHED:
            raise DeploymentFailed(
                "\n".join([f"{stack.name}: {final}", *self._failures(stack.name, started)])
            )
        self._ssm.put_parameter(
            Name=_record_name(stack),
            Value=fingerprint(stack, settings),
            Type="String",
            Overwrite=True,
        )

    def _forget(self, stack: Stack) -> None:
        """From here until it is finished, nobody knows what stands in the engine."""
        self._ssm.delete_parameters(Names=[_record_name(stack)])

    def _status(self, name: str) -> str | None:
        try:
            stacks = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return None
        status = str(stacks[0]["StackStatus"])
        return None if status == "DELETE_COMPLETE" else status

    def _wait(self, name: str) -> str:
        deadline = time.monotonic() + WAIT_LIMIT_SECONDS
        while time.monotonic() < deadline:
            status = self._status(name) or "DELETE_COMPLETE"
            if not status.endswith("_IN_PROGRESS"):
                return status
            time.sleep(POLL_SECONDS)
        raise DeploymentFailed(f"{name}: not finished after {WAIT_LIMIT_SECONDS:.0f} s.")

    def _failures(self, name: str, since: float) -> list[str]:
        events = self._cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return [
            f"  {event['LogicalResourceId']} ({event['ResourceType']}): "
            f"{event.get('ResourceStatusReason', event['ResourceStatus'])}"
            for event in reversed(events)
            if event["ResourceStatus"].endswith("_FAILED")
            and event["Timestamp"].timestamp() >= since - 1
        ]

    def _template(self, stack: Stack) -> dict[str, str]:
        body = json.dumps(stack.template)
        if len(body.encode()) <= TEMPLATE_BODY_LIMIT_BYTES:
            return {"TemplateBody": body}
        self._s3.create_bucket(Bucket=TEMPLATE_BUCKET)
        key = f"{stack.name}.json"
        self._s3.put_object(Bucket=TEMPLATE_BUCKET, Key=key, Body=body.encode())
        endpoint = self._s3.meta.endpoint_url
        return {"TemplateURL": f"{endpoint}/{TEMPLATE_BUCKET}/{key}"}

    def _prepare_bootstrap_parameter(self, stack: Stack) -> None:
        """A template that expects a bootstrapped account reads the version from SSM."""
        if "BootstrapVersion" in stack.template.get("Parameters", {}):
            self._ssm.put_parameter(
                Name=BOOTSTRAP_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True
            )


def parameters_of(stack: Stack, settings: Mapping[str, str]) -> list[dict[str, str]]:
    """The template's parameters that deploy-time settings answer.

    A setting `AWS_ENDPOINT_URL_X` is the parameter `AwsEndpointUrlX`.
    """
    by_name = {parameter_name(variable): value for variable, value in settings.items()}
    return [
        {"ParameterKey": name, "ParameterValue": by_name[name]}
        for name in sorted(stack.template.get("Parameters", {}))
        if name in by_name
    ]


def parameter_name(variable: str) -> str:
    """`SF_PUBLIC_ORIGIN` → `SfPublicOrigin`."""
    return "".join(word.capitalize() for word in variable.split("_"))


def fingerprint(stack: Stack, settings: Mapping[str, str]) -> str:
    """Changes when the template, what it is given or any asset (by its key) changes."""
    document = json.dumps(
        [stack.template, parameters_of(stack, settings), sorted(a.key for a in stack.assets)],
        sort_keys=True,
    )
    return hashlib.sha256(document.encode()).hexdigest()


def _record_name(stack: Stack) -> str:
    return f"/socialflow-local/deployed/{stack.name}"


def _batches(names: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
