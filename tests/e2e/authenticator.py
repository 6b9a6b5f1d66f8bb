"""A device that keeps passkeys, as Chromium plays it for tests (CDP, domain WebAuthn)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page


class VirtualAuthenticator:
    """Built into the page's device, with a screen lock that always opens for its owner."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = added["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        """The passkeys that it holds, private keys and all."""
        found = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        credentials: list[dict[str, Any]] = found["credentials"]
        return credentials

    def replace(self, credential: dict[str, Any]) -> None:
        """Holds the passkey as it was at an earlier moment, as a copy of the device would."""
        named = {"authenticatorId": self._id, "credentialId": credential["credentialId"]}
        self._session.send("WebAuthn.removeCredential", named)
        copy = {"authenticatorId": self._id, "credential": credential}
        self._session.send("WebAuthn.addCredential", copy)

    def answers(self, *, by_itself: bool) -> None:
        """Whether it answers as soon as it is asked, or leaves the person to pick."""
        self._session.send(
            "WebAuthn.setAutomaticPresenceSimulation",
            {"authenticatorId": self._id, "enabled": by_itself},
        )
