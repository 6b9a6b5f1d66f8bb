"""CloudFront's signed URLs and cookies, made by botocore's signer."""

from dataclasses import replace

import pytest

from infra.local.edge.signatures import AccessRefused, ViewerRequest, check_access, resource_matches
from tests.unit.local_edge.signing import KEY_ID, ORIGIN, Signer, policy, request

VIDEO = f"{ORIGIN}/media/protected/vid_1"
SEGMENT = f"{VIDEO}/a1/stream_720p_00001.m4s"


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.new()


@pytest.fixture(scope="module")
def keys(signer: Signer) -> dict[str, str]:
    return {KEY_ID: signer.public_pem}


def refusal(asked: str | ViewerRequest, keys: dict[str, str]) -> str:
    """The code with which a request is refused."""
    with pytest.raises(AccessRefused) as refused:
        check_access(request(asked) if isinstance(asked, str) else asked, keys)
    return refused.value.code


class TestUnsigned:
    def test_nothing_at_all(self, keys: dict[str, str]) -> None:
        assert refusal(SEGMENT, keys) == "MissingKey"

    def test_key_id_without_a_signature(self, keys: dict[str, str]) -> None:
        assert refusal(f"{SEGMENT}?Key-Pair-Id={KEY_ID}&Expires=9", keys) == "MissingSignature"

    def test_signature_without_a_policy(self, keys: dict[str, str]) -> None:
        assert refusal(f"{SEGMENT}?Signature=x&Key-Pair-Id={KEY_ID}", keys) == "MissingPolicy"


class TestCannedUrls:
    def test_passes_until_it_expires(self, signer: Signer, keys: dict[str, str]) -> None:
        url = signer.signed_url(SEGMENT, seconds=60)
        check_access(request(url, later=59), keys)
        assert refusal(request(url, later=60), keys) == "AccessDenied"

    def test_covers_its_own_query_string(self, signer: Signer, keys: dict[str, str]) -> None:
        url = signer.signed_url(f"{SEGMENT}?download=1")
        check_access(request(url), keys)
        assert refusal(url.replace("download=1", "download=2"), keys) == "AccessDenied"

    def test_another_path(self, signer: Signer, keys: dict[str, str]) -> None:
        url = signer.signed_url(SEGMENT).replace("vid_1", "vid_2")
        assert refusal(url, keys) == "AccessDenied"

    def test_a_later_expiry_than_was_signed(self, signer: Signer, keys: dict[str, str]) -> None:
        url = signer.signed_url(SEGMENT, seconds=60)
        expires = url.partition("Expires=")[2].partition("&")[0]
        assert refusal(url.replace(expires, str(int(expires) + 60)), keys) == "AccessDenied"

    def test_an_expiry_that_is_no_number(self, signer: Signer, keys: dict[str, str]) -> None:
        url = signer.signed_url(SEGMENT)
        expires = url.partition("Expires=")[2].partition("&")[0]
        assert refusal(url.replace(expires, "1%20OR%201"), keys) == "MissingPolicy"


class TestKeys:
    def test_unknown_key_id(self, signer: Signer, keys: dict[str, str]) -> None:
        url = replace(signer, key_id="KOTHER").signed_url(SEGMENT)
        assert refusal(url, keys) == "InvalidKey"

    def test_signed_by_another_key_under_the_same_id(self, keys: dict[str, str]) -> None:
        assert refusal(Signer.new().signed_url(SEGMENT), keys) == "AccessDenied"

    def test_second_key_of_the_group(self, signer: Signer, keys: dict[str, str]) -> None:
        other = replace(Signer.new(), key_id="KSECOND")
        check_access(request(other.signed_url(SEGMENT)), {**keys, "KSECOND": other.public_pem})

    def test_tampered_signature(self, signer: Signer, keys: dict[str, str]) -> None:
        url = signer.signed_url(SEGMENT)
        signature = url.partition("Signature=")[2].partition("&")[0]
        swapped = ("B" if signature[10] != "B" else "C").join([signature[:10], signature[11:]])
        assert refusal(url.replace(signature, swapped), keys) == "AccessDenied"

    def test_signature_that_is_no_base64(self, signer: Signer, keys: dict[str, str]) -> None:
        url = signer.signed_url(SEGMENT)
        signature = url.partition("Signature=")[2].partition("&")[0]
        assert refusal(url.replace(signature, "!!"), keys) == "MalformedSignature"


class TestHashAlgorithms:
    def test_sha256_when_it_says_so(self, keys: dict[str, str], signer: Signer) -> None:
        url = replace(signer, sha256=True).signed_url(SEGMENT)
        check_access(request(f"{url}&Hash-Algorithm=SHA256"), keys)

    def test_sha256_unsaid(self, keys: dict[str, str], signer: Signer) -> None:
        assert refusal(replace(signer, sha256=True).signed_url(SEGMENT), keys) == "AccessDenied"

    def test_sha1_declared_as_sha256(self, keys: dict[str, str], signer: Signer) -> None:
        url = f"{signer.signed_url(SEGMENT)}&Hash-Algorithm=SHA256"
        assert refusal(url, keys) == "AccessDenied"

    def test_an_algorithm_that_is_not_offered(self, keys: dict[str, str], signer: Signer) -> None:
        url = f"{signer.signed_url(SEGMENT)}&Hash-Algorithm=MD5"
        assert refusal(url, keys) == "InvalidHashAlgorithm"

    def test_sha256_cookies(self, keys: dict[str, str], signer: Signer) -> None:
        cookies = replace(signer, sha256=True).cookies(policy(f"{VIDEO}/*"))
        cookies["CloudFront-Hash-Algorithm"] = "SHA256"
        check_access(request(SEGMENT, cookies=cookies), keys)


