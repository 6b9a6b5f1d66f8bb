"""Routes of sessions: bodies, refusals, limits."""

from __future__ import annotations

import pytest

from socialflow.identity.sessions.sessions import REFRESH
from tests.unit.identity.requests import bearer, code_of, register
from tests.unit.in_process import InProcess


class TestRefreshing:
    def test_strangers_cannot_spend_a_sessions_limit(self, api: InProcess) -> None:
        token = register(api).json()["refresh_token"]
        forged = token[:-1] + ("A" if token[-1] != "A" else "B")
        for _ in range(3):
            response = api.post("/v1/auth/refresh", json={"refresh_token": forged})
            assert response.status_code == 401
            assert code_of(response) == "refresh_token_invalid"
            assert "ratelimit" not in response.headers
        genuine = api.post("/v1/auth/refresh", json={"refresh_token": token})
        assert genuine.headers["ratelimit"].startswith(f'"refresh";r={REFRESH.limit - 1};')

    def test_gives_the_next_tokens(self, api: InProcess) -> None:
        first = register(api).json()
        second = api.post("/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
        assert second.status_code == 200
        assert second.json()["refresh_token"] != first["refresh_token"]
        assert api.get("/v1/me", headers=bearer(second)).status_code == 200

    def test_a_spent_token_on_another_device_ends_the_session(self, api: InProcess) -> None:
        first = register(api).json()["refresh_token"]
        second = api.post("/v1/auth/refresh", json={"refresh_token": first}).json()
        replay = api.post(
            "/v1/auth/refresh", json={"refresh_token": first}, headers={"User-Agent": "thief"}
        )
        assert code_of(replay) == "refresh_token_reused"
        ended = api.post("/v1/auth/refresh", json={"refresh_token": second["refresh_token"]})
        assert ended.status_code == 401


class TestLoggingOut:
    def test_nobody_is_signed_out_without_a_token(self, api: InProcess) -> None:
        tokens = register(api)
        assert api.post("/v1/auth/logout").status_code == 204
        assert api.post("/v1/auth/logout", json={"refresh_token": "x"}).status_code == 204
        assert api.get("/v1/me", headers=bearer(tokens)).status_code == 200

    def test_a_refresh_token_is_enough(self, api: InProcess) -> None:
        refresh = {"refresh_token": register(api).json()["refresh_token"]}
        assert api.post("/v1/auth/logout", json=refresh).status_code == 204
        assert api.post("/v1/auth/refresh", json=refresh).status_code == 401

    def test_ends_the_session_and_again_is_fine(self, api: InProcess) -> None:
        tokens = register(api)
        for _ in range(2):
            response = api.post("/v1/auth/logout", headers=bearer(tokens))
            assert response.status_code == 204
            assert response.content == b""
        refreshed = api.post(
            "/v1/auth/refresh", json={"refresh_token": tokens.json()["refresh_token"]}
        )
        assert code_of(refreshed) == "refresh_token_invalid"


class TestMe:
    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer a.b.c"])
    def test_refuses_other_credentials(self, api: InProcess, header: str) -> None:
        response = api.get("/v1/me", headers={"Authorization": header})
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")


class TestPublicKeys:
    def test_are_a_jwk_set_that_may_be_cached(self, api: InProcess) -> None:
        response = api.get("/.well-known/jwks.json")
        assert response.headers["cache-control"] == "public, max-age=60"
        (key,) = response.json()["keys"]
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
