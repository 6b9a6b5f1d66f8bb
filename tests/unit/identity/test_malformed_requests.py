"""Malformed sign-in requests: each by a stable code, none a server error."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.identity.requests import PASSWORD, code_of, register
from tests.unit.in_process import InProcess


class TestMalformed:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"email": "ann"}, "email_invalid"),
            ({"email": 7}, "validation_failed"),
            ({"email": "a" * 250 + "@b.example"}, "validation_failed"),
            ({"password": "short"}, "validation_failed"),
            ({"password": "x" * 300}, "validation_failed"),
            ({"password": "password123"}, "password_too_common"),
            ({"password": "null\x00byte-inside"}, "password_invalid"),
            ({"handle": "a b"}, "validation_failed"),
            ({"handle": "ann\n"}, "validation_failed"),
            ({"handle": "admin"}, "handle_reserved"),
            ({"display_name": "x" * 500_000}, "validation_failed"),
            ({"display_name": "line\nbreak"}, "display_name_invalid"),
            ({"display_name": "\u202egnihton"}, "display_name_invalid"),
            ({"roles": ["admin"]}, "validation_failed"),
            ({"id": "usr_1"}, "validation_failed"),
        ],
    )
    def test_registrations_are_refused_by_a_stable_code(
        self, api: InProcess, change: dict[str, Any], code: str
    ) -> None:
        response = register(api, **change)
        assert response.status_code == 422
        assert code_of(response) == code
        assert PASSWORD not in response.text

    def test_a_lone_surrogate_is_no_server_error(self, api: InProcess) -> None:
        for field in ("email", "password", "handle", "display_name"):
            body = (
                '{"email":"a@b.example","password":"long enough","handle":"ann","display_name":"A"}'
            )
            body = body.replace(f'"{field}":"', f'"{field}":"\\ud800')
            response = api.post(
                "/v1/auth/register", content=body, headers={"Content-Type": "application/json"}
            )
            assert response.status_code == 422, field

    @pytest.mark.parametrize("path", ["register", "register/verify", "login", "password/reset"])
    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 5000])
    def test_other_bodies(self, api: InProcess, path: str, body: bytes) -> None:
        response = api.post(
            f"/v1/auth/{path}", content=body, headers={"Content-Type": "application/json"}
        )
        assert response.status_code in (400, 422)
        assert code_of(response) in ("bad_request", "validation_failed")

    def test_five_megabytes(self, api: InProcess) -> None:
        response = register(api, display_name="x" * 5_000_000)
        assert response.status_code == 413
        assert code_of(response) == "body_too_large"