class TestCustomPolicies:
    def test_cookies_cover_every_object_under_the_wildcard(
        self, signer: Signer, keys: dict[str, str]
    ) -> None:
        cookies = signer.cookies(policy(f"{VIDEO}/*"))
        for name in ("a1/stream.m3u8", "a1/stream_720p_00001.m4s", "preview/stream.mpd"):
            check_access(request(f"{VIDEO}/{name}", cookies=cookies), keys)

    @pytest.mark.parametrize(
        "url",
        [
            f"{ORIGIN}/media/protected/vid_2/a1/stream.m3u8",
            f"{ORIGIN}/media/protected/vid_10/a1/stream.m3u8",
            "http://elsewhere:8080/media/protected/vid_1/a1/stream.m3u8",
            "https://localhost:8080/media/protected/vid_1/a1/stream.m3u8",
        ],
    )
    def test_nothing_else(self, signer: Signer, keys: dict[str, str], url: str) -> None:
        cookies = signer.cookies(policy(f"{VIDEO}/*"))
        assert refusal(request(url, cookies=cookies), keys) == "AccessDenied"

    def test_not_before_its_time(self, signer: Signer, keys: dict[str, str]) -> None:
        cookies = signer.cookies(policy(f"{VIDEO}/*", since=10, until=60))
        assert refusal(request(SEGMENT, cookies=cookies, later=9), keys) == "AccessDenied"
        check_access(request(SEGMENT, cookies=cookies, later=10), keys)
        assert refusal(request(SEGMENT, cookies=cookies, later=60), keys) == "AccessDenied"

    def test_only_from_its_network(self, signer: Signer, keys: dict[str, str]) -> None:
        cookies = signer.cookies(policy(f"{VIDEO}/*", ip="192.0.2.0/24"))
        check_access(request(SEGMENT, cookies=cookies, address="192.0.2.77"), keys)
        refused = request(SEGMENT, cookies=cookies, address="192.0.3.1")
        assert refusal(refused, keys) == "AccessDenied"
        assert refusal(replace(refused, address="::1"), keys) == "AccessDenied"

    def test_network_of_everyone_includes_ipv6(self, signer: Signer, keys: dict[str, str]) -> None:
        cookies = signer.cookies(policy(f"{VIDEO}/*", ip="0.0.0.0/0"))
        check_access(request(SEGMENT, cookies=cookies, address="::1"), keys)

    def test_policy_in_the_url(self, signer: Signer, keys: dict[str, str]) -> None:
        check_access(request(signer.signed_url_by_policy(SEGMENT, policy(f"{VIDEO}/*"))), keys)

    def test_policy_of_another_signature(self, signer: Signer, keys: dict[str, str]) -> None:
        cookies = signer.cookies(policy(f"{VIDEO}/*"))
        wider = signer.cookies(policy("*"))
        mixed = {**cookies, "CloudFront-Policy": wider["CloudFront-Policy"]}
        assert refusal(request(SEGMENT, cookies=mixed), keys) == "AccessDenied"

    @pytest.mark.parametrize(
        "text",
        [
            "no json",
            "[]",
            '{"Statement":[]}',
            '{"Statement":[{"Resource":"*","Condition":{}}]}',
            '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":"x"}}}]}',
            '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":1790000060}}},'
            '{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":1790000060}}}]}',
        ],
    )
    def test_well_signed_nonsense(self, signer: Signer, keys: dict[str, str], text: str) -> None:
        cookies = signer.cookies(text)
        assert refusal(request(SEGMENT, cookies=cookies), keys) == "MalformedPolicy"

    def test_a_url_signature_makes_cookies_void(self, signer: Signer, keys: dict[str, str]) -> None:
        cookies = signer.cookies(policy(f"{VIDEO}/*"))
        expired = signer.signed_url(SEGMENT, seconds=-1)
        assert refusal(request(expired, cookies=cookies), keys) == "AccessDenied"


@pytest.mark.parametrize(
    ("resource", "url", "covered"),
    [
        ("*", f"{ORIGIN}/anything?x=1", True),
        ("http*://localhost:8080/media/*", "https://localhost:8080/media/a/b", True),
        (f"{ORIGIN}/v?.mp4", f"{ORIGIN}/v1.mp4", True),
        (f"{ORIGIN}/v?.mp4", f"{ORIGIN}/v12.mp4", False),
        (f"{ORIGIN}/a.mp4", f"{ORIGIN}/aXmp4", False),
        (f"{ORIGIN}/a.mp4", f"{ORIGIN}/a.mp4?x=1", False),
        (f"{ORIGIN}/a.mp4?x=1", f"{ORIGIN}/a.mp4?x=1", True),
        (f"{ORIGIN}/A.mp4", f"{ORIGIN}/a.mp4", False),
    ],
)
def test_wildcards_of_resources(resource: str, url: str, covered: bool) -> None:
    assert resource_matches(resource, url) is covered
