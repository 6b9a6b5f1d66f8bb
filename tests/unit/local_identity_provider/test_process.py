"""The process of the local providers: its secrets, its redirects, its end."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from infra.local.identity_provider.clients import local_clients, write_configuration
from tests.unit.sign_in_providers import LocalProviders, running_providers


class TestSecrets:
    def test_are_made_once_by_whoever_is_first(self, tmp_path: Path) -> None:
        """The child and the deployment start side by side."""
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda _: local_clients(tmp_path), range(4)))
        assert all(each == made[0] for each in made)
        assert local_clients(tmp_path) == made[0]

    def test_are_nobody_elses_to_read(self, tmp_path: Path) -> None:
        configuration = write_configuration(tmp_path, port=4583, origins=("http://localhost:1",))
        secret = [configuration, tmp_path / "identity-provider.json"]
        assert [stat.S_IMODE(path.stat().st_mode) for path in secret] == [0o600, 0o600]

    def test_differ_by_directory(self, tmp_path: Path) -> None:
        one, other = (local_clients(tmp_path / name) for name in ("one", "other"))
        assert not set(one.secrets.values()) & set(other.secrets.values())

    def test_the_server_gets_no_private_key_of_apples_client(self, tmp_path: Path) -> None:
        clients = local_clients(tmp_path)
        told = clients.told_to_the_server(port=4583, origins=("http://localhost:1",))
        assert clients.apple_key["d"] not in repr(told)


class TestServer:
    def test_serves_nothing_else(self, providers: LocalProviders) -> None:
        for path in ("/", "/myspace/auth", "/constructor/auth", "/google/../../etc/passwd"):
            assert httpx.get(providers.url + path).status_code == 404

    @pytest.mark.parametrize(
        "headers",
        [
            {"host": "evil.example:4583"},
            {"host": "localhost.evil.example"},
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
        ],
    )
    def test_answers_no_page_of_another_site(
        self, providers: LocalProviders, headers: dict[str, str]
    ) -> None:
        """Such a page could sign a person in whom nobody picked."""
        picked = f"{providers.url}/github/login/oauth/authorize"
        answer = httpx.post(picked, data={"person": "nora"}, headers=headers)
        assert (answer.status_code, answer.text) == (403, '{"error":"access_denied"}')

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": "null", "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"},
            {"origin": "http://localhost:8080"},
        ],
    )
    def test_answers_pages_of_this_machine(
        self, providers: LocalProviders, headers: dict[str, str]
    ) -> None:
        picked = f"{providers.url}/github/login/oauth/authorize"
        answer = httpx.post(picked, data={"person": "nora"}, headers=headers)
        assert "no application" in answer.text

    def test_shows_itself_to_whoever_is_led_here(self, providers: LocalProviders) -> None:
        """Our page at 127.0.0.1 is another site than `localhost`."""
        led = {
            "sec-fetch-site": "cross-site",
            "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "document",
        }
        page = f"{providers.url}/github/login/oauth/authorize"
        assert "no application" in httpx.get(page, headers=led).text
        assert httpx.post(page, headers=led).status_code == 403
        framed = {**led, "sec-fetch-dest": "iframe"}
        assert httpx.get(page, headers=framed).status_code == 403

    def test_listens_on_loopback_alone(self, providers: LocalProviders) -> None:
        port = providers.url.rpartition(":")[2]
        listening = {
            line.split()[1]
            for table in ("/proc/net/tcp", "/proc/net/tcp6")
            for line in Path(table).read_text().splitlines()[1:]
            if line.split()[1].endswith(f":{int(port):04X}") and line.split()[3] == "0A"
        }
        assert listening == {f"0100007F:{int(port):04X}"}

    def test_a_body_without_end_is_cut_off(self, providers: LocalProviders) -> None:
        url = providers.told["github"]["token_endpoint"]
        answer = httpx.post(url, content=b"x" * 200_000)
        assert answer.status_code == 500

    def test_ends_when_asked(self, tmp_path: Path) -> None:
        with running_providers(tmp_path) as started:
            started.child.ask_to_stop()
            assert started.child.wait_or_kill()
            assert started.child.exit_status() == 0
