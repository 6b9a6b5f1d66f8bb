"""The key pair that signs playback: made once, kept for ever, never shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as elliptic_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from functions.platform import on_key_pair_requested as function
from socialflow.platform import cloudformation
from socialflow.platform.aws import client

Answers = list[dict[str, Any]]


@pytest.fixture
def secret(aws: None) -> str:
    """A secret without a value, as the stack makes it."""
    return client("secretsmanager").create_secret(Name="signing")["ARN"]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What CloudFormation was told."""
    told: Answers = []
    monkeypatch.setattr(cloudformation, "_put", lambda _url, body: told.append(json.loads(body)))
    return told


def request(secret: str, request_type: str = "Create", **properties: str) -> dict[str, Any]:
    return {
        "RequestType": request_type,
        "RequestId": "r",
        "ResponseURL": "https://cloudformation.example/answer",
        "StackId": "s",
        "LogicalResourceId": "KeyPair",
        "ResourceProperties": {"SecretArn": secret, **properties},
    }


def value_of(secret: str) -> str:
    return client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]


class TestCreate:
    def test_answers_the_public_half_of_what_the_secret_now_holds(
        self, secret: str, answers: Answers
    ) -> None:
        function.handler(request(secret), None)
        private = load_pem_private_key(value_of(secret).encode(), password=None)
        public = load_pem_public_key(answers[0]["Data"]["PublicKeyPem"].encode())
        assert isinstance(private, RSAPrivateKey)
        assert isinstance(public, RSAPublicKey)
        assert private.key_size == 2048
        assert private.public_key().public_numbers() == public.public_numbers()

    def test_never_answers_the_private_half(self, secret: str, answers: Answers) -> None:
        function.handler(request(secret), None)
        assert "PRIVATE" not in json.dumps(answers)
        assert len(json.dumps(answers[0]).encode()) < 4096

    def test_asked_again_keeps_the_pair_and_the_id(self, secret: str, answers: Answers) -> None:
        for kind in ("Create", "Create", "Update"):
            function.handler(request(secret, kind), None)
        first, again, updated = answers
        assert first == again == updated
        assert first["PhysicalResourceId"] == secret

    def test_an_empty_value_counts_as_none(self, secret: str, answers: Answers) -> None:
        """The local engine answers a secret without a value with an empty one; AWS never does."""
        client("secretsmanager").put_secret_value(SecretId=secret, SecretString="to be emptied")

        def empty(parsed: dict[str, Any], **_: object) -> None:
            parsed["SecretString"] = ""

        events = client("secretsmanager").meta.events
        events.register("after-call.secrets-manager.GetSecretValue", empty)
        try:
            function.handler(request(secret), None)
        finally:
            events.unregister("after-call.secrets-manager.GetSecretValue", empty)
        assert answers[0]["Status"] == "SUCCESS"
        assert value_of(secret).startswith("-----BEGIN PRIVATE KEY-----")


class TestEllipticPairs:
    def test_are_made_on_the_curve_of_es384_and_kept(self, secret: str, answers: Answers) -> None:
        for kind in ("Create", "Update"):
            function.handler(request(secret, kind, Algorithm="EC_P384"), None)
        private = load_pem_private_key(value_of(secret).encode(), password=None)
        assert isinstance(private, EllipticCurvePrivateKey)
        assert isinstance(private.curve, SECP384R1)
        first, again = answers
        assert first == again
        assert "PRIVATE" not in json.dumps(answers)
        public = load_pem_public_key(first["Data"]["PublicKeyPem"].encode())
        assert private.public_key() == public

    @pytest.mark.parametrize("held", ["RSA_2048", "P-256"])
    def test_another_key_is_left_alone(self, secret: str, answers: Answers, held: str) -> None:
        if held == "P-256":
            key = elliptic_key(SECP256R1()).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
            client("secretsmanager").put_secret_value(SecretId=secret, SecretString=key.decode())
        else:
            function.handler(request(secret, Algorithm=held), None)
        kept = value_of(secret)
        function.handler(request(secret, Algorithm="EC_P384"), None)
        assert answers[-1]["Status"] == "FAILED"
        assert "SecretHoldsSomethingElse" in answers[-1]["Reason"]
        assert value_of(secret) == kept

    def test_an_algorithm_that_nobody_asked_for_is_refused(
        self, secret: str, answers: Answers
    ) -> None:
        function.handler(request(secret, Algorithm="DSA"), None)
        assert answers[0]["Status"] == "FAILED"


class TestRefusals:
    def test_a_secret_that_is_missing_fails_the_deployment(
        self, aws: None, answers: Answers
    ) -> None:
        function.handler(request("not-there"), None)
        assert answers[0]["Status"] == "FAILED"
        assert "ResourceNotFoundException" in answers[0]["Reason"]

    @pytest.mark.parametrize("kind", ["text", "elliptic"])
    def test_a_value_that_is_no_rsa_key_is_left_alone(
        self, secret: str, answers: Answers, kind: str
    ) -> None:
        key = elliptic_key(SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        kept = key.decode() if kind == "elliptic" else "somebody's password"
        client("secretsmanager").put_secret_value(SecretId=secret, SecretString=kept)
        function.handler(request(secret), None)
        assert answers[0]["Status"] == "FAILED"
        assert "SecretHoldsSomethingElse" in answers[0]["Reason"]
        assert "password" not in answers[0]["Reason"]
        assert value_of(secret) == kept

    def test_a_binary_value_is_left_alone(self, secret: str, answers: Answers) -> None:
        client("secretsmanager").put_secret_value(SecretId=secret, SecretBinary=b"\x00")
        function.handler(request(secret), None)
        assert answers[0]["Status"] == "FAILED"
        kept = client("secretsmanager").get_secret_value(SecretId=secret)
        assert kept["SecretBinary"] == b"\x00"


class TestDelete:
    def test_leaves_the_secret_as_it_is(self, secret: str, answers: Answers) -> None:
        function.handler(request(secret), None)
        before = value_of(secret)
        function.handler(request(secret, "Delete"), None)
        assert value_of(secret) == before
        assert answers[1]["Status"] == "SUCCESS"
