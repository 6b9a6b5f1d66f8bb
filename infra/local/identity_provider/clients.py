"""The clients that the local providers know, and what the application is told of them.

Secrets and keys are made at the first start and kept in the state directory, so that the child and
the deployment, which run in different processes, speak of the same ones.
"""

from __future__ import annotations

import fcntl
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PROVIDERS: Final = ("google", "facebook", "x", "github", "apple")
_FILE: Final = "identity-provider.json"


@dataclass(frozen=True, slots=True)
class LocalClients:
    """What is in the state directory: `secrets` by provider, keys of Apple's client and of ours."""

    secrets: Mapping[str, str]
    apple_key: Mapping[str, str]
    signing: Mapping[str, str]
    cookies: str

    def told_to_the_application(self, url: str) -> dict[str, dict[str, str]]:
        """The JSON of the clients' secret: ids and secrets, and where the providers are.

        `url` is this machine's provider, `http://localhost:<port>`.
        """
        from joserfc.jwk import ECKey

        told = {name: {"client_id": _client_id(name)} for name in PROVIDERS}
        for name in ("google", "facebook", "x", "github"):
            told[name]["client_secret"] = self.secrets[name]
        for name in ("google", "apple", "facebook"):
            issuer = f"{url}/{name}"
            told[name] |= {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/auth",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
            }
        told["apple"] |= {
            "revocation_endpoint": f"{url}/apple/revoke",
            "team_id": APPLE_TEAM,
            "key_id": APPLE_KEY_ID,
            "private_key": ECKey.import_key(dict(self.apple_key)).as_pem(private=True).decode(),
        }
        told["github"] |= {
            "authorization_endpoint": f"{url}/github/login/oauth/authorize",
            "token_endpoint": f"{url}/github/login/oauth/access_token",
            "api": f"{url}/github/api",
        }
        told["x"] |= {
            "authorization_endpoint": f"{url}/x/i/oauth2/authorize",
            "token_endpoint": f"{url}/x/2/oauth2/token",
            "api": f"{url}/x/2",
        }
        return told

    def told_to_the_server(self, *, port: int, origins: tuple[str, ...]) -> dict[str, Any]:
        """The configuration of `server.mjs`; the only redirect URIs are those of the origins."""
        clients: dict[str, dict[str, Any]] = {
            name: {"client_id": _client_id(name), "client_secret": self.secrets[name]}
            for name in PROVIDERS
        }
        clients["apple"] |= {
            "team_id": APPLE_TEAM,
            "key_id": APPLE_KEY_ID,
            "public_key": {name: self.apple_key[name] for name in ("kty", "crv", "x", "y")},
        }
        return {
            "port": port,
            "url": f"http://localhost:{port}",
            "callbacks": {
                name: [f"{origin}/v1/auth/providers/{name}/callback" for origin in origins]
                for name in PROVIDERS
            },
            "clients": clients,
            "keys": {"signing": dict(self.signing), "cookies": self.cookies},
        }


APPLE_TEAM: Final = "LOCALTEAM1"
APPLE_KEY_ID: Final = "LOCALKEY01"


def local_clients(state: Path) -> LocalClients:
    """The clients of a state directory, made if they are not there. Safe to call side by side."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / f"{_FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = state / _FILE
        if not path.exists():
            partial = path.with_suffix(".partial")
            partial.touch(mode=0o600)
            partial.write_text(json.dumps(_made()))
            partial.replace(path)
        kept = json.loads(path.read_text())
    return LocalClients(**kept)


def write_configuration(state: Path, *, port: int, origins: tuple[str, ...]) -> Path:
    """Writes the server's configuration, readable by this user alone, and says where."""
    told = local_clients(state).told_to_the_server(port=port, origins=origins)
    path = state / f"server-{port}.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(told))
    return path


def _client_id(name: str) -> str:
    return "com.example.socialflow.web" if name == "apple" else f"socialflow-{name}"


def _made() -> dict[str, Any]:
    from joserfc.jwk import ECKey, RSAKey

    signing = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True)
    signing.ensure_kid()
    return {
        "secrets": {name: secrets.token_urlsafe(32) for name in PROVIDERS},
        "apple_key": ECKey.generate_key("P-256", private=True).as_dict(private=True),
        "signing": signing.as_dict(private=True),
        "cookies": secrets.token_urlsafe(32),
    }
