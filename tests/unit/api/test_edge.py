"""Whether a request came through CloudFront, and whose it is."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.edge import network_of, viewer_address
from tests.unit.in_process import InProcess

SECRET = "only CloudFront knows it"


class TestPassingByTheEdge:
    @pytest.fixture(autouse=True)
    def _deployed(self, monkeypatch: pytest.MonkeyPatch, aws: None) -> None:
        monkeypatch.setenv("SF_ORIGIN_SECRET", SECRET)

    @pytest.mark.parametrize("shown", [{}, {"x-origin-verify": ""}, {"x-origin-verify": "guess"}])
    def test_is_refused_on_every_route(self, shown: dict[str, str]) -> None:
        answer = InProcess(create_app("platform")).get("/v1/health", headers=shown)
        assert answer.status_code == 403
        assert answer.json()["code"] == "edge_required"

    def test_coming_through_it_is_not(self) -> None:
        shown = {"x-origin-verify": SECRET}
        answer = InProcess(create_app("platform")).get("/v1/health", headers=shown)
        assert answer.status_code == 200


class TestTheViewersAddress:
    def test_is_the_peers_where_nobody_vouches_for_the_header(self) -> None:
        assert viewer_address("198.51.100.1", "203.0.113.9") == "203.0.113.9"

    @pytest.mark.parametrize(
        ("forwarded_for", "seen"),
        [
            (None, "192.0.2.1"),
            ("198.51.100.1", "198.51.100.1"),
            ("198.51.100.1, 192.0.2.1", "198.51.100.1"),
            ("10.1.1.1, 198.51.100.1, 192.0.2.1", "198.51.100.1"),
            ("2001:db8::1, 192.0.2.1", "2001:db8::1"),
            ("192.0.2.1", "192.0.2.1"),
        ],
    )
    def test_is_the_one_that_cloudfront_added(
        self, monkeypatch: pytest.MonkeyPatch, forwarded_for: str | None, seen: str
    ) -> None:
        monkeypatch.setenv("SF_ORIGIN_SECRET", SECRET)
        assert viewer_address(forwarded_for, "192.0.2.1") == seen


class TestTheNetworkThatIsCounted:
    @pytest.mark.parametrize(
        ("address", "counted"),
        [
            ("198.51.100.1", "198.51.100.1"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("2001:0DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("unknown", "unknown"),
        ],
    )
    def test_is_all_that_one_household_can_choose_from(self, address: str, counted: str) -> None:
        assert network_of(address) == counted
