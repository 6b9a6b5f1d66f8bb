"""The sign-in routes: bodies, refusals, limits."""

from __future__ import annotations

import pytest

from api.identity.limits import LOG_IN, REFRESH, REGISTER
from tests.unit.identity.requests import ANN, LOGIN, PASSWORD, bearer, code_of, register
from tests.unit.in_process import InProcess

ORIGIN_SECRET = "only CloudFront knows it"


@pytest.fixture
def behind_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API as it is deployed: nobody reaches it but through CloudFront."""
    monkeypatch.setenv("SF_ORIGIN_SECRET", ORIGIN_SECRET)


def seen_from(address: str) -> dict[str, str]:
    """What CloudFront adds to a request from `address`."""
    return {"X-Origin-Verify": ORIGIN_SECRET, "X-Forwarded-For": address}


class TestRegistering:
    def test_taken_names(self, api: InProcess) -> None:
        assert register(api).status_code == 201
        assert code_of(register(api)) == "email_taken"
        response = register(api, email="ben@example.com", handle="ANN")
        assert response.status_code == 409
        assert code_of(response) == "handle_taken"

    def test_answers_the_account_and_its_tokens(self, api: InProcess) -> None:
        response = register(api)
        assert response.status_code == 201
        assert response.headers["cache-control"] == "no-store"
        body = response.json()
        assert set(body) == {
            "user",
            "access_token",
            "refresh_token",
            "expires_in",
            "device_token",
        }
        assert body["expires_in"] == 900
        assert body["user"]["handle"] == "ann"
        assert body["user"]["email"] == "ann@example.com"
        assert body["user"]["roles"] == ["creator", "viewer"]
        assert body["user"]["created_at"].endswith("Z")
        assert set(body["user"]) == {
            "id",
            "email",
            "handle",
            "display_name",
            "roles",
            "created_at",
        }

    def test_the_same_idempotency_key_gets_the_same_session(self, api: InProcess) -> None:
        headers = {"Idempotency-Key": "6f1d4d9e"}
        first = api.post("/v1/auth/register", json=ANN, headers=headers)
        again = api.post("/v1/auth/register", json=ANN, headers=headers)
        other = api.post("/v1/auth/register", json=ANN | {"handle": "ben"}, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json()["refresh_token"] == first.json()["refresh_token"]
        assert other.status_code == 422
        assert code_of(other) == "idempotency_key_reused"

    @pytest.mark.usefixtures("behind_the_edge")
    def test_is_limited_by_address(self, api: InProcess) -> None:
        first_of_many = f'"register";r={REGISTER.limit - 1};'
        for address in ("198.51.100.1", "203.0.113.7"):
            answer = api.post("/v1/auth/register", json=ANN, headers=seen_from(address))
            assert answer.headers["ratelimit"].startswith(first_of_many)


class TestLoggingIn:
    def test_failures_are_told_apart_by_nothing(self, api: InProcess) -> None:
        register(api)
        answers = []
        for email, password in [
            ("ann@example.com", "wrong horse battery"),
            ("nobody@example.com", PASSWORD),
            ("not an address", PASSWORD),
        ]:
            response = api.post(
                "/v1/auth/login",
                json={"email": email, "password": password},
                headers={"X-Request-Id": "the-same-request"},
            )
            headers = {
                name: value for name, value in response.headers.items() if name != "ratelimit"
            }
            answers.append((response.status_code, headers, response.content))
        assert answers[0][0] == 401
        assert answers[0] == answers[1] == answers[2]

    @pytest.mark.usefixtures("behind_the_edge")
    def test_guessing_is_limited_by_account_and_address(self, api: InProcess) -> None:
        here = seen_from("198.51.100.1")
        assert api.post("/v1/auth/register", json=ANN, headers=here).status_code == 201
        guess = LOGIN | {"password": "wrong horse"}
        for claimed in range(LOG_IN.limit):
            claims = here | {"X-Forwarded-For": f"10.0.0.{claimed}, {here['X-Forwarded-For']}"}
            assert api.post("/v1/auth/login", json=guess, headers=claims).status_code == 401
        capitals = LOGIN | {"email": " ANN@example.com"}
        refused = api.post("/v1/auth/login", json=capitals, headers=here)
        assert refused.status_code == 429
        assert code_of(refused) == "rate_limited"
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["ratelimit"].startswith('"login";r=0;')
        elsewhere = seen_from("203.0.113.7")
        assert api.post("/v1/auth/login", json=LOGIN, headers=elsewhere).status_code == 200
        other = LOGIN | {"email": "ben@example.com"}
        assert api.post("/v1/auth/login", json=other, headers=here).status_code == 401

    def test_signs_in(self, api: InProcess) -> None:
        registered = register(api)
        response = api.post("/v1/auth/login", json=LOGIN)
        assert response.status_code == 200
        assert response.json()["user"] == registered.json()["user"]
        me = api.get("/v1/me", headers=bearer(response))
        assert me.json() == registered.json()["user"]


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
        assert response.headers["cache-control"] == "public, max-age=300"
        (key,) = response.json()["keys"]
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
