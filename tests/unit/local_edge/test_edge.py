"""The edge between a viewer and a real server in the place of the engine."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.edge.app import BODY_LIMIT_BYTES, Edge
from tests.unit.local_edge.distribution import ARN, behavior, document
from tests.unit.local_edge.origin_server import OriginServer
from tests.unit.local_edge.signing import Signer

TOKEN = "token-of-the-engine"
Scene = Callable[[httpx.AsyncClient, OriginServer], Awaitable[None]]


def play(scene: Scene, directory: Path, distribution: dict[str, Any], **origin: Any) -> None:
    """Run a scene with a viewer's client and the origin behind the edge."""
    configuration = directory / "edge.json"
    configuration.write_text(json.dumps(distribution))

    async def run() -> None:
        async with OriginServer(**origin) as server:
            edge = Edge(
                configuration, engine_host="127.0.0.1", engine_port=server.port, token=TOKEN
            )
            transport = httpx.ASGITransport(edge, client=("203.0.113.9", 5555))
            async with (
                contextlib.AsyncExitStack() as closing,
                httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as viewer,
            ):
                closing.push_async_callback(edge.close)
                await scene(viewer, server)

    asyncio.run(run())


class TestTheApi:
    def test_goes_to_the_deployed_api_with_everything_but_the_host(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            answer = await viewer.post(
                "/v1/videos/%C3%A9?cursor=a%2Bb",
                json={"a": 1},
                headers={"authorization": "Bearer x", "cookie": "a=1; b=2"},
            )
            assert (answer.status_code, answer.text) == (200, "ok")
            assert answer.headers["x-frame-options"] == "DENY"
            (asked,) = server.asked
            path = "/_aws/execute-api/abc123/$default/v1/videos/%C3%A9?cursor=a%2Bb"
            assert asked.line == f"POST {path} HTTP/1.1"
            assert asked.body == b'{"a":1}'
            assert asked.headers["authorization"] == "Bearer x"
            assert asked.headers["cookie"] == "a=1; b=2"
            assert asked.headers["host"] == f"127.0.0.1:{server.port}"

        play(scene, tmp_path, document())

    def test_a_viewer_cannot_claim_another_address(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            await viewer.get(
                "/v1/me",
                headers={
                    "x-forwarded-for": "198.51.100.1",
                    "cloudfront-viewer-address": "198.51.100.1:1",
                    "cloudfront-viewer-country": "XX",
                    "x-socialflow-token": "guess",
                    "x-origin-verify": "guess",
                },
            )
            headers = server.asked[0].headers
            assert headers["x-forwarded-for"] == "198.51.100.1, 203.0.113.9"
            assert headers["x-origin-verify"] == "secret of the origin"
            assert "cloudfront-viewer-address" not in headers
            assert "cloudfront-viewer-country" not in headers
            assert "x-socialflow-token" not in headers

        play(scene, tmp_path, document())

    def test_a_body_over_the_limit_is_refused_before_the_origin(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            answer = await viewer.post("/v1/videos", content=b"x" * (BODY_LIMIT_BYTES + 1))
            assert answer.status_code == 413
            assert server.asked == []

        play(scene, tmp_path, document())

    def test_a_large_body_is_streamed_whole(self, tmp_path: Path) -> None:
        body = bytes(range(256)) * 1024

        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            assert (await viewer.post("/v1/videos", content=body)).status_code == 200
            assert server.asked[0].body == body

        play(scene, tmp_path, document())

    def test_a_body_of_unknown_length(self, tmp_path: Path) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"one "
            yield b"two"

        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            await viewer.post("/v1/videos", content=chunks())
            assert server.asked[0].body == b"one two"

        play(scene, tmp_path, document())

    def test_several_cookies_come_back_as_several(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            answer = await viewer.get("/v1/videos/vid_1")
            assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]

        head = "HTTP/1.1 200 OK\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=2; Path=/\r\n"
        play(scene, tmp_path, document(), answer=f"{head}content-length: 0\r\n\r\n".encode())


class TestTheOriginsConnections:
    def test_are_kept(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            for _ in range(5):
                assert (await viewer.get("/v1/me")).text == "ok"
            assert server.connections == 1

        play(scene, tmp_path, document())

    def test_a_closed_one_is_not_used(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            await viewer.get("/v1/me")
            server.close_connections()
            assert (await viewer.post("/v1/videos", content=b"body")).text == "ok"
            assert server.asked[-1].body == b"body"

        play(scene, tmp_path, document())

    def test_one_that_breaks_twice_is_a_bad_gateway(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            assert (await viewer.get("/v1/me")).status_code == 502

        play(scene, tmp_path, document(), drops=2)

    def test_no_origin_at_all(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            await server.__aexit__()
            answer = await viewer.get("/v1/me")
            assert answer.status_code == 502
            assert "<Error>" in answer.text

        play(scene, tmp_path, document())

    def test_chunked_answers(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            for _ in range(2):
                assert (await viewer.get("/v1/me")).text == "hello"
            assert server.connections == 1

        chunked = (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
        )
        play(scene, tmp_path, document(), answer=chunked)


class TestMedia:
    def test_public_media_are_read_as_the_distribution(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            await viewer.get(
                "/media/public/vid%201/s.m4s?x=1",
                headers={"range": "bytes=0-9", "authorization": "no", "cookie": "a=1"},
            )
            (asked,) = server.asked
            path = "/_socialflow/objects/media/media/public/vid%201/s.m4s"
            assert asked.line == f"GET {path} HTTP/1.1"
            assert asked.headers["x-socialflow-source-arn"] == ARN
            assert asked.headers["x-socialflow-token"] == TOKEN
            assert asked.headers["range"] == "bytes=0-9"
            assert not {"authorization", "cookie"} & asked.headers.keys()

        play(scene, tmp_path, document())

    def test_protected_media_need_a_signature(self, tmp_path: Path) -> None:
        signer = Signer.new()

        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            answer = await viewer.get("/media/protected/vid_1/stream.m3u8")
            assert answer.status_code == 403
            assert "<Code>MissingKey</Code>" in answer.text
            assert server.asked == []

        play(scene, tmp_path, document(signer.public_pem))

    def test_a_method_that_the_behaviour_does_not_allow(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            assert (await viewer.put("/media/public/x", content=b"")).status_code == 403
            assert server.asked == []

        play(scene, tmp_path, document())

    def test_what_s3_says_of_itself_is_not_told(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            answer = await viewer.get("/media/public/x")
            assert answer.headers["etag"] == '"e"'
            assert not [name for name in answer.headers if name.startswith("x-amz-")]

        head = (
            'HTTP/1.1 200 OK\r\netag: "e"\r\nx-amz-meta-owner: usr_1\r\ncontent-length: 0\r\n\r\n'
        )
        play(scene, tmp_path, document(), answer=head.encode())

    def test_cors_of_the_response_headers_policy(self, tmp_path: Path) -> None:
        cors = {
            "origins": ["*"],
            "methods": ["GET"],
            "headers": ["*"],
            "expose": ["Content-Range"],
            "credentials": False,
            "max_age_seconds": 60,
            "override": True,
        }

        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            plain = await viewer.get("/x")
            assert "access-control-allow-origin" not in plain.headers
            crossing = await viewer.get("/x", headers={"origin": "http://other.example"})
            assert crossing.headers["access-control-allow-origin"] == "*"
            assert crossing.headers["access-control-expose-headers"] == "Content-Range"

        play(scene, tmp_path, document(behaviors=[behavior("*", cors=cors)]))


class TestTheWebClient:
    def test_the_root_is_the_default_root_object(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            await viewer.get("/")
            assert server.asked[0].line.startswith("GET /_socialflow/objects/web/index.html ")

        play(scene, tmp_path, document())

    def test_an_error_page_keeps_its_own_status(self, tmp_path: Path) -> None:
        pages = {"403": {"page": "/missing.html", "status": 404}}

        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            answer = await viewer.get("/nothing")
            # The origin answers the page itself with 403 too: that is what the viewer gets.
            assert answer.status_code == 403
            assert server.asked[1].line.startswith("GET /_socialflow/objects/web/missing.html ")

        refused = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"
        play(scene, tmp_path, document(error_pages=pages), answer=refused)

    def test_a_function_rewrites_pages_of_the_client(self, tmp_path: Path) -> None:
        code = (
            "function handler(event) { event.request.uri = '/index.html'; return event.request; }"
        )

        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            await viewer.get("/watch/vid_1")
            assert server.asked[0].line.startswith("GET /_socialflow/objects/web/index.html ")

        web = behavior("*", viewer_request_code=code)
        play(scene, tmp_path, document(behaviors=[web]))

    def test_a_function_that_throws(self, tmp_path: Path) -> None:
        async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
            assert (await viewer.get("/x")).status_code == 503
            assert server.asked == []

        web = behavior("*", viewer_request_code="function handler(event) { throw new Error('x'); }")
        play(scene, tmp_path, document(behaviors=[web]))


def test_a_new_deployment_is_followed_without_a_restart(tmp_path: Path) -> None:
    async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
        await viewer.get("/x")
        changed = document(behaviors=[behavior("*", methods=["HEAD"])])
        (tmp_path / "edge.json").write_text(json.dumps(changed))
        assert (await viewer.get("/x")).status_code == 403

    play(scene, tmp_path, document())


@pytest.mark.parametrize("path", ["/v1/../media/protected/x", "/media/protected%2Fx", "//v1/me"])
def test_odd_paths_never_reach_protected_media_unsigned(tmp_path: Path, path: str) -> None:
    async def scene(viewer: httpx.AsyncClient, server: OriginServer) -> None:
        await viewer.get(path)
        assert not [asked for asked in server.asked if "objects/media" in asked.line]

    play(scene, tmp_path, document())
